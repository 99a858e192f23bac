"""How techniques spread: a small graph worked out by hand, properties, and the bundled graph."""

from __future__ import annotations

import pytest

from codellm_graph.analyses.adoption import crossing_matrix
from codellm_graph.analyses.carriers import carriers, chances
from codellm_graph.analyses.diffusion import ALL, CONFIG, GRADED, headlines, spread
from codellm_graph.analyses.field import read_field
from codellm_graph.view import View, load_view

NAMES = """
src:desk a clg:Editorial ; dcterms:title "Names" .
src:paper-t a clg:Paper ; dcterms:title "T" ; clg:grade 2 ; dcterms:issued "2020-01-10"^^xsd:date .
src:paper-arch a clg:Paper ; dcterms:title "Arch" ; clg:grade 2 ; dcterms:issued "2021-03"^^xsd:gYearMonth .
src:card a clg:ModelCard ; dcterms:title "Card" ; clg:grade 1 .
src:config a clg:ConfigFile ; dcterms:title "Config" ; clg:grade 1 .
src:survey a clg:Survey ; dcterms:title "Survey" ; clg:grade 4 .
cite:names clg:source src:desk . cite:card clg:source src:card . cite:config clg:source src:config .
cite:survey clg:source src:survey . cite:wrong clg:source src:card ; clg:rank concept:deprecated .
GRAPH cite:names {
  technique:t a clg:Technique ; rdfs:label "Tee"@en ; clg:kind concept:rl .
  technique:narrow a clg:Technique ; rdfs:label "Narrow tee"@en ; clg:kind concept:rl ; skos:broader technique:t .
  technique:arch a clg:Technique ; rdfs:label "Arch"@en ; clg:kind concept:architecture .
  technique:idle a clg:Technique ; rdfs:label "Idle"@en ; clg:kind concept:data .
  maker:ash a clg:Organization ; rdfs:label "Ash" . maker:birch a clg:Organization ; rdfs:label "Birch" .
  maker:cedar a clg:Organization ; rdfs:label "Cedar" .
  model:s a clg:Series ; rdfs:label "S" .
  model:a a clg:Family ; rdfs:label "A" ; clg:memberOf model:s . model:a-1 a clg:Model ; clg:memberOf model:a .
  model:b a clg:Family ; rdfs:label "B" . model:b-base a clg:Model ; clg:memberOf model:b .
  model:c a clg:Family ; rdfs:label "C" . model:c-1 a clg:Model ; clg:memberOf model:c .
  model:c-2 a clg:Model ; clg:memberOf model:c .
  model:d a clg:Model ; rdfs:label "D" ; clg:memberOf model:s . model:d-int4 a clg:Model ; rdfs:label "D int4" .
  model:e a clg:Family ; rdfs:label "E" ; clg:inScope false . model:e-base a clg:Model ; clg:memberOf model:e .
  model:e-chat a clg:Model ; clg:memberOf model:e . model:e-draft a clg:Checkpoint ; clg:memberOf model:e .
  model:f a clg:Model ; rdfs:label "F" . model:g a clg:Model ; rdfs:label "G" . model:h a clg:Model ; rdfs:label "H" .
  model:i a clg:Model ; rdfs:label "I" . model:j a clg:Family ; rdfs:label "J" .
  model:j-1 a clg:Model ; clg:memberOf model:j . model:k a clg:Model ; rdfs:label "K" .
  model:l a clg:Model ; rdfs:label "L" . model:m a clg:Model ; rdfs:label "M" . model:loose a clg:Checkpoint .
}
GRAPH cite:card {
  technique:t clg:introducedBy src:paper-t . technique:arch clg:introducedBy src:paper-arch .
  model:a clg:organization maker:ash ; clg:stage stage:encoder ; clg:released "2020-02-01"^^xsd:date .
  model:a-1 clg:uses technique:t .
  model:b clg:organization maker:birch ; clg:stage stage:code-llm ; clg:released "2020-05"^^xsd:gYearMonth ; clg:uses technique:t .
  model:b-base clg:continuedFrom model:loose . model:loose clg:continuedFrom model:a-1 .
  model:c clg:organization maker:ash ; clg:stage stage:code-llm ; clg:released "2020-08-15"^^xsd:date .
  model:c-1 clg:uses technique:narrow . model:c-2 clg:released "2022-02-01"^^xsd:date ; clg:uses technique:arch .
  model:d clg:organization maker:cedar ; clg:stage stage:agentic ; clg:released "2021-01-05"^^xsd:date ; clg:uses technique:t ; clg:sftFrom model:e-base .
  model:d-int4 clg:quantizedFrom model:d ; clg:organization maker:birch .
  model:e clg:organization maker:birch ; clg:released "2020-06-10"^^xsd:date ; clg:uses technique:t .
  model:e-chat clg:sftFrom model:e-base . model:e-base clg:continuedFrom model:e-draft .
  model:f clg:organization maker:cedar ; clg:stage stage:agentic ; clg:released "2021-02-01"^^xsd:date ; clg:sftFrom model:e-chat .
  model:g clg:uses technique:t .
  model:h clg:organization maker:cedar ; clg:stage stage:encoder ; clg:released "2019-12-01"^^xsd:date .
  model:i clg:organization maker:birch ; clg:stage stage:code-llm ; clg:released "2020-12-01"^^xsd:date ; clg:continuedFrom model:a-1 .
  model:j clg:organization maker:ash ; clg:stage stage:agentic ; clg:released "2021-06-01"^^xsd:date .
  model:k clg:organization maker:birch ; clg:stage stage:agentic ; clg:released "2021-09-01"^^xsd:date ; clg:sftFrom model:j-1 .
  model:l clg:organization maker:cedar ; clg:stage stage:agentic ; clg:released "2021-10-01"^^xsd:date ; clg:convertedFrom model:j-1 ; clg:uses technique:arch .
  model:m clg:organization maker:cedar ; clg:released "2020-10-01"^^xsd:date ; clg:uses technique:arch .
}
GRAPH cite:config { model:j-1 clg:uses technique:arch . }
GRAPH cite:survey { model:f clg:uses technique:t . }
GRAPH cite:wrong { model:h clg:uses technique:t . model:j clg:uses technique:t . }
"""


