"""What follows from what is accepted."""

from __future__ import annotations

import pyoxigraph as ox

from codellm_graph.build import assemble
from codellm_graph.citations import read_citations
from codellm_graph.namespaces import iri


def test_a_lineage_relation_entails_the_wider_ones(of_tiny):
    for prop in (
        "rlFrom",
        "tunedFrom",
        "weightsFrom",
        "derivedFrom",
        "basedOn",
        "prov:wasDerivedFrom",
        "fair4ml:fineTunedFrom",
    ):
        assert of_tiny("model:pine-2-7b", prop) == {"model:pine-1-7b-chat"}, prop
    assert not of_tiny("model:pine-2-7b", "sftFrom")
    assert of_tiny("model:pine-2", "basedOn") == {"model:pine-1"}
    assert not of_tiny("model:pine-2", "derivedFrom")


def test_results_are_named_and_typed(of_tiny):
    (result,) = of_tiny("model:pine-2-7b", "result")
    assert result.startswith("result:")
    assert of_tiny(result, "rdf:type") == {"clg:Result", "fair4ml:MLModelEvaluation"}
    assert of_tiny(result, "score") == {"59.0"}


def test_defaults_flow_down_and_a_value_of_its_own_overrides_them(of_tiny):
    assert of_tiny("model:pine-1-7b", "license") == {"license:apache-2.0"}
    assert of_tiny("model:pine-1-7b-chat", "license") == {"license:forest"}
    assert of_tiny("model:pine-2-moe", "organization") == {"maker:forest"}
    assert of_tiny("model:pine-2-7b", "stage") == {"stage:agentic"}
    assert not of_tiny("model:pine-1-7b", "stage")
    assert not of_tiny("model:pine", "license")


def test_defaults_flow_from_a_series_through_its_families(build_text, values):
    built = build_text(
        "cite:a { model:s a clg:Series ; clg:organization maker:o , maker:p . model:f a clg:Family ; clg:memberOf model:s . model:m a clg:Model ; clg:memberOf model:f }"
    )
    assert values(built, "model:m", "organization") == {"maker:o", "maker:p"}


def test_organizations_of_the_family_are_added_to_a_members_own(build_text, values):
    built = build_text("""cite:a { model:f a clg:Family ; clg:organization maker:o ; clg:license license:a .
        model:m a clg:Model ; clg:memberOf model:f ; clg:organization maker:p ; clg:license license:b }""")
    assert values(built, "model:m", "organization") == {"maker:o", "maker:p"}
    assert values(built, "model:m", "license") == {"license:b"}
    assert values(built, "model:f", "organization") == {"maker:o"}


def test_a_denied_default_does_not_flow_down(words, trig, values):
    path = trig("""cite:a { model:f a clg:Family ; clg:track track:rlvr , track:diffusion .
        model:m a clg:Model ; clg:memberOf model:f ; clg:notInTrack track:rlvr }""")
    # What flows is the ontology's choice: here tracks do.
    flow = ox.Quad(*(ox.NamedNode(iri(c)) for c in ("clg:track", "clg:flow", "concept:down")))
    built = assemble([*words, flow], read_citations([path]))
    assert values(built, "model:m", "track") == {"track:diffusion"}


def test_a_family_collects_uses_data_and_sizes(of_tiny):
    assert of_tiny("model:pine-2", "uses") == {"technique:gqa", "technique:grpo", "technique:moe"}
    assert of_tiny("model:pine-1", "sizeB") == {"7.2", "3"}
    assert not of_tiny("model:pine-1", "totalParametersB")
    assert of_tiny("model:pine-1", "trainedOn") == {"dataset:needles", "dataset:cones"}
    assert of_tiny("model:pine-1", "sftOn") == {"dataset:cones"}


def test_lineage_does_not_roll_up_and_data_does_not_flow_down(of_tiny):
    assert of_tiny("model:pine-2", "derivedFrom") == set()
    assert of_tiny("model:pine-1", "basedOn") == set()
    assert of_tiny("model:pine-1-3b", "trainedOn") == set()


