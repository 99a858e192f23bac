"""The ontology: OWL 2 DL, consistent, labelled in two languages, aligned."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import rdflib
from rdflib.namespace import DCTERMS, OWL, PROV, RDF, RDFS, SKOS

from codellm_graph.namespaces import CLG, PREFIXES
from codellm_graph.sources import ontology_folder

FAIR4ML = rdflib.Namespace(PREFIXES["fair4ml"])
NS = rdflib.Namespace(CLG)


@pytest.fixture(scope="module")
def ontology() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in sorted(ontology_folder().glob("*.ttl")):
        graph.parse(path)
    return graph


def words(ontology: rdflib.Graph) -> set[rdflib.URIRef]:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)
    return {s for kind in kinds for s in ontology.subjects(RDF.type, kind) if str(s).startswith(CLG)}


# OWL API and HermiT, as owlready2 ships them, in a Java machine of their own.
_REASON = """
import glob, json, os, sys
import jpype, owlready2
base = os.path.dirname(owlready2.__file__)
jpype.startJVM(classpath=[*glob.glob(base + "/pellet/*.jar"), base + "/hermit/HermiT.jar"])
manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(sys.argv[1]))
report = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2DLProfile")().checkOntology(ontology)
reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology)
consistent = bool(reasoner.isConsistent())
bottom = [str(c) for c in reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()] if consistent else []
print(json.dumps({"violations": [str(v) for v in report.getViolations()], "consistent": consistent,
                  "unsatisfiable": bottom, "axioms": int(ontology.getAxiomCount())}))
"""


def reason(path: Path) -> dict:
    import json

    if shutil.which("java") is None:
        pytest.fail("no Java found: install Debian's package default-jre-headless to check the ontology")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _REASON, str(path)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_is_owl_2_dl_and_consistent(ontology, tmp_path):
    merged = tmp_path / "merged.ttl"
    ontology.serialize(merged, format="turtle")
    report = reason(merged)
    assert report["violations"] == []
    assert report["consistent"]
    assert report["unsatisfiable"] == []
    assert report["axioms"] > 900


def test_the_check_finds_a_contradiction(ontology, tmp_path):
    broken = rdflib.Graph()
    broken += ontology
    broken.add((NS.Odd, RDF.type, OWL.Class))
    broken.add((NS.Odd, RDFS.subClassOf, NS.Family))
    broken.add((NS.Odd, RDFS.subClassOf, NS.Model))
    broken.add((NS.odd, RDF.type, NS.Undeclared))
    path = tmp_path / "broken.ttl"
    broken.serialize(path, format="turtle")
    report = reason(path)
    assert any("Odd" in name for name in report["unsatisfiable"])
    assert report["violations"]


def test_every_word_is_labelled_in_both_languages_and_explained(ontology):
    for word in sorted(words(ontology)):
        languages = sorted(label.language for label in ontology.objects(word, RDFS.label))
        assert languages == ["en", "zh"], word
        assert len(list(ontology.objects(word, RDFS.comment))) == 1, word


def test_concepts_stages_tracks_and_rules_are_labelled_in_both_languages(ontology):
    kinds = (SKOS.Concept, NS.Stage, NS.Track, NS.Rule)
    concepts = {s for kind in kinds for s in ontology.subjects(RDF.type, kind)}
    assert len(concepts) > 50
    for concept in sorted(concepts):
        assert sorted(label.language for label in ontology.objects(concept, RDFS.label)) == ["en", "zh"], (
            concept
        )


def test_lineage_is_a_tree_under_prov(ontology):
    below = set(ontology.transitive_subjects(RDFS.subPropertyOf, NS.basedOn)) - {NS.basedOn}
    names = {str(p).removeprefix(CLG) for p in below}
    assert names >= {
        "derivedFrom", "weightsFrom", "continuedFrom", "tunedFrom", "sftFrom", "preferenceTunedFrom", "rlFrom", "mergedFrom",
        "quantizedFrom", "adapterOf", "convertedFrom", "distilledFrom", "architectureFrom", "succeeds",
    }  # fmt: skip
    for p in below:
        assert len([s for s in ontology.objects(p, RDFS.subPropertyOf) if str(s).startswith(CLG)]) == 1, p
    derived = set(ontology.transitive_subjects(RDFS.subPropertyOf, PROV.wasDerivedFrom))
    assert {NS.rlFrom, NS.distilledFrom, NS.sliceOf, NS.generatedWith} <= derived
    assert NS.succeeds not in derived


def test_stages_are_ordered(ontology):
    order = {int(o): str(s).rpartition("/")[2] for s, o in ontology.subject_objects(NS.order)}
    assert order == {1: "encoder", 2: "generative", 3: "code-llm", 4: "agentic"}


def test_alignments(ontology):
    expected = {
        (NS.Model, RDFS.subClassOf, FAIR4ML.MLModel),
        (NS.tunedFrom, RDFS.subPropertyOf, FAIR4ML.fineTunedFrom),
        (NS.trainedOn, RDFS.subPropertyOf, FAIR4ML.trainedOn),
        (NS.result, RDFS.subPropertyOf, FAIR4ML.hasEvaluation),
        (NS.Technique, RDFS.subClassOf, SKOS.Concept),
        (NS.Dataset, RDFS.subClassOf, rdflib.URIRef(PREFIXES["dcat"] + "Dataset")),
        (NS.license, RDFS.subPropertyOf, DCTERMS.license),
        (NS.organization, RDFS.subPropertyOf, PROV.wasAttributedTo),
        (NS.Citation, RDFS.subClassOf, PROV.Bundle),
        (
            NS.spdx,
            RDFS.seeAlso,
            rdflib.URIRef("https://spdx.org/rdf/3.0.1/terms/SimpleLicensing/licenseExpression"),
        ),
    }
    assert expected <= set(ontology)


def test_values_name_their_unit(ontology):
    assert str(ontology.value(NS.contextLength, NS.unit)) == "tokens"
    assert str(ontology.value(NS.totalParametersB, NS.unit)) == "billion parameters"


def test_no_property_ranges_over_a_date(ontology):
    # Outside the OWL 2 datatype map: reasoners refuse them.
    dates = {rdflib.XSD.date, rdflib.XSD.gYear, rdflib.XSD.gYearMonth}
    assert not dates & set(ontology.objects(None, RDFS.range))