@pytest.fixture(scope="module")
def store(store_of):
    return store_of(NAMES)


@pytest.fixture(scope="module")
def field(store):
    return read_field(store, load_view(store))


@pytest.fixture(scope="module")
def found(store, field):
    return {
        s.technique.id.partition(":")[2]: s
        for s in spread(field, store, permutations=200, leave_out=["technique:t"])
    }


@pytest.fixture(scope="module")
def bundled(graph):
    field = read_field(graph, load_view(graph))
    return field, {s.technique.id: s for s in spread(field, graph, permutations=200)}


def test_units_are_families_and_models_without_one(field):
    assert list(field.units) == [f"model:{x}" for x in "abcdefghijklm"]
    assert field.unit_of["model:d-int4"] == "model:d"
    assert "model:loose" not in field.unit_of
    assert "model:s" not in field.units
    assert field.units["model:c"].releases == ("2020-08-15", "2022-02-01")
    assert [field.units[f"model:{x}"].group for x in "aemg"] == ["encoder", "general", "no stage", "no stage"]
    assert field.stages == ("encoder", "generative", "code LLM", "agentic")


def test_parents_are_units_and_ancestors_are_models(field):
    parents = {u[-1]: {p[-1] for p in above} for u, above in field.parents.items() if above}
    assert parents == {"b": {"a"}, "d": {"e"}, "f": {"e"}, "i": {"a"}, "k": {"j"}, "l": {"j"}}
    assert field.ancestors["model:b"] == {"model:loose": 1, "model:a-1": 2}
    assert field.ancestors["model:f"] == {"model:e-chat": 1, "model:e-base": 2, "model:e-draft": 3}
    assert field.kept["model:l"] == frozenset()
    assert field.bases == {"model:e-base", "model:e-draft"}


