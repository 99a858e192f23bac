"""From what sources say to what we hold true: what is accepted, the same in every order."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from random import Random

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codellm_graph import sources
from codellm_graph.build import assemble, build
from codellm_graph.citations import parse, read_citations
from codellm_graph.namespaces import PREFIXES

DEFAULT = ox.DefaultGraph()


def test_the_bundled_graph_is_the_same_in_every_process():
    code = "from codellm_graph import build, sources; print(build.build(sources.bundled()).digest())"
    # Both at once: a build takes a few seconds.
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], env=os.environ | {"PYTHONHASHSEED": seed}, stdout=subprocess.PIPE
        )
        for seed in ("1", "2")
    ]
    one, two = (process.communicate()[0] for process in started)
    assert one == two
    assert len(one.strip()) == 40


def test_a_graph_is_the_same_every_time_it_is_built(tiny_path):
    files = sources.Files.under(tiny_path)
    assert build(files).digest() == build(files).digest()


def test_building_what_was_built_changes_nothing(words, tiny_built, tmp_path):
    # The citations are still in the graph, as they were: taken out and built again they give the same graph.
    computed = {
        q.triple
        for q in tiny_built.quads
        if str(q.graph_name.value if q.graph_name != DEFAULT else "").startswith(PREFIXES["rule"])
    }
    about = (PREFIXES["cite"], PREFIXES["src"])
    quads = [
        q
        for q in tiny_built.quads
        if (
            q.subject.value.startswith(about) and q.triple not in computed
            if q.graph_name == DEFAULT
            else q.graph_name.value.startswith(PREFIXES["cite"])
        )
    ]
    path = tmp_path / "again.trig"
    path.write_bytes(ox.serialize(quads, format=ox.RdfFormat.TRIG))
    assert assemble(words, read_citations([path])).digest() == tiny_built.digest()


def _pieces(quads):
    """Group quads so that what is said of one blank node stays together."""
    whole = defaultdict(list)
    for quad in quads:
        blank = [t.value for t in (quad.subject, quad.object) if isinstance(t, ox.BlankNode)]
        whole[blank[0] if blank else str(quad)].append(quad)
    return list(whole.values())


@pytest.fixture(scope="module")
def pieces(tiny_path):
    return _pieces(parse(tiny_path))


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32), count=st.integers(1, 5))
def test_the_order_of_files_and_statements_does_not_matter(
    words, pieces, tiny_built, tmp_path_factory, seed, count
):
    random = Random(seed)
    # Some things are said twice: that changes nothing either.
    dealt = [*pieces, *random.sample(pieces, 5)]
    random.shuffle(dealt)
    files = [[] for _ in range(count)]
    for piece in dealt:
        random.choice(files).extend(piece)
    folder = tmp_path_factory.mktemp("shuffled")
    paths = []
    for number, quads in enumerate(files):
        random.shuffle(quads)
        paths.append(folder / f"{number}.trig")
        paths[-1].write_bytes(ox.serialize(quads, format=ox.RdfFormat.TRIG))
    random.shuffle(paths)
    ontology = random.sample(words, len(words))
    assert assemble(ontology, read_citations(paths)).digest() == tiny_built.digest()


def test_other_content_gives_another_digest(build_text, tiny_path, tiny_built):
    changed = tiny_path.read_text(encoding="utf-8").replace("7.2", "7.3")
    assert build_text(changed).digest() != tiny_built.digest()
    assert build_text(tiny_path.read_text(encoding="utf-8")).digest() == tiny_built.digest()


def test_citations_and_sources_are_kept_as_they_are(tiny_built, tiny_path):
    said = {
        (str(q.subject), str(q.predicate), q.graph_name)
        for q in parse(tiny_path)
        if not isinstance(q.subject, ox.BlankNode)
    }
    assert said <= {(str(q.subject), str(q.predicate), q.graph_name) for q in tiny_built.quads}


def test_the_better_graded_date_is_accepted_and_the_other_stays_in_its_citation(of_tiny, tiny_built):
    assert of_tiny("model:pine-2", "released") == {"2025-01-10"}
    assert any(
        q.object.value == "2025-02" and q.graph_name.value == PREFIXES["cite"] + "blog-post"
        for q in tiny_built.quads
        if q.graph_name != DEFAULT
    )


def test_the_finer_of_two_compatible_dates_is_accepted(of_tiny):
    assert of_tiny("model:pine-1", "released") == {"2024-03-05"}


def test_deprecated_statements_are_not_accepted(of_tiny):
    assert of_tiny("model:pine-1-3b", "totalParametersB") == {"3"}
    assert not of_tiny("model:pine-1-3b", "contextLength")
    assert not of_tiny("model:pine-1-3b", "sftFrom") | of_tiny("model:pine-1-3b", "basedOn")


def test_a_better_denial_rules_a_statement_out_and_a_weaker_one_fails(build_text, of_tiny, values):
    assert not of_tiny("model:pine-2-7b", "rlOn") | of_tiny("model:pine-2-7b", "trainedOn")
    assert of_tiny("model:pine-2-7b", "notTrainedOn") == {"dataset:bench"}
    graded = "src:{0} clg:grade {1} . cite:{0} clg:source src:{0} . cite:{0} {{ {2} }} "
    for said, denied, expected in ((1, 2, True), (2, 2, False), (3, 2, False)):
        built = build_text(
            graded.format("a", said, "model:x clg:rlFrom model:y")
            + graded.format("b", denied, "model:x clg:notBasedOn model:y")
        )
        assert bool(values(built, "model:x", "rlFrom")) is expected
        assert bool(values(built, "model:x", "basedOn")) is expected
        assert bool(values(built, "model:x", "notBasedOn")) is not expected


def test_a_deprecated_denial_denies_nothing(build_text, values):
    built = build_text(
        "cite:a { model:x clg:uses technique:y } cite:b clg:rank concept:deprecated . cite:b { model:x clg:lacks technique:y }"
    )
    assert values(built, "model:x", "uses") == {"technique:y"}
    assert not values(built, "model:x", "lacks")


@pytest.mark.parametrize(
    "said",
    [
        'model:x clg:rlFrom "a text" ; a clg:Model',
        'model:x clg:memberOf "a text" , model:y ; a clg:Family',
        "model:x clg:memberOf model:x ; a clg:Family ; clg:rlFrom model:x",
        "model:x clg:rlFrom model:y . model:y clg:rlFrom model:x ; clg:uses technique:t . technique:t clg:kind concept:architecture",
        'model:x clg:contextLength "many"^^xsd:integer , 12 , "NaN"^^xsd:double , "INF"^^xsd:double',
        'model:x clg:released "yesterday"^^xsd:date , "2024-01-01\\n"^^xsd:date , "9999"^^xsd:gYear',
        "model:x a [ ] ; clg:memberOf [ ] ; clg:rlFrom [ ] . [ ] clg:rlFrom model:x",
        'technique:t clg:kind "architecture" . model:x clg:uses "t" , technique:t ; clg:lacks "t"',
        "<http://example.org/x> a clg:Model ; clg:rlFrom <urn:y> , model:%20",
    ],
)
def test_odd_data_is_built_all_the_same(build_text, said):
    built = build_text(f"cite:a {{ {said} }}")
    assert built.digest() == build_text(f"cite:a {{ {said} }}").digest()
