"""CURIE to IRI and back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.errors import UsageError
from codellm_graph.namespaces import PREFIXES, curie, iri
from codellm_graph.sources import bundled

names = st.from_regex(r"\A[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?\Z")


@given(st.sampled_from(sorted(PREFIXES)), names)
def test_round_trip(prefix, name):
    assert curie(iri(f"{prefix}:{name}")) == f"{prefix}:{name}"
    assert iri(f"{prefix}:{name}") == PREFIXES[prefix] + name


@pytest.mark.parametrize("text", ["https://example.org/x", "http://example.org/a#b", "urn:isbn:1"])
def test_other_iris_stay_as_they_are(text):
    assert curie(text) == text
    assert iri(text) == text


def test_a_deeper_path_is_no_curie():
    assert curie(PREFIXES["model"] + "a/b") == PREFIXES["model"] + "a/b"


@pytest.mark.parametrize("text", ["nope:x", "deepswe", "", "model", "javascript:alert(1)"])
def test_what_has_no_known_prefix_is_refused_and_the_prefixes_are_listed(text):
    with pytest.raises(UsageError, match="the prefixes are clg, model"):
        iri(text)


def test_no_two_prefixes_share_a_namespace():
    assert len(set(PREFIXES.values())) == len(PREFIXES)


def test_files_declare_prefixes_as_the_map_does():
    files = bundled()
    declared = {
        pair
        for path in (*files.ontology, *files.data)
        for pair in re.findall(
            r"^@prefix ([\w-]+): <([^>]*)>", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }
    assert declared
    assert {(p, ns) for p, ns in declared if PREFIXES.get(p, ns) != ns} == set()