def test_modes_of_adoption(found):
    rows = {
        a.carrier.unit[-1]: (a.mode, [c.partition(":")[2] for c in a.candidates])
        for a in found["t"].adoptions
    }
    assert rows == {
        "a": ("first recorded", []),
        "b": ("inherited", ["a-1"]),
        "e": ("own organization", ["b"]),
        "c": ("own organization", ["a"]),
        # What is said of a whole family about tuning is not said of its base model.
        "d": ("other organization", ["a", "b", "e", "c"]),
        "f": ("inherited", ["e-chat"]),
        "g": ("undated", []),
    }
    assert list(rows) == ["a", "b", "e", "c", "d", "f", "g"]
    of_family = {a.carrier.unit[-1] for a in found["t"].adoptions if a.of_family}
    assert of_family == {"f"}
    assert not any(a.by_necessity or a.before_paper for a in found["t"].adoptions)


def test_architecture_is_inherited_by_necessity_unless_it_was_converted(found):
    rows = {a.carrier.unit[-1]: a for a in found["arch"].adoptions}
    assert {u: (a.mode, a.by_necessity, a.before_paper) for u, a in rows.items()} == {
        "m": ("first recorded", False, True),
        "j": ("other organization", False, False),
        "k": ("inherited", True, False),
        "l": ("inherited", False, False),
        "c": ("own organization", False, False),
    }
    # The family is of 2020, but only a later member uses it.
    assert (rows["c"].carrier.released, rows["c"].carrier.earliest) == ("2022-02-01", "2022-02-01")
    assert rows["k"].carrier.said == ("rule:along-weights",)
    assert rows["c"].candidates == ("model:j",)


def test_narrower_techniques_count_for_the_wider(found):
    assert [a.carrier.unit for a in found["narrow"].adoptions] == ["model:c"]
    assert "idle" not in found


def test_shares_by_stage(found):
    rows = {c.stage: (c.adopters, c.eligible, c.first) for c in found["t"].stages}
    assert rows == {
        "encoder": (1, 1, "2020"),  # h is older than the technique
        "generative": (0, 0, None),
        "code LLM": (2, 3, "2020"),
        "agentic": (2, 5, "2021"),
        "general": (1, 1, "2020"),
        "no stage": (0, 1, None),  # g has no date
    }
    agentic = found["t"].stages[3]
    assert agentic.share == 0.4
    assert (agentic.low, agentic.high) == pytest.approx((0.0527, 0.8534), abs=5e-5)
    # c had the chance to carry arch because of its later member.
    assert {c.stage: (c.adopters, c.eligible) for c in found["arch"].stages}["code LLM"] == (1, 2)


def test_lags_by_hand(found):
    assert [(x.name, x.start, x.end, x.days, x.least, x.most) for x in found["t"].lags] == [
        ("paper to first carrier", "src:paper-t", "model:a", 22, 22, 22),
        ("to first carrier of another organization", "model:a", "model:b", 90, 90, 120),
        ("encoder to code LLM", "model:a", "model:b", 90, 90, 120),
        ("code LLM to agentic", "model:b", "model:d", 249, 219, 249),
    ]
    # Older than its paper, and the later stage was first.
    assert [(x.name, x.days, x.least, x.most) for x in found["arch"].lags] == [
        ("paper to first carrier", -151, -181, -151),
        ("to first carrier of another organization", 243, 243, 243),
        ("code LLM to agentic", -245, -245, -245),
    ]


def test_cumulative_counts_leave_general_ancestors_out(found):
    curve = found["t"].curve
    assert curve[0] == ("2020-02-01", 1, 1)
    assert ("2020-05-01", 2, 2) in curve
    assert "2020-06-10" not in {day for day, _, _ in curve}
    assert curve[-1] == ("2021-10-01", 5, 10)
    assert all(n <= m for _, n, m in curve)
    assert list(curve) == sorted(curve)


def test_crossings_by_hand(field, found):
    assert found["t"].crossed == (("encoder", "code LLM", 1), ("general", "agentic", 1))
    assert crossing_matrix(field) == (
        ("encoder", "code LLM", 2),
        ("agentic", "agentic", 2),
        ("general", "agentic", 2),
    )


