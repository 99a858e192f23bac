"""From what people type to one thing of the graph."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.errors import AmbiguousName, UnknownName
from codellm_graph.names import find, labels, resolve
from codellm_graph.view import load_view

HOSTILE = "Evil\x1b]0;owned\x07\x9b31m\r\u202eName"


@pytest.mark.parametrize(
    "text",
    [
        "model:pine-1-7b-chat",
        "Pine-1-7B-Chat",
        "pine-1-7b-chat",
        "PINE 1 7B CHAT",
        "pine_1.7b/chat",
        "  pine17bchat ",
        "Ｐｉｎｅ－１－７Ｂ－Ｃｈａｔ",
        "松树聊天",
        "「松树聊天」",
    ],
)
def test_one_thing_by_all_its_names(tiny, text):
    assert resolve(tiny, text) == "model:pine-1-7b-chat"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("forest/Pine_1-7B", "model:pine-1-7b"),
        ("FOREST/pine-1-7b", "model:pine-1-7b"),
        ("松树", "model:pine"),
        ("分组查询注意力", "technique:gqa"),
        ("grouped query attention", "technique:gqa"),
        ("森林实验室", "maker:forest"),
        ("treebench", "dataset:bench"),
        ("apache license 2.0", "license:apache-2.0"),
        ("松树模型卡", "src:pine-card"),
        ("agentic", "stage:agentic"),
    ],
)
def test_things_of_every_kind(tiny, text, expected):
    assert resolve(tiny, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("agentica-org/DeepSWE-Preview", "model:deepswe-preview"),
        ("DEEPSWE", "model:deepswe"),
        ("ＤｅｅｐＳＷＥ", "model:deepswe"),
        ("grpo", "technique:grpo"),
        ("阿里巴巴", None),
    ],
)
def test_the_bundled_graph(graph, text, expected):
    if expected:
        assert resolve(graph, text) == expected
    else:
        with pytest.raises((UnknownName, AmbiguousName)):
            resolve(graph, text)


def test_names_can_be_limited_to_a_kind(store_of):
    store = store_of(
        'cite:a { model:oak a clg:Model ; rdfs:label "Oak" . dataset:oak a clg:Dataset ; rdfs:label "Oak" }'
    )
    with pytest.raises(AmbiguousName) as caught:
        resolve(store, "oak")
    assert caught.value.candidates == (("dataset:oak", "Oak (Dataset)"), ("model:oak", "Oak (Model)"))
    assert caught.value.exit_code == 2
    assert "Use one of these identifiers:\n  dataset:oak  Oak (Dataset)\n  model:oak    Oak (Model)" in str(
        caught.value
    )
    assert resolve(store, "oak", ["model"]) == "model:oak"
    assert resolve(store, "dataset:oak") == "dataset:oak"
    with pytest.raises(UnknownName):
        resolve(store, "dataset:oak", ["model"])


def test_the_exact_label_wins_over_other_spellings(store_of):
    store = store_of("""cite:a { model:a a clg:Model ; rdfs:label "Oak+" ; skos:altLabel "OAK" .
        model:b a clg:Model ; rdfs:label "Oak" . model:c a clg:Model ; rdfs:label "oak" }""")
    assert resolve(store, "Oak") == "model:b"
    assert resolve(store, "oak") == "model:c"
    assert resolve(store, "oak+") == "model:a"
    with pytest.raises(AmbiguousName):
        resolve(store, "oAk")


def test_an_unknown_name_lists_the_closest(tiny):
    with pytest.raises(UnknownName, match="Did you mean") as caught:
        resolve(tiny, "Pine-1-7B-Chatt")
    assert caught.value.candidates[0] == ("model:pine-1-7b-chat", "Pine-1-7B-Chat (Model)")
    assert len(caught.value.candidates) <= 8
    with pytest.raises(UnknownName) as caught:
        resolve(tiny, "chat")
    assert ("model:pine-1-7b-chat", "Pine-1-7B-Chat (Model)") in caught.value.candidates


@pytest.mark.parametrize("text", ["", " ", "!!!", "zzzzqqqq", "\x00", "💥"])
def test_a_name_like_nothing_says_how_to_look(tiny, text):
    with pytest.raises(UnknownName) as caught:
        resolve(tiny, text)
    assert caught.value.candidates == ()
    assert str(caught.value).endswith("Look for it with: codellm-graph find TEXT")


@given(st.text(max_size=30))
def test_any_text_leads_to_one_thing_or_to_a_list(tiny, text):
    with contextlib.suppress(UnknownName, AmbiguousName):
        assert resolve(tiny, text) in labels(tiny)


def test_messages_show_control_characters_instead_of_sending_them(store_of):
    label = "".join(f"\\u{ord(c):04x}" for c in HOSTILE)
    store = store_of(
        f'cite:a {{ model:a a clg:Model ; rdfs:label "{label}" . model:b a clg:Model ; rdfs:label "{label}" }}'
    )
    for text in (HOSTILE, HOSTILE[:-1]):
        with pytest.raises((UnknownName, AmbiguousName)) as caught:
            resolve(store, text)
        assert caught.value.candidates
        assert all(c.isprintable() or c == "\n" for c in str(caught.value))


def test_find_lists_whole_names_then_beginnings_then_the_rest(tiny):
    found = [f.id for f in find(tiny, "pine-1")]
    assert found[0] == "model:pine-1"
    assert set(found) == {
        "model:pine-1",
        "model:pine-1-7b",
        "model:pine-1-7b-draft",
        "model:pine-1-7b-chat",
        "model:pine-1-3b",
    }
    assert next(f.id for f in find(tiny, "7b")) in {"model:pine-1-7b", "model:pine-2-7b"}
    assert [f.id for f in find(tiny, "聊天")] == ["model:pine-1-7b-chat"]
    assert find(tiny, "zzz") == find(tiny, "!!!") == []


def test_find_shows_label_kind_and_date(tiny):
    (found,) = find(tiny, "Pine-2-MoE")
    assert (found.id, found.label, found.kind, found.released) == (
        "model:pine-2-moe",
        "Pine-2-MoE",
        "Model",
        None,
    )
    by_id = {f.id: f for f in find(tiny, "pine")}
    assert by_id["model:pine-2"].released == "2025-01-10"
    assert by_id["src:pine-card"].kind == "ModelCard"
    assert {f.kind for f in find(tiny, "bench")} == {"Benchmark"}


def test_labels_are_english_where_there_are_several(tiny):
    known = labels(tiny)
    assert known["model:pine"] == "Pine"
    assert known["maker:forest"] == "Forest Lab"
    assert known["concept:rl"] == "reinforcement learning"
    assert known["clg:rlFrom"] == "reinforcement learning from"
    assert known["src:pine-card"] == "Pine model card"


def test_a_thing_is_called_the_same_everywhere(store_of):
    store = store_of("""cite:a { model:a a clg:Model ; rdfs:label "豆包"@zh . model:b a clg:Model ; rdfs:label "Zeta" , "Beta" , "Gamma"@en .
        model:c a clg:Model . model:d a clg:Model ; rdfs:label "Delta"@fr , "三角洲"@zh , "Aleph" }""")
    called = {i: node.label for i, node in load_view(store).nodes.items()}
    assert called == {"model:a": "豆包", "model:b": "Beta", "model:c": "model:c", "model:d": "Aleph"}
    assert {f.id: f.label for f in find(store, "") if f.id in called} == called
