"""Releases: what a picture shows as one mark, and the links between them.

Models of one family that came out on the same day, its size variants, are one release. What is said of a
family stands at its first release; what its members say more precisely is not said again.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from codellm_graph.analyses.lineage import MEMBERSHIP

if TYPE_CHECKING:
    from codellm_graph.analyses.lineage import Lineage
    from codellm_graph.view import Node, View

__all__ = ["Link", "Release", "Releases", "releases"]


class Release(NamedTuple):
    """Models of one family and day, or one model.

    Parameters
    ----------
    id : str
        CURIE of the only model, or of the family and, from its second release on, the day.
    label : str
        Of the only model; of the family with the number of models.
    earliest : str or None
        First possible day.
    members : tuple of str
        CURIEs of the models, the smallest first; of a family without members, its own.
    """

    id: str
    label: str
    earliest: str | None
    members: tuple[str, ...]


class Link(NamedTuple):
    """An edge between two releases.

    Parameters
    ----------
    parent, child : str
        Releases.
    relation : str
        Local name.
    edges : tuple of int
        Places in the edges of the lineage that it stands for.
    """

    parent: str
    child: str
    relation: str
    edges: tuple[int, ...]


class Releases(NamedTuple):
    """What a picture shows.

    Parameters
    ----------
    marks : dict of str to Release
        By name, in order of release.
    links : tuple of Link
        Sorted.
    of : dict of str to str
        Model or family to the release at which it stands.
    """

    marks: dict[str, Release]
    links: tuple[Link, ...]
    of: dict[str, str]


def releases(view: View, lineage: Lineage) -> Releases:
    """Gather models into releases.

    Parameters
    ----------
    view : View
        The models.
    lineage : Lineage
        What to show.

    Returns
    -------
    Releases
        Every model and family of the lineage stands in one of them.

    Examples
    --------
    >>> from codellm_graph.analyses.lineage import around
    >>> from codellm_graph.store import open_store
    >>> from codellm_graph.view import load_view
    >>> view = load_view(open_store())
    >>> found = releases(view, around(view, "model:deepcoder-14b-preview"))
    >>> found.of["model:deepseek-r1-distill-qwen-14b"] in found.marks
    True
    """
    groups: dict[tuple[str, str], list[Node]] = defaultdict(list)
    groupings = []
    for node in lineage.nodes.values():
        if node.kind in ("Family", "Series") and _members(view, lineage, node.id):
            groupings.append(node.id)
        else:
            groups[node.family or node.id, node.earliest or node.id].append(node)
    # Of a family, the first release bears its name, undated ones come last.
    marks: dict[str, Release] = {}
    of: dict[str, str] = {}
    for (family, day), nodes in sorted(groups.items(), key=lambda g: (g[1][0].earliest or "~", g[0])):
        members = tuple(n.id for n in sorted(nodes, key=lambda n: (n.parameters or 0.0, n.label, n.id)))
        name = members[0]
        label = nodes[0].label
        if len(nodes) > 1:
            name = family if family not in marks else f"{family}@{day}"
            # A view as of a date, or made by hand, may lack the family.
            known = view.nodes[family].label if family in view.nodes else nodes[0].label
            label = f"{known} ×{len(nodes)}"
        marks[name] = Release(name, label, nodes[0].earliest, members)
        of.update(dict.fromkeys(members, name))
    for group in groupings:
        of[group] = min(
            (of[m] for m in _members(view, lineage, group)), key=lambda r: (marks[r].earliest or "~", r)
        )
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    precise = {(of[e.parent], of[e.child]) for e in lineage.edges if not {e.parent, e.child} & set(groupings)}
    for n, e in enumerate(lineage.edges):
        pair = of[e.parent], of[e.child]
        by_group = e.parent in groupings or e.child in groupings
        if e.relation not in MEMBERSHIP and pair[0] != pair[1] and not (by_group and pair in precise):
            found[(*pair, e.relation)].append(n)
    links = tuple(Link(*key, tuple(edges)) for key, edges in sorted(found.items()))
    return Releases(marks, links, of)


def _members(view: View, lineage: Lineage, group: str) -> list[str]:
    """Return the models below a family or series that are in the lineage."""
    return [m for m in view.below(group) if m in lineage.nodes and not view.members.get(m)]
