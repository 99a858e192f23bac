"""Choosing among what sources say: rank, authority, grade, certainty, precision, newest.

A single-valued property keeps the best supported value; a many-valued one keeps every value that is not
denied by a better citation. Values that say the same at different precision are compatible, not in
conflict, and the finer one is kept.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

from codellm_graph.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pyoxigraph import Literal, NamedNode

    Value = NamedNode | Literal

__all__ = ["Choice", "Support", "bounds", "choose", "compatible", "strength"]

_XSD = PREFIXES["xsd"]
_RANKS = {"preferred": 0, "normal": 1, "deprecated": 2}
_CERTAINTIES = {"stated": 0, "implied": 1, "inferred": 2, "hearsay": 3}
_DATES = {
    _XSD + "gYear": re.compile(r"(\d{4})\Z", re.ASCII),
    _XSD + "gYearMonth": re.compile(r"(\d{4})-(\d\d)\Z", re.ASCII),
    _XSD + "date": re.compile(r"(\d{4})-(\d\d)-(\d\d)\Z", re.ASCII),
}
_NUMBERS = {_XSD + kind for kind in ("integer", "decimal", "double", "float")}
#: Names of the parts of a support's strength, in the order in which they decide.
CRITERIA = ("rank", "authority", "grade", "certainty")


@dataclass(frozen=True)
class Support:
    """A citation as the support of statements.

    Parameters
    ----------
    citation : str
        IRI of the citation.
    source : str
        IRI of its source.
    kinds : frozenset of str
        Classes of the source.
    grade : int
        Evidence grade, 1 (best) to 4; 5 where the source has none.
    issued : str
        Date of the source as ISO 8601, as fine as known; empty where unknown.
    rank, certainty : str
        Names of the concepts.
    """

    citation: str
    source: str = ""
    kinds: frozenset[str] = frozenset()
    grade: int = 5
    issued: str = ""
    rank: str = "normal"
    certainty: str = "stated"


def strength(support: Support, authority: frozenset[str]) -> tuple[int, int, int, int]:
    """Return how well a citation supports a statement; smaller is better.

    Parameters
    ----------
    support : Support
        The citation.
    authority : frozenset of str
        Classes of source that are the property's authority.

    Returns
    -------
    tuple of int
        Rank, authority, grade and certainty (see `CRITERIA`).
    """
    return (
        _RANKS.get(support.rank, 1),
        0 if support.kinds & authority else 1,
        support.grade,
        _CERTAINTIES.get(support.certainty, 0),
    )


def _datatype(value: Value) -> str:
    """Return the datatype's IRI, empty for an IRI."""
    datatype = getattr(value, "datatype", None)
    return str(datatype.value) if datatype is not None else ""


def bounds(value: Value) -> tuple[str, str] | None:
    """Return the first and last day that a date of any precision allows.

    Parameters
    ----------
    value : pyoxigraph.Literal
        An ``xsd:gYear``, ``xsd:gYearMonth`` or ``xsd:date``.

    Returns
    -------
    (str, str) or None
        ISO 8601 dates, or None where the value is no date of the calendar.

    Examples
    --------
    >>> from pyoxigraph import Literal, NamedNode
    >>> bounds(Literal("2024-02", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#gYearMonth")))
    ('2024-02-01', '2024-02-29')
    """
    pattern = _DATES.get(_datatype(value))
    match = pattern.match(value.value) if pattern else None
    if match is None:
        return None
    year, *rest = (int(part) for part in match.groups())
    month = rest[0] if rest else None
    if year < 1 or (month is not None and not 1 <= month <= 12):
        return None
    if len(rest) == 2:
        if not 1 <= rest[1] <= calendar.monthrange(year, rest[0])[1]:
            return None
        return value.value, value.value
    last = month or 12
    return (
        f"{year:04d}-{month or 1:02d}-01",
        f"{year:04d}-{last:02d}-{calendar.monthrange(year, last)[1]:02d}",
    )


