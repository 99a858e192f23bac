"""Whatever files say, the builder and the checks answer; nothing crashes, nothing loops."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codellm_graph.analyses.lineage import ancestors
from codellm_graph.build import assemble
from codellm_graph.citations import Citations, parse, read_citations
from codellm_graph.errors import DataError
from codellm_graph.namespaces import CLG, PREFIXES
from codellm_graph.sources import bundled
from codellm_graph.store import Embedded
from codellm_graph.view import load_view

WORDS = [t for path in bundled().ontology for t in parse(path)]
_PROPERTIES = sorted(
    {
        t.subject.value
        for t in WORDS
        if isinstance(t.subject, ox.NamedNode) and t.object.value.endswith("Property")
    }
    | {PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", CLG + "unknownWord"}
)
_THINGS = [PREFIXES["model"] + f"m{i}" for i in range(4)] + [
    PREFIXES["technique"] + "t",
    CLG + "Family",
    CLG + "Model",
    CLG + "Technique",
    PREFIXES["concept"] + "architecture",
]
_nodes = st.sampled_from(_THINGS).map(ox.NamedNode)
_literals = st.one_of(
    st.text(max_size=5).map(ox.Literal),
    st.sampled_from(["2024", "2024-13", "x", "-1", "32.8", "1e400", "NaN"]).flatmap(
        lambda text: st.sampled_from(["gYear", "gYearMonth", "date", "decimal", "integer", "boolean"]).map(
            lambda kind: ox.Literal(text, datatype=ox.NamedNode(PREFIXES["xsd"] + kind))
        )
    ),
)
_facts = st.tuples(
    _nodes, st.sampled_from(_PROPERTIES).map(ox.NamedNode), st.one_of(_nodes, _nodes, _literals)
)
_cited = st.tuples(_facts, st.sampled_from([PREFIXES["cite"] + c for c in "abc"]))


@settings(deadline=None, max_examples=150)
@given(st.lists(_cited, max_size=25), st.lists(_facts, max_size=5))
def test_any_statements_build_and_answer(cited, metadata):
    citations = Citations(set(metadata))
    for fact, by in cited:
        citations.said.setdefault(fact, set()).add(by)
    built = assemble(WORDS, citations)
    assert built.quads == assemble(WORDS, citations).quads
    store = ox.Store()
    store.bulk_extend(built.quads)
    view = load_view(Embedded(store))
    for node in view.nodes:
        assert node not in ancestors(view, node)


@pytest.mark.parametrize(
    "text",
    [
        "@prefix model: <https://w3id.org/codellm-graph/model/> .\nmodel:a model:b << model:a model:b model:c >> .",
        "\x00\x01\x02",
        "<relative> <p> <o> .",
        '@prefix a: <http://a/> .\nGRAPH a:g { a:s a:p "unfinished }',
        "@prefix a: <http://a/> .\nGRAPH [] { a:s a:p a:o }",
    ],
)
def test_files_that_make_no_sense_are_named(text, tmp_path):
    path = Path(tmp_path) / "odd.trig"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"odd\.trig"):
        read_citations([path])
