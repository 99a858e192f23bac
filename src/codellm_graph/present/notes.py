"""Citations as numbered notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.analyses.steps import Step
    from codellm_graph.evidence import CitationInfo

__all__ = ["Notes", "route_text"]


class Notes:
    """Numbers citations in the order in which they are first used.

    Parameters
    ----------
    shown : bool, optional
        Whether there are notes at all; without, nothing is marked.

    Examples
    --------
    >>> from codellm_graph.evidence import CitationInfo
    >>> notes = Notes()
    >>> notes.mark([CitationInfo("cite:a", "src:a", "A card", "Data", "https://example.org/", 1)])
    ' [1]'
    >>> notes.lines()
    ['[1] A card, Data <https://example.org/> (grade 1)']
    """

    def __init__(self, shown: bool = True) -> None:
        self.shown = shown
        self.numbers: dict[CitationInfo, int] = {}

    def mark(self, citations: Iterable[CitationInfo]) -> str:
        """Return the mark of some citations, such as `` [1,2]``.

        Parameters
        ----------
        citations : iterable of CitationInfo
            What something rests on.

        Returns
        -------
        str
            Empty where there is nothing to mark.
        """
        if not self.shown:
            return ""
        marks = [str(self.numbers.setdefault(c, len(self.numbers) + 1)) for c in citations]
        return f" [{','.join(marks)}]" if marks else ""

    def lines(self) -> list[str]:
        """Return the notes.

        Returns
        -------
        list of str
            One for each citation marked so far.
        """
        return [
            f"[{n}] {printable(c.title)}, {printable(c.locator)}{f' <{printable(c.url)}>' if c.url else ''}"
            f"{f' (grade {c.grade})' if c.grade else ''}"
            for c, n in self.numbers.items()
        ]


def route_text(route: Iterable[Step], notes: Notes) -> str:
    """Write a route as one line.

    Parameters
    ----------
    route : iterable of Step
        Its steps.
    notes : Notes
        Where the steps' citations are numbered.

    Returns
    -------
    str
        ``rlFrom A › trainedOn B``: each step goes on from the end of the one before.
    """
    return " › ".join(f"{s.relation} {s.object_label}{notes.mark(s.citations)}" for s in route)
