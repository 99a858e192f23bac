"""Who met a benchmark in training, and by which route."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.analyses.exposure import exposure, overlap
from codellm_graph.analyses.routes import CLASSES, Network, Seed
from codellm_graph.analyses.steps import Statements, Step, Window, load_statements, weakest
from codellm_graph.errors import UsageError
from codellm_graph.view import Edge, Node, View, load_view

#: A benchmark in windows, data made from it and from what contains it, and models on every kind of route.
SMALL = """
src:desk a clg:Editorial ; dcterms:title "Names" ; clg:address "https://example.org/names"^^xsd:anyURI .
src:card a clg:ModelCard ; dcterms:title "Card" ; clg:grade 1 ; clg:address "https://example.org/card"^^xsd:anyURI .
src:study a clg:Paper ; dcterms:title "Study" ; clg:grade 2 ; clg:address "https://example.org/study"^^xsd:anyURI .
src:blog a clg:WebPage ; dcterms:title "Blog" ; clg:grade 3 ; clg:address "https://example.org/blog"^^xsd:anyURI .
cite:names a clg:Citation ; clg:source src:desk ; clg:locator "names" .
GRAPH cite:names {
  dataset:exam a clg:Benchmark ; rdfs:label "Exam" .
  dataset:exam-v1 a clg:Benchmark ; rdfs:label "Exam v1" . dataset:exam-old a clg:Benchmark ; rdfs:label "Exam old" .
  dataset:exam-new a clg:Benchmark ; rdfs:label "Exam new" . dataset:exam-v2 a clg:Benchmark ; rdfs:label "Exam v2" .
  dataset:other a clg:Benchmark ; rdfs:label "Other" .
  dataset:crawl a clg:Dataset ; rdfs:label "Crawl" . dataset:crawl-part a clg:Dataset ; rdfs:label "Crawl part" .
  dataset:pairs a clg:Dataset ; rdfs:label "Pairs" . dataset:letters a clg:Dataset ; rdfs:label "Letters" .
  model:fam a clg:Family ; rdfs:label "Fam" .
  model:fam-a a clg:Model ; rdfs:label "Fam-A" ; clg:memberOf model:fam .
  model:fam-b a clg:Model ; rdfs:label "Fam-B" ; clg:memberOf model:fam .
  model:son a clg:Model ; rdfs:label "Son" . model:pupil a clg:Model ; rdfs:label "Pupil" .
  model:reader a clg:Model ; rdfs:label "Reader" . model:grandson a clg:Model ; rdfs:label "Grandson" .
  model:sieve a clg:Model ; rdfs:label "Sieve" . model:stranger a clg:Model ; rdfs:label "Stranger" .
  dataset:exam-early a clg:Benchmark ; rdfs:label "Exam early" . dataset:filtered a clg:Dataset ; rdfs:label "Filtered" .
  model:early a clg:Model ; rdfs:label "Early" . model:both a clg:Model ; rdfs:label "Both" .
  model:house a clg:Family ; rdfs:label "House" . model:house-a a clg:Model ; rdfs:label "House-A" ; clg:memberOf model:house .
  model:crawler a clg:Model ; rdfs:label "Crawler" . model:paired a clg:Model ; rdfs:label "Paired" .
}
cite:bench a clg:Citation ; clg:source src:card ; clg:locator "bench" .
GRAPH cite:bench {
  dataset:exam-v1 clg:sliceOf dataset:exam ; clg:windowStart "2023-05"^^xsd:gYearMonth ; clg:windowEnd "2025-01"^^xsd:gYearMonth .
  dataset:exam-v2 clg:sliceOf dataset:exam ; clg:windowStart "2023-05"^^xsd:gYearMonth ; clg:windowEnd "2025-04"^^xsd:gYearMonth .
  dataset:exam-old clg:sliceOf dataset:exam-v1 ; clg:windowStart "2023-05-01"^^xsd:date ; clg:windowEnd "2024-07-31"^^xsd:date .
  dataset:exam-new clg:sliceOf dataset:exam-v1 ; clg:windowStart "2024-08"^^xsd:gYearMonth ; clg:windowEnd "2025-01"^^xsd:gYearMonth .
  dataset:exam-early clg:sliceOf dataset:exam ; clg:windowEnd "2024-01"^^xsd:gYearMonth .
  dataset:exam-old clg:derivedFrom dataset:exam-v1 . dataset:filtered clg:decontaminatedAgainst dataset:exam .
  dataset:pairs clg:derivedFrom dataset:exam . dataset:letters clg:generatedWith model:fam-a .
  dataset:crawl-part clg:sliceOf dataset:crawl ; clg:decontaminatedAgainst dataset:exam .
}
cite:study a clg:Citation ; clg:source src:study ; clg:locator "table 1" .
GRAPH cite:study { dataset:crawl clg:contains dataset:exam . }
cite:card a clg:Citation ; clg:source src:card ; clg:locator "data" .
GRAPH cite:card {
  model:fam clg:rlOn dataset:exam-old ; clg:decontaminatedAgainst dataset:exam-new . model:fam-b clg:notTrainedOn dataset:exam-old .
  model:fam-a clg:result [ clg:benchmark dataset:exam-new ; clg:metric "pass@1" ; clg:score 60.5 ] .
  model:son clg:sftFrom model:fam-a ; clg:evaluatedOn dataset:exam-v2 . model:grandson clg:quantizedFrom model:son .
  model:pupil clg:distilledFrom model:son . model:reader clg:sftOn dataset:letters .
  model:early clg:rlOn dataset:exam-early . model:house clg:rlFrom model:paired .
  model:both clg:rlOn dataset:exam-old ; clg:evaluatedOn dataset:exam-new , dataset:exam-old , dataset:exam .
  model:crawler clg:pretrainedOn dataset:crawl , dataset:filtered ; clg:evaluatedOn dataset:exam .
  model:sieve clg:pretrainedOn dataset:crawl-part . model:paired clg:sftOn dataset:pairs .
  model:stranger clg:result [ clg:benchmark dataset:exam ; clg:score 11 ] ; clg:pretrainedOn dataset:filtered .
}
cite:blog a clg:Citation ; clg:source src:blog ; clg:locator "post" .
GRAPH cite:blog { model:son clg:rlOn dataset:exam-v1 . model:fam clg:trainedOn dataset:exam-old . }
"""


@pytest.fixture(scope="module")
def small(store_of):
    return store_of(SMALL)


@pytest.fixture(scope="module")
def asked(small):
    view = load_view(small)
    return lambda thing: exposure(small, view, thing)


def met(found):
    return {m.id.partition(":")[2]: m for m in found.met}


def way(row):
    return [(s.relation, s.object.partition(":")[2]) for s in row.route]


def test_each_model_has_its_best_class(asked):
    found = asked("dataset:exam")
    assert {i: (m.exposure, m.possible) for i, m in met(found).items()} == {
        "fam-a": ("direct", False),
        "son": ("direct", False),
        "paired": ("direct", False),
        "crawler": ("direct", False),
        "early": ("direct", False),
        "both": ("direct", False),
        "house-a": ("through an ancestor", False),
        "grandson": ("through an ancestor", False),
        "pupil": ("through a teacher", False),
        "reader": ("through a teacher", False),
        "sieve": ("direct", True),
        "stranger": ("no evidence", False),
    }
    # Fam-B is denied the family's data, and reports nothing.
    assert found.others == 1
    assert found.kind == "benchmark"
    assert [m.id for m in found.met][-2:] == ["model:sieve", "model:stranger"]


def test_a_route_goes_from_the_model_to_the_benchmark_with_citations(asked):
    found = asked("dataset:exam")
    assert way(met(found)["fam-a"]) == [
        ("memberOf", "fam"),
        ("rlOn", "exam-old"),
        ("sliceOf", "exam-v1"),
        ("sliceOf", "exam"),
    ]
    assert way(met(found)["grandson"])[:2] == [("quantizedFrom", "son"), ("rlOn", "exam-v1")]
    assert way(met(found)["house-a"])[:3] == [("memberOf", "house"), ("rlFrom", "paired"), ("sftOn", "pairs")]
    assert way(met(found)["reader"])[:3] == [
        ("sftOn", "letters"),
        ("generatedWith", "fam-a"),
        ("memberOf", "fam"),
    ]
    assert way(met(found)["sieve"]) == [
        ("pretrainedOn", "crawl-part"),
        ("sliceOf", "crawl"),
        ("contains", "exam"),
    ]
    for row in found.met:
        if row.route:
            ends = [row.id, *(s.object for s in row.route)]
            assert [s.subject for s in row.route] == ends[:-1]
            assert ends[-1] == "dataset:exam"
        assert all(s.citations for s in row.route if s.relation != "memberOf")


def test_the_grade_is_the_weakest_on_the_route(asked):
    rows = met(asked("dataset:exam"))
    assert [rows[i].grade for i in ("fam-a", "crawler", "son", "grandson", "stranger")] == [1, 2, 3, 3, None]


def test_windows_and_reports(asked):
    rows = met(asked("dataset:exam"))
    assert (rows["fam-a"].overlap, [r.score.score for r in rows["fam-a"].reports]) == ("no", [60.5])
    # The son met v1 itself and the old slice through its parent, and reports on v2.
    assert rows["son"].overlap == "yes"
    assert [(r.score.benchmark, r.score.score) for r in rows["son"].reports] == [("dataset:exam-v2", None)]
    assert rows["crawler"].overlap == "unknown"
    assert (rows["stranger"].overlap, rows["stranger"].reports[0].overlap) == (None, None)
    assert rows["grandson"].overlap is None
    # One report on what it met, one on the rest, one on the whole: the worst counts.
    assert sorted((r.score.benchmark, r.overlap) for r in rows["both"].reports) == [
        ("dataset:exam", "unknown"),
        ("dataset:exam-new", "no"),
        ("dataset:exam-old", "yes"),
    ]
    assert rows["both"].overlap == "yes"


def test_claims_are_listed_with_who_makes_them(asked):
    rows = met(asked("dataset:exam"))
    assert [(c.subject, c.object) for c in rows["fam-a"].claims] == [("model:fam", "dataset:exam-new")]
    assert [(c.subject, c.object) for c in rows["sieve"].claims] == [("dataset:crawl-part", "dataset:exam")]
    # What the crawler met came in through the crawl, which claims nothing.
    assert rows["crawler"].claims == ()
    assert [(c.subject, c.object) for c in rows["stranger"].claims] == [("dataset:filtered", "dataset:exam")]


def test_a_slice_is_met_by_its_wholes_and_by_slices_that_overlap_it(asked):
    rows = met(asked("dataset:exam-v2"))
    assert way(rows["fam-a"]) == [("memberOf", "fam"), ("rlOn", "exam-old"), ("overlaps", "exam-v2")]
    assert rows["fam-a"].route[-1].citations
    assert not rows["fam-a"].possible
    # What contains or derives from the whole may lack the slice.
    assert (rows["paired"].exposure, rows["paired"].possible) == ("direct", True)
    assert (rows["early"].exposure, rows["early"].possible) == ("direct", True)
    # A report on the whole is none on the slice.
    assert (rows["crawler"].possible, rows["crawler"].reports) == (True, ())
    new = met(asked("dataset:exam-new"))
    assert (new["fam-a"].exposure, new["son"].exposure, new["son"].possible) == (
        "no evidence",
        "direct",
        False,
    )


def test_a_dataset_has_a_blast_radius(asked):
    found = asked("dataset:letters")
    assert (found.kind, [(m.id, m.exposure) for m in found.met]) == ("dataset", [("model:reader", "direct")])
    assert [(h.id, h.possible) for h in asked("dataset:exam").datasets] == [
        ("dataset:crawl", False),
        ("dataset:exam-early", False),
        ("dataset:exam-v1", False),
        ("dataset:exam-v2", False),
        ("dataset:pairs", False),
        ("dataset:exam-new", False),
        ("dataset:exam-old", False),
        ("dataset:crawl-part", True),
    ]


def test_a_model_or_family_is_asked_for_its_benchmarks(asked):
    found = asked("model:son")
    assert [(m.benchmark, m.exposure) for m in found.met] == [("dataset:exam", "direct")]
    assert (found.kind, found.others, found.datasets) == ("model", 1, ())
    assert {m.id for m in asked("model:fam").met} == {"model:fam-a"}
    benchmark = asked("dataset:exam")
    assert found.met == tuple(m for m in benchmark.met if m.id == "model:son")


def test_a_statement_has_the_citations_of_what_says_less(small):
    said = load_statements(small, load_view(small).schema)
    assert said.windows["dataset:exam-v1"][:2] == ("2023-05-01", "2025-01-31")
    assert said.windows["dataset:exam-early"][:2] == (None, "2024-01-31")
    [step] = [s for s in said.steps["trainedOn"] if s.subject == "model:fam"]
    assert (step.relation, step.grade, [c.id for c in step.citations]) == (
        "rlOn",
        1,
        ["cite:card", "cite:blog"],
    )


def test_of_two_short_routes_the_better_supported_is_taken(schema):
    """Grades of the two ways: 1 and 3, or 2 and 2."""
    net = network(
        [
            ("m0", "trainedOn", "d1"),
            ("m0", "trainedOn", "d2"),
            ("d1", "contains", "d0"),
            ("d2", "contains", "d0"),
        ],
        3,
        schema,
        grades={("m0", "d1"): 1, ("d1", "d0"): 3, ("m0", "d2"): 2, ("d2", "d0"): 2},
    )
    route = net.search({"d0": Seed()})["m0"]
    assert (route.weakest, [s.object for s in route.steps]) == (2, ["d2", "d0"])


def test_what_is_later_than_the_date_is_on_no_route(store_of):
    dated = store_of(
        SMALL + 'cite:d a clg:Citation ; clg:source src:card ; clg:locator "d" .\n'
        'GRAPH cite:d { model:son clg:released "2025-06-01"^^xsd:date . }'
    )
    rows = met(exposure(dated, load_view(dated).until("2024"), "dataset:exam"))
    assert "son" not in rows
    assert {"grandson", "pupil"} & set(rows) == set()
    assert "fam-a" in rows


def test_what_is_neither_data_nor_a_model_is_refused(asked):
    with pytest.raises(UsageError, match="technique:x is neither data nor a model"):
        asked("technique:x")


days = st.one_of(st.none(), st.dates().map(str))


@given(days, days, days, days)
def test_overlap_of_windows(a, b, c, d):
    x, y = Window(a, b), Window(c, d)
    assert overlap(x, y) == overlap(y, x)
    if None not in (a, b, c, d) and a <= b and c <= d:
        assert overlap(x, y) == ("yes" if max(a, c) <= min(b, d) else "no")
    if overlap(x, y) == "unknown":
        assert None in (a, b, c, d)


LINKS = ("trainedOn", "contains", "derivedFrom", "sliceOf", "generatedWith", "sftFrom", "distilledFrom")


@st.composite
def networks(draw):
    """Draw links among models m and datasets d, cycles included; each is the triple (subject, relation, object)."""
    ends = {"trainedOn": "md", "generatedWith": "dm", "sftFrom": "mm", "distilledFrom": "mm"}
    count = draw(st.integers(2, 6))
    links = set()
    for _ in range(draw(st.integers(0, 18))):
        relation = draw(st.sampled_from(LINKS))
        a, b = ends.get(relation, "dd")
        s, o = f"{a}{draw(st.integers(0, count - 1))}", f"{b}{draw(st.integers(0, count - 1))}"
        if relation != "sliceOf" or not any((x, r) == (s, "sliceOf") for x, r, _ in links):
            links.add((s, relation, o))
    return sorted(links), count


def network(links, count, schema, grades=None):
    nodes = {f"m{i}": Node(f"m{i}", f"M{i}", "Model") for i in range(count)}
    steps = {
        top: []
        for top in (
            "trainedOn",
            "notTrainedOn",
            "contains",
            "derivedFrom",
            "sliceOf",
            "generatedWith",
            "decontaminatedAgainst",
        )
    }
    edges = []
    for s, r, o in links:
        if r in ("sftFrom", "distilledFrom"):
            edges.append(Edge(o, s, r, 1))
        else:
            steps[r].append(Step(s, s, r, o, o, (grades or {}).get((s, o), 1), ()))
    data = frozenset(f"d{i}" for i in range(count))
    said = Statements(steps, {}, {}, data, frozenset(), {}, {})
    return Network(View(nodes, edges, schema), said)


@pytest.fixture(scope="module")
def schema(tiny):
    return load_view(tiny).schema


@given(networks())
def test_classes_are_reachability_by_more_and_more_links(schema, drawn):
    """Straight from the definition, with networkx: possible routes allow every link, recorded ones a layered graph."""
    links, count = drawn
    net = network(links, count, schema)
    found = net.search({"d0": Seed()})
    ranks = {"sftFrom": 1, "distilledFrom": 2, "generatedWith": 2}
    for possible in (False, True):
        for rank in range(len(CLASSES)):
            graph = nx.DiGraph()
            graph.add_nodes_from([("d0", False)])
            for s, r, o in links:
                if ranks.get(r, 0) > rank or (r == "sliceOf" and o == "d0"):
                    continue
                for some in (False, True):
                    # From data that hold only some items, what is made of them is no more than possible.
                    if some and r in ("derivedFrom", "sliceOf") and not possible:
                        continue
                    after = s.startswith("d") and (some or r == "contains")
                    graph.add_edge((o, some), (s, after))
            length = nx.single_source_shortest_path_length(graph, ("d0", False))
            reached = {thing for thing, _ in length}
            if not possible:
                recorded = reached
                assert reached == {t for t, r in found.items() if not r.possible and r.rank <= rank}
            else:
                assert reached - recorded == {t for t, r in found.items() if r.possible and r.rank <= rank}
            for thing, route in found.items():
                if (route.possible, route.rank) == (possible, rank):
                    assert route.hops == min(n for (t, _), n in length.items() if t == thing)


@given(networks())
def test_routes_are_chains_of_links(schema, drawn):
    links, count = drawn
    for thing, route in network(links, count, schema).search({"d0": Seed()}).items():
        ends = [thing, *(s.object for s in route.steps)]
        assert ends[-1] == "d0"
        assert [(s.subject, s.object) for s in route.steps] == list(pairwise(ends))
        assert {(s.subject, s.relation, s.object) for s in route.steps} <= set(links)
        assert route.hops == len(route.steps)
        assert weakest(route.steps) == (1 if route.steps else None)


def test_statements_are_those_that_are_accepted_and_stated(graph):
    """Checked against the graph by other queries than the loader's."""
    from codellm_graph import api

    view = load_view(graph)
    said = load_statements(graph, view.schema)
    rows = api.select(
        graph,
        "SELECT DISTINCT ?s ?o WHERE { ?s clg:trainedOn ?o . GRAPH ?c { ?s ?p ?o } "
        "?p rdfs:subPropertyOf* clg:trainedOn . ?c a clg:Citation }",
    )
    assert {(s.subject, s.object) for s in said.steps["trainedOn"]} == {(r["s"], r["o"]) for r in rows}
    assert all(s.citations for steps in said.steps.values() for s in steps)
    scores = api.select(graph, "SELECT ?s ?r WHERE { ?s clg:result ?r . ?r clg:benchmark ?b ; clg:score ?v }")
    assert sum(s.score is not None for x in said.scores.values() for s in x) == len(scores)


