"""Widths of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codellm_graph.present.lettering import SIZE, width


@given(st.text(), st.text(), st.floats(1, 40))
def test_text_is_as_wide_as_its_parts(one, other, size):
    assert width(one + other, size) == pytest.approx(width(one, size) + width(other, size))
    assert width(one, 2 * size) == pytest.approx(2 * width(one, size))


@given(st.characters(min_codepoint=127))
def test_what_is_not_ascii_counts_as_a_full_square(character):
    assert width(character) == pytest.approx(1.12 * SIZE)


def test_letters_are_told_apart():
    assert width("") == 0
    assert 0 < width("iiii") < width("aaaa") < width("MMMM") < width("模模模模")
    # Every character of ASCII that can be seen, and the space.
    assert all(2 < width(chr(c)) < 15 for c in range(32, 127))
