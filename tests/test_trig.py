"""The canonical form of data files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.citations import read_citations
from codellm_graph.errors import DataError
from codellm_graph.sources import bundled
from codellm_graph.trig import format_trig

HEAD = (
    "@prefix clg: <https://w3id.org/codellm-graph/ns#> .\n"
    "@prefix model: <https://w3id.org/codellm-graph/model/> .\n"
    "@prefix cite: <https://w3id.org/codellm-graph/citation/> .\n"
)


@pytest.mark.parametrize("path", bundled().data, ids=lambda p: p.stem)
def test_bundled_data_are_in_canonical_form(path):
    text = path.read_text(encoding="utf-8")
    assert format_trig(text, str(path)) == text


def test_says_the_same(tmp_path):
    for path in bundled().data:
        formatted = tmp_path / path.name
        formatted.write_text(format_trig(path.read_text(encoding="utf-8")), encoding="utf-8")
        before, after = read_citations([path]), read_citations([formatted])
        assert (before.said, before.metadata) == (after.said, after.metadata)


_NAMES = st.sampled_from([f"model:m{i}" for i in range(4)])
_PREDICATES = st.sampled_from(["a", "rdfs:label", "clg:uses", "clg:rlFrom", "skos:note", "clg:zeta"])
_OBJECTS = st.one_of(
    _NAMES,
    st.integers(-5, 10**6).map(str),
    st.sampled_from(
        [
            '"x"',
            '"a \\"quoted\\" # no comment"@en',
            '"2024"^^xsd:gYear',
            "32.8",
            '[ clg:score 1 ; clg:metric "x" ]',
        ]
    ),
)


@given(st.lists(st.tuples(_NAMES, _PREDICATES, _OBJECTS), min_size=1, max_size=12))
def test_is_idempotent_and_ignores_the_order_of_predicates(triples):
    def text(rows):
        return HEAD + "GRAPH cite:x {\n" + "\n".join(f"{s} {p} {o} ." for s, p, o in rows) + "\n}\n"

    once = format_trig(text(triples))
    assert format_trig(once) == once
    # The subjects keep the order in which they are first mentioned; nothing else counts.
    first = list(dict.fromkeys(s for s, _, _ in triples))
    shuffled = sorted(triples, key=lambda t: (first.index(t[0]), t[2], t[1]), reverse=False)
    assert format_trig(text(shuffled)) == once


def test_comments_stay():
    text = (
        HEAD
        + "# about\ncite:x a clg:Citation .\nGRAPH cite:x {\n  # first\n  model:a clg:uses model:b .\n}\n# end\n"
    )
    formatted = format_trig(text)
    for comment in ("# about", "  # first", "# end"):
        assert f"\n{comment}\n" in formatted
    assert "cite:x a clg:Citation .\nGRAPH cite:x {" in formatted


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("model:a clg:uses (model:b) .", "f.trig:4: cannot be formatted from '(model:b)"),
        ("model:a clg:uses .", "f.trig:4: cannot be formatted: '.'"),
        (
            "GRAPH cite:x { model:a clg:uses model:b . # why\n}",
            "f.trig:4: move the comment at the end of cite:x up",
        ),
        ("GRAPH cite:x { model:a clg:uses model:b . ", "f.trig:4: cannot be formatted: '.'"),
    ],
)
def test_what_it_does_not_know_is_left_alone_with_a_message(body, message):
    with pytest.raises(DataError) as error:
        format_trig(HEAD + body + "\n", "f.trig")
    assert message in str(error.value)


def test_command_formats_and_reports(run, tmp_path):
    file = tmp_path / "x.trig"
    file.write_text(HEAD + "GRAPH cite:x { model:b clg:uses model:z, model:a . }\n", encoding="utf-8")
    asked = run("format", "--diff", str(tmp_path))
    assert asked.returncode == 1
    assert asked.stdout == f"{file}\n"
    assert "model:z, model:a" in file.read_text(encoding="utf-8")
    done = run("format", str(file))
    assert done.returncode == 0
    assert "model:b clg:uses model:a , model:z .\n" in file.read_text(encoding="utf-8")
    assert run("format", "--diff", str(tmp_path)).returncode == 0
    assert [p.name for p in Path(tmp_path).iterdir()] == ["x.trig"]