def test_a_family_is_based_on_what_its_first_members_are_based_on(build_text, of_tiny, values):
    assert of_tiny("model:pine-2", "familyBasedOn") == {"model:pine-1"}
    assert of_tiny("model:pine-1", "familyBasedOn") == set()
    # The member that has a parent inside the family says nothing about it, although it has one outside too.
    family = "model:{0} a clg:Family . model:{0}1 a clg:Model ; clg:memberOf model:{0} . model:{0}2 a clg:Model ; clg:memberOf model:{0} . "
    built = build_text(
        "cite:a { "
        + "".join(map(family.format, "abc"))
        + "model:a1 clg:rlFrom model:b1 . model:a2 clg:sftFrom model:a1 ; clg:distilledFrom model:c1 }"
    )
    assert values(built, "model:a", "familyBasedOn") == {"model:b"}


def test_a_family_of_a_series_is_based_on_families_not_on_the_series(build_text, values):
    built = build_text("""cite:a {
        model:s a clg:Series . model:old a clg:Family ; clg:memberOf model:s .
        model:new a clg:Family ; clg:memberOf model:s ; clg:succeeds model:old .
        model:other a clg:Family . model:other1 a clg:Model ; clg:memberOf model:other ; clg:sftFrom model:new . }""")
    assert values(built, "model:other", "familyBasedOn") == {"model:new"}
    assert values(built, "model:new", "familyBasedOn") == {"model:old"}
    assert not values(built, "model:s", "familyBasedOn")


def test_architecture_passes_along_weights_unless_converted_or_denied(of_tiny):
    assert of_tiny("model:pine-2-7b-long", "uses") == {"technique:gqa"}
    assert of_tiny("model:pine-2-7b", "uses") == {"technique:gqa", "technique:grpo"}
    assert of_tiny("model:pine-2-moe", "uses") == {"technique:moe"}
    assert of_tiny("model:pine-2-mini", "uses") == set()
    assert of_tiny("model:pine-1-7b-draft", "uses") == set()


def test_techniques_other_than_architecture_do_not_pass_along_weights(of_tiny):
    assert "technique:grpo" not in of_tiny("model:pine-2-7b-long", "uses") | of_tiny(
        "model:pine-2-mini", "uses"
    )


def test_architecture_of_a_family_holds_for_its_members_unless_they_lack_it(build_text, values):
    built = build_text("""cite:a { technique:t clg:kind concept:architecture . technique:r clg:kind concept:rl .
        model:f a clg:Family ; clg:uses technique:t , technique:r . model:m a clg:Model ; clg:memberOf model:f .
        model:n a clg:Model ; clg:memberOf model:f ; clg:lacks technique:t . model:o a clg:Model ; clg:sftFrom model:m . }""")
    assert values(built, "model:m", "uses") == values(built, "model:o", "uses") == {"technique:t"}
    assert not values(built, "model:n", "uses")


def test_a_parent_converted_and_tuned_at_once_passes_no_architecture(build_text, values):
    built = build_text(
        "cite:a { technique:t clg:kind concept:architecture . model:p clg:uses technique:t . model:c clg:convertedFrom model:p ; clg:sftFrom model:p }"
    )
    assert not values(built, "model:c", "uses")


def test_bounds_of_dates_and_of_families_without_one(build_text, of_tiny, values):
    assert of_tiny("model:pine-1", "earliest") == of_tiny("model:pine-1", "latest") == {"2024-03-05"}
    built = build_text("""cite:a { model:f a clg:Family . model:m clg:memberOf model:f ; clg:released "2024"^^xsd:gYear .
        model:n clg:memberOf model:f ; clg:released "2024-02"^^xsd:gYearMonth . model:o clg:released "2024-02-30"^^xsd:date }""")
    assert (values(built, "model:m", "earliest"), values(built, "model:m", "latest")) == (
        {"2024-01-01"},
        {"2024-12-31"},
    )
    assert (values(built, "model:n", "earliest"), values(built, "model:n", "latest")) == (
        {"2024-02-01"},
        {"2024-02-29"},
    )
    assert (values(built, "model:f", "earliest"), values(built, "model:f", "latest")) == (
        {"2024-01-01"},
        {"2024-12-31"},
    )
    assert not values(built, "model:o", "earliest")


def test_a_family_with_a_date_keeps_its_bounds(build_text, values):
    built = build_text("""cite:a { model:f a clg:Family ; clg:released "2024-06"^^xsd:gYearMonth .
        model:m clg:memberOf model:f ; clg:released "2024-01-15"^^xsd:date }""")
    assert values(built, "model:f", "earliest") == {"2024-06-01"}
    assert values(built, "model:f", "latest") == {"2024-06-30"}