def test_strength_by_hand(found):
    x = found["t"].result.strength
    # From carriers: b, d, f and i, of which i does not carry; from others: k and l.
    assert (x.from_carriers, x.carrying_from_carriers, x.from_others, x.carrying_from_others) == (4, 3, 2, 0)
    assert (x.vertical_share, x.retention, x.spontaneous_rate) == (1, 0.75, 0)
    assert found["t"].result.outcome.statistic == 3
    assert found["arch"].result.strength.from_others == 3  # d, f and i; b is older than arch


def test_the_same_on_part_of_the_evidence(found):
    for name, adopters in (("t", [7, 0, 6]), ("arch", [5, 2, 5])):
        s = found[name]
        assert [r.evidence for r in (s.result, *s.repeats)] == [ALL, CONFIG, GRADED]
        assert [r.adopters for r in (s.result, *s.repeats)] == adopters
    assert found["t"].result.stages == 3
    without = {r.evidence: (r.adopters, r.strength.from_carriers) for r in found["t"].left_out}
    # Without birch, d and f have no known parent, and there is neither b nor i.
    assert without == {"maker:ash": (5, 2), "maker:birch": (5, 0), "maker:cedar": (5, 2)}
    assert found["arch"].left_out == ()
    # Of one technique alone it is not known how many tests there would be.
    assert all(r.q is None for r in found["t"].left_out)


@pytest.mark.parametrize("maker", ["ash", "birch", "cedar"])
def test_leaving_an_organization_out_is_a_graph_without_it(store, field, found, maker):
    view = load_view(store)
    kept = {
        n: node
        for n, node in view.nodes.items()
        if n not in field.unit_of or f"maker:{maker}" not in field.units[field.unit_of[n]].organizations
    }
    edges = [e for e in view.edges if e.parent in kept and e.child in kept]
    rest = {
        s.technique.id: s.result
        for s in spread(read_field(store, View(kept, edges, view.schema)), store, permutations=200)
    }
    left = next(r for r in found["t"].left_out if r.evidence == f"maker:{maker}")
    alone = rest["technique:t"]
    assert (left.adopters, left.stages, left.strength) == (alone.adopters, alone.stages, alone.strength)
    assert left.outcome.statistic == alone.outcome.statistic
    assert left.outcome.untestable == alone.outcome.untestable


def test_as_of_a_date(store):
    early = read_field(store, load_view(store).until("2020-12"))
    assert {"model:d", "model:f", "model:j", "model:l"}.isdisjoint(early.units)
    s = next(s for s in spread(early, store, permutations=10) if s.technique.id == "technique:t")
    assert [a.carrier.unit[-1] for a in s.adoptions] == ["a", "b", "e", "c", "g"]
    arch = next(s for s in spread(early, store, permutations=10) if s.technique.id == "technique:arch")
    assert [a.carrier.unit for a in arch.adoptions] == ["model:m"]


def test_an_undated_member_is_no_older_than_what_it_started_from(store_of):
    store = store_of(
        NAMES
        + "GRAPH cite:names { model:a-2 a clg:Model ; clg:memberOf model:a . technique:new a clg:Technique ; clg:kind concept:data . }\n"
        + "GRAPH cite:card { model:a-2 clg:sftFrom model:j-1 ; clg:uses technique:new . model:j-1 clg:uses technique:new . }"
    )
    field = read_field(store, load_view(store))
    found = list(carriers(field, "technique:new").values())
    assert [(c.unit, c.released, c.earliest, c.dated) for c in found] == [
        ("model:j", "2021-06-01", "2021-06-01", True),
        ("model:a", None, "2021-06-01", False),
    ]


def test_the_order_of_the_input_does_not_matter(store, field):
    view = load_view(store)
    turned = View(dict(reversed(view.nodes.items())), list(reversed(view.edges)), view.schema)
    assert read_field(store, turned) == field