def test_deepcoder_met_an_earlier_window_than_it_reports_on(graph):
    """Model card, Overview and Data: trained on 2023-05-01 to 2024-07-31, evaluated on 2024-08-01 to 2025-02-01."""
    rows = met(exposure(graph, load_view(graph), "dataset:livecodebench"))
    row = rows["deepcoder-14b-preview"]
    assert (row.exposure, row.possible, row.overlap, row.grade) == ("direct", False, "no", 1)
    assert way(row)[0] == ("rlOn", "livecodebench-2305-2407")
    assert "src:deepcoder-card" in {c.source for c in row.route[0].citations}
    [report] = row.reports
    assert (report.score.benchmark, report.score.score) == ("dataset:livecodebench-2408-2502", 60.6)
    assert rows["deepseek-r1-distill-qwen-14b"].exposure == "no evidence"


def test_starcoderdata_and_humaneval(graph):
    """Yang et al. found rephrased items in StarCoderData, which its makers say they filtered."""
    found = exposure(graph, load_view(graph), "dataset:humaneval")
    held = {h.id: h for h in found.datasets}
    assert [s.relation for s in held["dataset:starcoderdata"].route] == ["contains"]
    rows = met(found)
    assert (rows["starcoderbase"].exposure, rows["starcoderbase"].possible) == ("direct", False)
    assert "model:starcoder-1" in {c.subject for c in rows["starcoderbase"].claims}
    # CodeShell's makers claim nothing; the dataset they took does.
    assert way(rows["codeshell-7b"]) == [("pretrainedOn", "starcoderdata"), ("contains", "humaneval")]
    assert {c.subject for c in rows["codeshell-7b"].claims} == {"dataset:starcoderdata"}
    assert rows["octocoder"].exposure == "through an ancestor"
    # Instructions written from snippets of StarCoderData need not hold what was found in it.
    assert rows["magicoder-ds-6.7b"].possible


def test_every_route_of_the_graph_is_a_chain_to_its_benchmark(graph):
    view = load_view(graph)
    for name in ("humaneval", "mbpp", "apps", "swe-bench", "livecodebench"):
        for row in exposure(graph, view, f"dataset:{name}").met:
            ends = [row.id, *(s.object for s in row.route)]
            assert [s.subject for s in row.route] == ends[:-1]
            assert bool(row.route) == (row.exposure != "no evidence")
            assert not row.route or ends[-1] == f"dataset:{name}"
            assert all(s.citations for s in row.route if s.relation != "memberOf")
