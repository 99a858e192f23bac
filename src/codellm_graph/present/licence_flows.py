"""From which licences to which models go along the weights, and which terms get lost: counts for a graph."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.analyses.licenses import Licensing
    from codellm_graph.present.charts_data import Row

__all__ = ["CLASSES", "Pair", "class_of", "class_rows", "pairs"]

#: Classes of licences; the last where none is known.
CLASSES = ("open", "restricted", "closed", "unknown")


class Pair(NamedTuple):
    """Models under one licence that come from models under another.

    Parameters
    ----------
    origin, origin_label, license, license_label : str or None
        CURIE and label of an ancestor's licence and of the model's own; None where not known.
    models : tuple of str
        Labels of the models.
    losing : tuple of str
        Labels of those whose licence lacks a term of the ancestor's.
    same : int
        How many of these have the same maker as the ancestor.
    kept, lost : tuple of (str, str)
        Name and label of the terms of the ancestor's licence that the model's has too, and that it lacks.
    """

    origin: str | None
    origin_label: str | None
    license: str | None
    license_label: str | None
    models: tuple[str, ...]
    losing: tuple[str, ...]
    same: int
    kept: tuple[tuple[str, str], ...]
    lost: tuple[tuple[str, str], ...]


def class_of(openness: str | None) -> str:
    """Return one of `CLASSES`."""
    return openness if openness in CLASSES else CLASSES[-1]


def class_rows(found: Iterable[Licensing]) -> list[Row]:
    """Count models by the class of their ancestors' licences and of their own.

    Parameters
    ----------
    found : iterable of Licensing
        Models with ancestors.

    Returns
    -------
    list of Row
        A row for each two classes; a model counts once for each class among its ancestors.
    """
    models: Counter[tuple[str, str]] = Counter()
    losing: Counter[tuple[str, str]] = Counter()
    for x in found:
        own = class_of(x.openness)
        models.update((c, own) for c in {class_of(h.openness) for h in x.chain})
        origins = {c.license for c in x.conflicts}
        losing.update((c, own) for c in {class_of(h.openness) for h in x.chain if h.license in origins})
    return [
        {"origin": a, "own": b, "models": models[a, b], "losing": losing[a, b]}
        for a in CLASSES
        for b in CLASSES
    ]


def pairs(found: Iterable[Licensing]) -> list[Pair]:
    """Count models by each licence among their ancestors and by their own.

    Parameters
    ----------
    found : iterable of Licensing
        Models with ancestors.

    Returns
    -------
    list of Pair
        Those where most models lose terms first, then the most frequent.
    """
    groups: dict[tuple[str | None, str | None], list[Licensing]] = defaultdict(list)
    labels: dict[str | None, str | None] = {}
    terms: dict[str | None, set[str]] = {}
    words: dict[str, str] = {}
    for x in found:
        labels[x.license] = x.license_label
        words |= {t.term: t.label for t in x.inherited}
        for h in x.chain:
            labels[h.license] = h.license_label
            terms[h.license] = set(h.terms or ())
        for origin in {h.license for h in x.chain}:
            groups[origin, x.license].append(x)
    made = []
    for (origin, own), models in groups.items():
        lost = {x.id: [c for c in x.conflicts if c.license == origin] for x in models}
        losing = [x for x in models if lost[x.id]]
        gone = sorted({(c.term, c.label) for x in losing for c in lost[x.id]})
        kept = sorted(
            {(t, words[t]) for x in models for t in terms.get(origin, set()) & set(x.terms or ())} - set(gone)
        )
        same = sum(all(c.same_organization for c in lost[x.id]) for x in losing)
        made.append(
            Pair(
                origin,
                labels[origin],
                own,
                labels[own],
                tuple(sorted(x.label for x in models)),
                tuple(sorted(x.label for x in losing)),
                same,
                tuple(kept),
                tuple(gone),
            )
        )
    return sorted(
        made, key=lambda p: (-len(p.losing), -len(p.models), p.origin_label or "", p.license_label or "")
    )
