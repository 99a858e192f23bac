"""``codellm-graph export`` of pictures."""

from __future__ import annotations

import re

import pytest

from codellm_graph.present.exports import contents


def test_cameras_of_a_page(run, tmp_path):
    sizes = {}
    for camera in ("canvas", "vis"):
        file = tmp_path / f"{camera}.html"
        done = run("export", str(file), "--root", "DeepSWE", "--camera", camera)
        assert done.returncode == 0, done.stderr
        sizes[camera] = file.stat().st_size
        assert ('id="vis"' in file.read_text("utf-8")) == (camera == "vis")
    plain = tmp_path / "plain.html"
    run("export", str(plain), "--root", "DeepSWE")
    assert plain.read_bytes() == (tmp_path / "canvas.html").read_bytes()
    assert sizes["vis"] > sizes["canvas"] + 100_000


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("x.ttl", "--camera", "vis"), "--camera is for a page"),
        (("x.html", "--dark"), "--dark is for svg and png, not for html"),
        (("x.html", "--camera", "webgl"), "'webgl' is not one of"),
    ],
)
def test_cameras_that_make_no_sense(run, tmp_path, arguments, complaint):
    done = run("export", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<"), ("png", b"\x89PNG")])
def test_pictures_without_a_browser(run, tmp_path, suffix, start):
    file = tmp_path / f"deepswe.{suffix}"
    done = run("export", str(file), "--root", "DeepSWE")
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(rf".*deepswe\.{suffix}: \d+ models and families, \d+ edges, \d+ kB\n", done.stderr)
    assert file.read_bytes().startswith(start)


def test_contents_of_a_file(graph):
    every = contents(graph)
    assert (every.title, every.lineage.root) == ("Code LLM lineage", "")
    near = contents(graph, "DeepSWE-Preview", depth=1, weights=True, as_of="2025-07")
    assert near.title == "Lineage of DeepSWE-Preview"
    assert near.as_of == "2025-07"
    assert set(near.lineage.nodes) == {"model:deepswe-preview", "model:qwen3-32b"}
    assert all((n.earliest or "") < "2025-08" for n in near.view.nodes.values())


def test_drawings_on_dark_ground(run, tmp_path):
    for name, *options in (("light.svg",), ("dark.svg", "--dark")):
        assert run("export", str(tmp_path / name), "--root", "DeepSWE", *options).returncode == 0
    light, dark = ((tmp_path / n).read_text("utf-8") for n in ("light.svg", "dark.svg"))
    paper = [re.search(r'fill="(#\w+)"', text).group(1) for text in (light, dark)]
    assert paper[0] != paper[1]
    assert [text.count("<text") for text in (light, dark)] == [light.count("<text")] * 2