def test_cycles_end(store_of):
    store = store_of(
        NAMES
        + "GRAPH cite:wrong2 { technique:t skos:broader technique:narrow . model:a-1 clg:sftFrom model:d . model:e-draft clg:sftFrom model:f ."
        + " model:q1 a clg:Model ; clg:quantizedFrom model:q2 . model:q2 a clg:Model ; clg:quantizedFrom model:q1 . }"
    )
    field = read_field(store, load_view(store))
    assert {"model:q1", "model:q2"} & set(field.units)
    assert spread(field, store, permutations=10)


def test_what_is_true_of_every_technique(bundled):
    field, found = bundled
    assert len(found) > 100
    for s in found.values():
        carried = carriers(field, s.technique.id)
        chance = chances(field, s.technique, carried)
        assert [a.carrier for a in s.adoptions] == list(carried.values())
        # Whoever carries it had the chance to, no later than it did.
        for unit, c in carried.items():
            assert c.earliest is None or chance[unit] <= c.earliest
        dated = [a.carrier.earliest for a in s.adoptions if a.carrier.earliest]
        assert dated == sorted(dated)
        assert sum(c.adopters for c in s.stages) == len(dated)
        assert sum(c.eligible for c in s.stages) == len(chance)
        for rate in (
            s.result.strength.vertical_share,
            s.result.strength.retention,
            s.result.strength.spontaneous_rate,
        ):
            assert rate is None or 0 <= rate <= 1
        for a in s.adoptions:
            assert (a.mode == "first recorded") <= ([a.carrier.earliest] == dated[:1])
            assert a.by_necessity <= (s.technique.stays and a.mode == "inherited")
            assert a.carrier.unit not in a.candidates
        assert s.repeats[1].adopters <= s.result.adopters
        assert s.result.outcome.statistic == s.result.strength.carrying_from_carriers
        assert (s.result.q is None) == (s.result.outcome.p is None)


def test_stories_that_are_known(bundled):
    _, found = bundled
    grpo, fim = found["technique:grpo"], found["technique:fim"]
    assert (grpo.adoptions[0].carrier.unit, grpo.adoptions[0].mode) == (
        "model:deepseek-math",
        "first recorded",
    )
    assert grpo.technique.paper == "src:shao-2024-grpo"
    assert (fim.technique.introduced, fim.technique.paper) == ("2022-07-28", "src:bavarian-2022-fim")
    # InCoder's causal masking is a kind of it, and older than the paper that gave it its name.
    first = {a.carrier.unit: a for a in fim.adoptions[:3]}
    assert list(first) == ["model:incoder", "model:santacoder", "model:starcoder-1"]
    assert [a.before_paper for a in first.values()] == [True, False, False]
    # R1's distilled models have the architecture of the models they were trained from.
    for technique, origin in (("technique:qkv-bias", "model:qwen2.5-"), ("technique:gqa", "model:qwen2.5-")):
        distilled = next(
            a for a in found[technique].adoptions if a.carrier.unit == "model:deepseek-r1-distill"
        )
        assert distilled.by_necessity
        assert any(c.startswith(origin) for c in distilled.candidates)


def test_headlines_leave_architecture_out(bundled):
    _, found = bundled
    stays = {t for t, s in found.items() if s.technique.stays}
    rows = headlines(found.values())
    assert [h.evidence for h in rows] == [ALL, CONFIG, GRADED]
    assert all(stays.isdisjoint(h.found) and len(h.found) <= h.tested for h in rows)
    testable = [s for t, s in found.items() if t not in stays and s.result.q is not None]
    assert rows[0].tested == len(testable)
    assert set(rows[0].found) == {s.technique.id for s in testable if s.result.q < 0.05}


def test_nothing_is_inherited_from_a_younger_model(graph):
    """A later member of StarChat starts from StarCoder2; the family took its techniques up before."""
    view = load_view(graph)
    field = read_field(graph, view)
    for found in spread(field, graph, permutations=10):
        for adoption in found.adoptions:
            if adoption.mode == "inherited" and adoption.carrier.latest:
                for source in adoption.candidates:
                    first = field.dates[source][1]
                    assert not first or first <= adoption.carrier.latest, (adoption.carrier.unit, source)
