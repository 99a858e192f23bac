"""What the charts of licences say in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.present.charts_words import short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from codellm_graph.analyses.licenses import Licensing

__all__ = ["LOST", "READING", "headline", "losing", "story", "unsure"]

LOST = "lost: a term of an ancestor's licence that the model's own licence does not carry"
READING = (
    "Not legal advice. Terms are a closed list read from licence texts. That a parent's terms bind what is "
    "made from its weights is one reading (Duan et al., arXiv:2412.11483), no ruling. A maker may license "
    "its own work anew. Where a licence or its terms are not known, nothing is said."
)


def losing(found: Sequence[Licensing]) -> int:
    """Count the models whose licence lacks a term of an ancestor's."""
    return sum(bool(x.conflicts) for x in found)


def unsure(found: Sequence[Licensing]) -> int:
    """Count the models of which nothing is lost as far as known, and not all is known."""
    return sum(bool(x.unknown) and not x.conflicts for x in found)


def headline(found: Sequence[Licensing]) -> str:
    """Say in how many models terms got lost."""
    return f"In {losing(found)} of {len(found)} models with weight ancestors, licence terms got lost"


def story(x: Licensing) -> str:
    """Say what became of the terms."""
    name, count = short(x.label), len(x.inherited)
    lost = sum(t.carried is False for t in x.inherited)
    terms = f"{count} term{'s' if count > 1 else ''}"
    if not x.chain:
        return f"{name}: no weight ancestor is known"
    if not count:
        return f"{name}: no term is known to come down the weights"
    if x.terms is None:
        what = "its licence is not known" if x.license is None else "the terms of its licence are not known"
        return f"{name}: {terms} come{'' if count > 1 else 's'} down the weights, {what}"
    if not lost:
        which = f"each of the {terms}" if count > 1 else "the one term"
        return f"{name}: its licence has {which} that came down"
    them = "them" if lost > 1 else "it"
    return f"{name}: {lost} of {terms} got lost, {short(x.license_label or '')} does not carry {them}"