def _same_number(a: Decimal, b: Decimal) -> bool:
    """Say whether two numbers are the same, one rounded or cut, or the same count of K and Ki, M and Mi."""
    coarse, fine = sorted((a, b), key=lambda n: -int(n.as_tuple().exponent))
    roundings = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
    if any(fine.quantize(coarse, rounding=r) == coarse for r in roundings):
        return True
    for round_one, other in ((a, b), (b, a)):
        for decimal, binary in ((10**3, 2**10), (10**6, 2**20)):
            if round_one >= decimal and round_one % decimal == 0:
                exact = round_one / decimal * binary
                if abs(other - exact) <= exact / 1000 or abs(other - round_one) <= round_one / 200:
                    return True
    return False


def _number(text: str) -> Decimal | None:
    """Return a finite number of a size that data can have, or None: the shapes report the others."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 20 else None


def compatible(a: Value, b: Value) -> bool:
    """Say whether two values of a single-valued property can both be right.

    Parameters
    ----------
    a, b : pyoxigraph term
        Dates are compatible if one lies within the other; numbers if one is the other, rounded or cut to
        the digits shown, or if they are the same number of K and Ki, or M and Mi (128000 and 131072);
        other terms if they are equal.

    Returns
    -------
    bool
        True where there is no conflict.

    Examples
    --------
    >>> from pyoxigraph import Literal
    >>> compatible(Literal(128000), Literal(131072)), compatible(Literal(128000), Literal(65536))
    (True, False)
    """
    if a == b:
        return True
    span_a, span_b = bounds(a), bounds(b)
    if span_a and span_b:
        return (span_a[0] <= span_b[0] and span_b[1] <= span_a[1]) or (
            span_b[0] <= span_a[0] and span_a[1] <= span_b[1]
        )
    if {_datatype(a), _datatype(b)} <= _NUMBERS:
        number_a, number_b = _number(a.value), _number(b.value)
        return number_a is not None and number_b is not None and _same_number(number_a, number_b)
    return False


def precision(value: Value) -> int:
    """Return how fine a value is: days of a date's span or digits of a number, negative for sorting."""
    span = bounds(value)
    if span:
        return sum(a != b for a, b in zip(span[0].split("-"), span[1].split("-"), strict=True))
    if _datatype(value) in _NUMBERS:
        return -len(value.value.strip("0.").replace(".", ""))
    return 0


@dataclass(frozen=True)
class Choice:
    """What was chosen, and why.

    Parameters
    ----------
    value : pyoxigraph term
        The accepted value.
    reason : str
        The first criterion that told it from the best value it is in conflict with; empty if none is.
    against : tuple of pyoxigraph term
        The values in conflict with it, best supported first.
    """

    value: Value
    reason: str
    against: tuple[Value, ...]


def choose(candidates: Iterable[tuple[Value, Sequence[Support]]], authority: frozenset[str]) -> Choice | None:
    """Choose the value of a single-valued property.

    Parameters
    ----------
    candidates : iterable of (term, sequence of Support)
        Each value with the citations that state it.
    authority : frozenset of str
        Classes of source that are believed first for this property.

    Returns
    -------
    Choice or None
        None where every citation is deprecated. The result does not depend on the order of the input.
    """
    rated = []
    for value, supports in candidates:
        best = min((strength(s, authority) for s in supports), default=None)
        if best is not None:
            newest = max(s.issued for s in supports if strength(s, authority) == best)
            inverted = tuple(-ord(c) for c in newest.ljust(10, "\0"))
            rated.append((best, precision(value), inverted, str(value), value))
    rated.sort(key=lambda row: row[:4])
    usable = [row for row in rated if row[0][0] < _RANKS["deprecated"]]
    if not usable:
        return None
    top = winner = usable[0]
    while True:
        # A finer date within the chosen one refines it, whoever gives it; the best supported goes first.
        finer = [
            row for row in usable if row[1] < winner[1] and bounds(row[4]) and compatible(row[4], winner[4])
        ]
        if not finer:
            break
        winner = min(finer, key=lambda row: (row[0], row[1], row[2], row[3]))
    losers = [row for row in rated if not compatible(row[4], winner[4])]
    reason = ""
    if losers:
        names = [n for n, a, b in zip(CRITERIA, top[0], losers[0][0], strict=True) if a != b]
        reason = (
            names[0]
            if names
            else "precision"
            if top[1] != losers[0][1]
            else "newest source"
            if top[2] != losers[0][2]
            else "order of value"
        )
    return Choice(winner[4], reason, tuple(row[4] for row in losers))
