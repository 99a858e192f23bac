"""Releases and the links between them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.analyses.lineage import MEMBERSHIP, Lineage, around, everything
from codellm_graph.present.releases import Link, releases
from codellm_graph.view import Edge, Node, View, load_view


@pytest.fixture(scope="module")
def bundled(graph):
    return load_view(graph)


def model(name, family=None, day=None, size=None, kind="Model"):
    return Node(name, name.upper(), kind, day, day, parameters=size, family=family)


def view_of(nodes, edges=()):
    return View({n.id: n for n in nodes}, [Edge(*e) for e in edges], None)


def whole(view):
    return Lineage("", False, view.nodes, tuple(view.edges), dict.fromkeys(view.nodes, 0))


def links(view):
    found = releases(view, whole(view))
    return {(i.parent, i.child, i.relation): i.edges for i in found.links}


@st.composite
def views(draw):
    """Draw series of families of models, some without members or days, with edges between all of them."""
    days = st.sampled_from([None, "2024-01-01", "2024-06-01", "9999-12-31"])
    nodes = [model("s", kind="Series"), model("t", kind="Series")]
    for n in range(draw(st.integers(1, 4))):
        nodes.append(model(f"f{n}", draw(st.sampled_from([None, "s", "t"])), draw(days), kind="Family"))
    families = st.sampled_from([None, *(i.id for i in nodes if i.kind == "Family")])
    for n in range(draw(st.integers(0, 8))):
        size = draw(st.sampled_from([None, 1.0, 7.0]))
        nodes.append(
            model(f"m{n}", draw(families), draw(days), size, draw(st.sampled_from(["Model", "Checkpoint"])))
        )
    ends = st.sampled_from([i.id for i in nodes])
    edges = draw(
        st.lists(st.tuples(ends, ends, st.sampled_from(["rlFrom", "succeeds"])), max_size=14, unique=True)
    )
    view = view_of(nodes, sorted(edges))
    shown = draw(st.sets(ends, min_size=1)) if draw(st.booleans()) else set(view.nodes)
    lineage = Lineage(
        "",
        False,
        {i: n for i, n in view.nodes.items() if i in shown},
        tuple(e for e in view.edges if {e.parent, e.child} <= shown),
        {},
    )
    return view, lineage


def check(view, lineage):
    found = releases(view, lineage)
    members = [m for mark in found.marks.values() for m in mark.members]
    assert len(members) == len(set(members))
    assert set(members) <= set(lineage.nodes)
    # Only groups with something below them are no members; they stand at a release of theirs.
    for i in set(lineage.nodes) - set(members):
        assert lineage.nodes[i].kind in ("Family", "Series")
        assert below(view, i) & set(found.marks[found.of[i]].members)
    assert set(found.of) == set(lineage.nodes)
    for name, mark in found.marks.items():
        assert mark.id == name
        assert mark.label
        nodes = [lineage.nodes[m] for m in mark.members]
        assert {found.of[n.id] for n in nodes} == {name}
        assert {n.earliest for n in nodes} == {mark.earliest}
        if len(nodes) > 1:
            # Of one family, which is known, and one day, which is known.
            assert len({n.family or n.id for n in nodes}) == 1
            assert mark.earliest
            assert mark.label.endswith(f" ×{len(nodes)}")
        sizes = [n.parameters or 0.0 for n in nodes]
        assert sizes == sorted(sizes)
    days = [mark.earliest for mark in found.marks.values()]
    dated = [d for d in days if d]
    assert days == sorted(dated) + [None] * (len(days) - len(dated))
    # No edge stands in two links, and each stands where it says.
    edges = [n for link in found.links for n in link.edges]
    assert len(edges) == len(set(edges))
    for link in found.links:
        assert link.parent != link.child
        for n in link.edges:
            e = lineage.edges[n]
            assert (found.of[e.parent], found.of[e.child], e.relation) == link[:3]
    assert len({link[:3] for link in found.links}) == len(found.links)
    assert list(found.links) == sorted(found.links)
    # What is left out is said more precisely, within a release, or no lineage.
    stated = {link[:2] for link in found.links}
    for n in set(range(len(lineage.edges))) - set(edges):
        e = lineage.edges[n]
        pair = found.of[e.parent], found.of[e.child]
        assert e.relation in MEMBERSHIP or pair[0] == pair[1] or pair in stated
    return found


def below(view, group):
    found = set(view.members.get(group, ()))
    return found.union(*(below(view, i) for i in found))


@given(views())
def test_everything_stands_in_one_release(drawn):
    check(*drawn)


@given(views())
def test_the_order_of_nodes_does_not_matter(drawn):
    view, lineage = drawn
    turned = Lineage("", False, dict(reversed(lineage.nodes.items())), lineage.edges, {})
    assert releases(view, turned) == releases(view, lineage)


def test_the_bundled_graph(bundled):
    for lineage in (whole(bundled), everything(bundled), around(bundled, "model:deepcoder-14b-preview")):
        check(bundled, lineage)


def test_a_graph_cut_at_a_date(bundled):
    for day in ("2021", "2023-11", "2024-06-15"):
        view = bundled.until(day)
        check(view, whole(view))


def test_variants_of_one_day_are_one_release():
    nodes = [
        model("f", kind="Family"),
        model("b", "f", "2024-01-01", 32.0),
        model("a", "f", "2024-01-01", 7.0),
        model("c", "f", "2024-02-01"),
        model("d", "f", "2024-03-01"),
        model("e", "f", "2024-03-01"),
    ]
    found = releases(view_of(nodes), whole(view_of(nodes)))
    assert {i: (m.label, m.members) for i, m in found.marks.items()} == {
        "f": ("F ×2", ("a", "b")),
        "c": ("C", ("c",)),
        "f@2024-03-01": ("F ×2", ("d", "e")),
    }
    assert found.of["f"] == "f"


def test_models_without_a_day_stand_alone():
    nodes = [model("f", kind="Family"), model("a", "f"), model("b", "f")]
    assert list(releases(view_of(nodes), whole(view_of(nodes))).marks) == ["a", "b"]


def test_a_family_without_members_is_a_release():
    nodes = [model("f", None, "2024-01-01", kind="Family"), model("a", None, "2024-01-01")]
    found = releases(view_of(nodes), whole(view_of(nodes)))
    assert {m.members for m in found.marks.values()} == {("f",), ("a",)}


FAMILIES = (
    model("f", kind="Family"),
    model("a", "f", "2024-01-01"),
    model("g", kind="Family"),
    model("b", "g", "2025-01-01"),
    model("c", "g", "2025-06-01"),
)


def test_what_is_said_of_a_family_stands_at_its_first_release():
    assert links(view_of(FAMILIES, [("f", "g", "succeeds")])) == {("a", "b", "succeeds"): (0,)}


def test_what_members_say_is_not_said_again_of_the_family():
    edges = [("a", "b", "rlFrom"), ("f", "g", "succeeds"), ("f", "g", "basedOn"), ("g", "f", "succeeds")]
    assert links(view_of(FAMILIES, edges)) == {("a", "b", "rlFrom"): (0,), ("b", "a", "succeeds"): (3,)}
    # What they say of another release leaves it standing.
    assert set(links(view_of(FAMILIES, [("a", "c", "rlFrom"), ("f", "g", "succeeds")]))) == {
        ("a", "c", "rlFrom"),
        ("a", "b", "succeeds"),
    }


def test_a_link_stands_for_every_edge_between_its_releases():
    nodes = [model(i, f, "2024-01-01" if f == "f" else "2025-01-01") for i, f in ("af", "bf", "cg", "dg")]
    nodes += [model("f", kind="Family"), model("g", kind="Family")]
    edges = [("a", "c", "rlFrom"), ("b", "d", "rlFrom"), ("b", "d", "succeeds"), ("a", "b", "rlFrom")]
    found = releases(view_of(nodes, edges), whole(view_of(nodes, edges)))
    assert found.links == (Link("f", "g", "rlFrom", (0, 1)), Link("f", "g", "succeeds", (2,)))
