"""The ontology as look-up tables."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from codellm_graph.namespaces import CLG, PREFIXES
from codellm_graph.schema import Schema


@pytest.fixture(scope="module")
def schema(words):
    return Schema.read(words)


def clg(*names):
    return {CLG + name for name in names}


def read(text: str) -> Schema:
    head = "".join(f"@prefix {p}: <{ns}> .\n" for p, ns in PREFIXES.items())
    return Schema.read(ox.parse(head + text, format=ox.RdfFormat.TURTLE))


def test_super_properties_are_closed(schema):
    assert schema.super_properties[CLG + "rlFrom"] == clg(
        "tunedFrom", "weightsFrom", "derivedFrom", "basedOn"
    ) | {
        PREFIXES["prov"] + "wasDerivedFrom",
        PREFIXES["fair4ml"] + "fineTunedFrom",
    }


def test_at_or_below_is_the_inverse_of_super_properties(schema):
    assert schema.at_or_below(CLG + "tunedFrom") == clg(
        "tunedFrom", "sftFrom", "preferenceTunedFrom", "rlFrom"
    )
    assert schema.at_or_below(CLG + "unheardOf") == clg("unheardOf")
    for prop, above in schema.super_properties.items():
        assert all(prop in schema.at_or_below(a) for a in above)


def test_superseded_are_those_that_another_entails(schema):
    assert schema.superseded(clg("rlFrom", "sftFrom", "tunedFrom", "distilledFrom")) & clg(
        "rlFrom", "sftFrom", "tunedFrom", "distilledFrom"
    ) == clg("tunedFrom")
    assert schema.superseded(()) == frozenset()


def test_super_classes(schema):
    assert clg("Dataset") < schema.super_classes[CLG + "Benchmark"]
    assert clg("AnyModel") < schema.super_classes[CLG + "Model"]


def test_single_valued(schema):
    assert clg("released", "license", "memberOf", "totalParametersB", "stage") <= schema.single_valued
    assert not clg("uses", "organization", "rlFrom", "trainedOn") & schema.single_valued


def test_annotations(schema):
    assert clg("memberOf", "kind", "hfRepo") | {PREFIXES["rdfs"] + "label"} <= schema.naming
    assert schema.computed == clg("familyBasedOn", "earliest", "latest")
    assert schema.changes_architecture == clg("convertedFrom")
    assert schema.mints_object == clg("result")
    assert schema.denies[CLG + "lacks"] == clg("uses")
    assert schema.authority[CLG + "totalParametersB"] == clg("ConfigFile", "ModelCard")
    assert schema.ranges[CLG + "result"] == clg("Result")


def test_flows(schema):
    assert clg("license", "stage") <= schema.flows("down")
    assert schema.flows("down-added") == clg("organization")
    assert PREFIXES["concept"] + "architecture" in schema.flows("down") & schema.flows("along-weights")
    assert PREFIXES["concept"] + "rl" not in schema.flows("along-weights")


def test_sub_properties_roll_up_under_their_own_name(schema):
    rolled = schema.rolls_up_as
    assert rolled[CLG + "totalParametersB"] == CLG + "sizeB"
    assert rolled[CLG + "uses"] == CLG + "uses"
    assert rolled[CLG + "rlOn"] == CLG + "rlOn"
    assert not clg("rlFrom", "basedOn", "license") & set(rolled)


def test_a_new_relation_needs_no_code():
    schema = read(
        "clg:stitchedFrom rdfs:subPropertyOf clg:weightsFrom . clg:weightsFrom rdfs:subPropertyOf clg:basedOn ."
    )
    assert schema.at_or_below(CLG + "basedOn") == clg("stitchedFrom", "weightsFrom", "basedOn")


def test_a_cycle_of_properties_ends():
    schema = read(
        "clg:a rdfs:subPropertyOf clg:b . clg:b rdfs:subPropertyOf clg:c . clg:c rdfs:subPropertyOf clg:a ."
    )
    assert schema.super_properties[CLG + "a"] == clg("b", "c")
    assert schema.sub_properties[CLG + "a"] == clg("b", "c")


def test_subjects_without_a_name_are_left_out():
    schema = read("[] rdfs:subPropertyOf clg:a . clg:b rdfs:subPropertyOf clg:a .")
    assert set(schema.super_properties) == clg("b")


def test_every_word_is_labelled_in_english_and_chinese_and_explained(words):
    own = {
        q.subject for q in words if getattr(q.subject, "value", "").startswith(CLG) and q.subject.value != CLG
    }
    for prop, languages in (("label", {"en", "zh"}), ("comment", {"en"})):
        said = {(q.subject, q.object.language) for q in words if q.predicate.value == PREFIXES["rdfs"] + prop}
        defined = {q.subject for q in words if q.predicate.value == PREFIXES["rdfs"] + "comment"}
        assert {
            (s.value, lang) for s in own & defined for lang in languages if (s, lang) not in said
        } == set()
