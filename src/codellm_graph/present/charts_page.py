"""The charts of spread as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.present import charts, charts_words
from codellm_graph.present.charts_data import chosen
from codellm_graph.present.charts_files import Figure, html_page, picture
from codellm_graph.present.charts_tables import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from codellm_graph.analyses.diffusion import Spread
    from codellm_graph.evidence import CitationInfo

__all__ = ["write"]


def write(
    spreads: Iterable[Spread],
    suffix: str,
    names: Mapping[str, str],
    cited: Mapping[str, CitationInfo],
    *,
    title: str = "How techniques spread",
    notes: Sequence[str] = (),
) -> bytes:
    """Write the charts in the format of a suffix.

    Parameters
    ----------
    spreads : iterable of Spread
        Techniques; those on most stages are drawn.
    suffix : str
        One of `charts_files.SUFFIXES`; HTML holds the numbers as tables, too.
    names : mapping of str to str
        Labels by CURIE.
    cited : mapping of str to CitationInfo
        The citations of adopters.
    title : str, optional
        Heading of a page.
    notes : sequence of str, optional
        Paragraphs below it.

    Returns
    -------
    bytes
        The file's content.
    """
    drawn = chosen(spreads)
    if suffix != "html":
        return picture(charts.page(drawn, names), suffix)
    figures = (
        Figure("staircase", "every adopter in time, by mode of adoption", charts.staircase(drawn, names)),
        Figure("heat", "adopters by technique and stage", charts.heat(drawn)),
        Figure("lags", "how long each technique took", charts.lags(drawn, names), column=True),
        Figure("shares", "cumulative share of eligible families", charts.shares(drawn)),
    )
    return html_page(title, figures, tables(drawn, names, cited), notes=notes, reading=[charts_words.READING])
