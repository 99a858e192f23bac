"""How marks and edges look: one place for the page, the drawing and pyvis."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from codellm_graph.view import relations

if TYPE_CHECKING:
    from codellm_graph.view import View

__all__ = ["NO_STAGE", "OPENNESS", "SHAPES", "STYLES", "Style", "radius", "style"]

#: Stage to the shape of its nodes, so that stages differ by more than colour.
SHAPES = {"encoder": "triangle", "generative": "triangleDown", "code LLM": "square", "agentic": "diamond"}
NO_STAGE = "dot"

#: Licence class to colours on light and on dark ground.
OPENNESS = {
    "open": ("#1F5FBF", "#6FA8FF"),
    "restricted": ("#B07800", "#F2C14E"),
    "closed": ("#C8440C", "#FF8A5B"),
    "unknown": ("#757b85", "#9AA3AE"),
}

Style: TypeAlias = "tuple[str, str, list[int]]"

#: Relation to light colour, dark colour and dashes; the first that a relation is, or is a kind of, counts.
STYLES: dict[str, Style] = {
    "rlFrom": ("#C8440C", "#FF8A5B", []),
    "preferenceTunedFrom": ("#8F3F97", "#D78BE0", [8, 3]),
    "sftFrom": ("#0B7A5B", "#3ED1A6", []),
    "tunedFrom": ("#0B7A5B", "#3ED1A6", [8, 3]),
    "continuedFrom": ("#1F5FBF", "#6FA8FF", []),
    "mergedFrom": ("#8F3F97", "#D78BE0", [10, 4, 2, 4]),
    "convertedFrom": ("#2288B0", "#7FD8F5", [10, 4, 2, 4]),
    "quantizedFrom": ("#2288B0", "#7FD8F5", [2, 3]),
    "adapterOf": ("#2288B0", "#7FD8F5", [8, 3]),
    "weightsFrom": ("#1F5FBF", "#6FA8FF", [8, 3]),
    "distilledFrom": ("#B07800", "#F2C14E", [6, 4]),
    "derivedFrom": ("#B07800", "#F2C14E", [2, 3]),
    "architectureFrom": ("#757b85", "#9AA3AE", [2, 3]),
    "succeeds": ("#757b85", "#9AA3AE", [1, 5]),
    "basedOn": ("#757b85", "#9AA3AE", [8, 3]),
    "hasMember": ("#757b85", "#9AA3AE", [1, 2]),
    "memberOf": ("#757b85", "#9AA3AE", [1, 2]),
}


def style(view: View, relation: str) -> Style:
    """Return how a relation looks.

    Parameters
    ----------
    view : View
        With the hierarchy of relations.
    relation : str
        Local name.

    Returns
    -------
    tuple of (str, str, list of int)
        Colours on light and on dark ground, dashes; of one that the table does not know, its nearest kind's.
    """
    known = next((r for r in STYLES if relation in relations(view.schema, r)), relation)
    return STYLES.get(relation) or STYLES.get(known, STYLES["basedOn"])


def radius(parameters: float | None) -> float:
    """Return the size of a mark.

    Parameters
    ----------
    parameters : float or None
        Billions.

    Returns
    -------
    float
        Radius in pixels, of so many parameters that its area grows with their square root.
    """
    return float(round(min(3.4 + 1.15 * (parameters or 1.0) ** 0.25, 9.5), 2))
