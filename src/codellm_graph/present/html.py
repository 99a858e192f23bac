"""One offline HTML file: the picture, its evidence and the scripts that draw it.

The page holds its data packed, builds its elements from text only, and forbids everything else by a
Content-Security-Policy (https://www.w3.org/TR/CSP3/) with the hashes of its scripts and of its style.
pyvis carries the picture to those who restyle it, and brings vis-network, one of the page's two cameras;
its own page is not used, because it is blank offline and lets titles run scripts.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from codellm_graph.errors import UsageError
from codellm_graph.present.looks import NO_STAGE, OPENNESS, SHAPES, radius, style
from codellm_graph.present.payload_pack import letters, packed_evidence, packed_graph, squeezed, zipped
from codellm_graph.present.payload_words import text
from codellm_graph.present.picture import picture

if TYPE_CHECKING:
    from pyvis.network import Network

    from codellm_graph.analyses.lineage import Lineage
    from codellm_graph.present.payload import Payload
    from codellm_graph.present.releases import Link, Release
    from codellm_graph.view import View

__all__ = ["APP", "CAMERAS", "Camera", "to_html", "to_pyvis"]

Camera: TypeAlias = Literal["canvas", "vis"]
CAMERAS: tuple[Camera, ...] = ("canvas", "vis")

_PAGE = Path(__file__).parent / "page"
_COMMENT = re.compile(r"\s*(//.*|/\*\*.*\*/\s*)\Z")

#: The page's scripts, in the order in which they share one scope.
APP = (
    "base.js", "unpack.js", "model.js", "state.js", "lit.js", "scene.js", "paint.js", "svgpen.js",
    "camera.js", "vis.js", "legend.js", "details.js", "modes.js", "stairs.js", "table.js", "timeline.js",
    "keys.js", "files.js", "main.js",
)  # fmt: skip


class _Safe(str):
    """Text that is ours, or escaped, and goes into the page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


def to_html(payload: Payload, *, title: str, camera: Camera = "canvas") -> str:
    """Write a picture as one HTML page that needs no network.

    Parameters
    ----------
    payload : Payload
        What it holds.
    title : str
        Heading of the page.
    camera : {"canvas", "vis"}, optional
        What moves the picture: a plain canvas, which also carries very large graphs, or vis-network.

    Returns
    -------
    str
        The page; of the same payload always the same.

    Raises
    ------
    UsageError
        If there is no such camera.
    """
    import jinja2

    if camera not in CAMERAS:
        raise UsageError(f"no camera is called {camera!r}; the cameras are {' and '.join(CAMERAS)}")
    library = _library() if camera == "vis" else None
    app, start, css = _app(), _read("start.js"), _read("page.css")
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, keep_trailing_newline=True
    ).from_string((_PAGE / "page.html.j2").read_text("utf-8"))
    return template.render(
        title=text(title),
        version=metadata.version("codellm-graph"),
        policy=_policy([start, app, *([library] if library else [])], css),
        style=_Safe(css),
        script=_Safe(start),
        app=_Safe(_packed(app)),
        words=_Safe(_packed(_read("words.json"))),
        graph=_Safe(squeezed({"camera": camera, **packed_graph(payload.graph)})),
        evidence=_Safe(squeezed(packed_evidence(payload))),
        vis=_Safe(_packed(library)) if library else "",
    )


def _read(name: str) -> str:
    """Return a file of the page, with the ends of lines that a browser hashes."""
    return (_PAGE / name).read_text("utf-8").replace("\r\n", "\n").strip()


def _app() -> str:
    """Return the page's scripts as one: a scope of its own, in which reading the data can be awaited.

    Lines that are nothing but a comment are left out: readers find them in the package.
    """
    lines = [line for name in APP for line in _read(f"app/{name}").split("\n") if not _COMMENT.match(line)]
    return '(async () => {\n"use strict";\n' + "\n".join(lines) + "\n})();"


def _library() -> str:
    """Return vis-network, as pyvis brings it."""
    import pyvis

    library = (Path(pyvis.__file__).parent / "lib" / "vis-9.1.2" / "vis-network.min.js").read_text("utf-8")
    # The comment that names a source map would be fetched by developer tools.
    return library.replace("//# sourceMappingURL=vis-network.min.js.map", "").strip()


def _policy(scripts: list[str], css: str) -> str:
    hashes = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(css)}; img-src data: blob:; "
        "connect-src 'none'; base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() + "'"


def _packed(content: str) -> str:
    return letters(zipped(content))


def to_pyvis(view: View, lineage: Lineage) -> Network:
    """Return a lineage as a pyvis network, for users who restyle it.

    Parameters
    ----------
    view : View
        The models.
    lineage : Lineage
        What to show.

    Returns
    -------
    pyvis.network.Network
        A node for each release, an edge for each link between two; directed, positions fixed, physics off.
    """
    from pyvis.network import Network

    shown = picture(view, lineage)
    network = Network(height="100%", width="100%", directed=True, cdn_resources="in_line")
    network.toggle_physics(False)
    for mark, release in shown.releases.marks.items():
        x, y = shown.layout.positions[mark]
        # The last member is the largest.
        first, largest = view.nodes[release.members[0]], view.nodes[release.members[-1]]
        network.add_node(
            mark,
            label=release.label,
            title=_hover(view, release),
            shape=SHAPES.get(first.stage or "", NO_STAGE),
            color=OPENNESS.get(first.openness or "unknown", OPENNESS["unknown"])[0],
            size=radius(largest.parameters),
            borderWidth=3 if mark == shown.root else 1,
            x=x,
            y=y,
            physics=False,
        )
    for link in shown.releases.links:
        colour, _, dashes = style(view, link.relation)
        network.add_edge(
            link.parent,
            link.child,
            title=_link_hover(shown.releases.marks, link),
            color=colour,
            dashes=dashes or False,
            width=1.6,
        )
    return network


def _plain(words: str) -> str:
    """Return text with quotation marks for angle brackets: pyvis's page takes some titles for HTML."""
    return words.replace("<", "\u2039").replace(">", "\u203a")


def _hover(view: View, release: Release) -> str:
    node = view.nodes[release.members[0]]
    sizes = [n for m in release.members if (n := view.nodes[m].parameters)]
    size = f"{', '.join(f'{n:g}' for n in sizes)} B parameters" if sizes else None
    facts = (release.label, node.released, node.organization, size, node.stage, node.license)
    return _plain("\n".join(f for f in facts if f))


def _link_hover(marks: dict[str, Release], link: Link) -> str:
    return _plain(f"{marks[link.child].label}\n{link.relation}\n{marks[link.parent].label}")
