"""Charts of how techniques spread, as altair specifications.

Everything is told apart by shape, dash or position as well as by colour, and labelled where it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from codellm_graph.present import charts_data as data
from codellm_graph.present import charts_marks as marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import altair as alt

    from codellm_graph.analyses.diffusion import Spread

__all__ = ["heat", "lags", "page", "shares", "staircase"]

# Liberation Sans is as wide as Arial: what is measured when drawing holds in the reader's browser.
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"


def heat(spreads: Iterable[Spread], *, limit: int = data.LIMIT) -> alt.TopLevelMixin:
    """Draw adopters by technique and stage.

    Parameters
    ----------
    spreads : iterable of Spread
        Techniques; those on most stages are drawn.
    limit : int, optional
        How many.

    Returns
    -------
    altair.LayerChart
        Counts are written in the cells, the share colours them; cells with few eligible are grey.
    """
    return _finish(marks.heat(data.chosen(spreads, limit)))


def staircase(
    spreads: Iterable[Spread], names: Mapping[str, str] | None = None, *, limit: int = data.LIMIT
) -> alt.TopLevelMixin:
    """Draw every adopter in time, told apart by mode of adoption.

    Parameters
    ----------
    spreads : iterable of Spread
        Techniques; those on most stages are drawn, in the order of their first carriers.
    names : mapping of str to str, optional
        Labels of units by CURIE.
    limit : int, optional
        How many.

    Returns
    -------
    altair.LayerChart
        A row for each technique.
    """
    return _finish(marks.staircase(data.chosen(spreads, limit), names or {}))


def shares(spreads: Iterable[Spread], *, limit: int = data.LIMIT) -> alt.TopLevelMixin:
    """Draw the cumulative share of eligible families, labelled at the lines' ends.

    Parameters
    ----------
    spreads : iterable of Spread
        Techniques; those on most stages are drawn.
    limit : int, optional
        How many.

    Returns
    -------
    altair.HConcatChart
        What stays with the weights, and what is taken up by choice.
    """
    return _finish(marks.shares(data.chosen(spreads, limit)))


def lags(
    spreads: Iterable[Spread], names: Mapping[str, str] | None = None, *, limit: int = data.LIMIT
) -> alt.TopLevelMixin:
    """Draw how long each technique took, with what the precision of dates allows.

    Parameters
    ----------
    spreads : iterable of Spread
        Techniques; those on most stages are drawn.
    names : mapping of str to str, optional
        Labels of units by CURIE.
    limit : int, optional
        How many.

    Returns
    -------
    altair.HConcatChart
        To the first carrier, to another organization, from stage to stage.
    """
    return _finish(marks.lags(data.chosen(spreads, limit), names or {}))


def page(
    spreads: Iterable[Spread], names: Mapping[str, str] | None = None, *, limit: int = data.LIMIT
) -> alt.TopLevelMixin:
    """Draw all four charts on one sheet.

    Parameters
    ----------
    spreads : iterable of Spread
        Techniques; those on most stages are drawn.
    names : mapping of str to str, optional
        Labels of units by CURIE.
    limit : int, optional
        How many.

    Returns
    -------
    altair.VConcatChart
        The charts.
    """
    alt = marks.altair()
    drawn, names = data.chosen(spreads, limit), names or {}
    own = dict.fromkeys(("color", "shape", "fill", "stroke", "strokeDash"), "independent")
    right = alt.vconcat(marks.heat(drawn), marks.lags(drawn, names), spacing=40).resolve_scale(**own)
    top = alt.hconcat(marks.staircase(drawn, names), right, spacing=50).resolve_scale(**own)
    return _finish(alt.vconcat(top, marks.shares(drawn, 640), spacing=40).resolve_scale(**own))


def _finish(chart: Any) -> alt.TopLevelMixin:
    text = {"font": _FONT, "color": marks.INK}
    axis: dict[str, object] = {
        "labelFont": _FONT,
        "titleFont": _FONT,
        "labelColor": marks.SOFT,
        "titleColor": marks.SOFT,
    }
    axis |= {"gridColor": marks.GRID, "domainColor": marks.LINE, "tickColor": marks.LINE, "labelFontSize": 11}
    legend = {
        "labelFont": _FONT,
        "titleFont": _FONT,
        "labelColor": marks.INK,
        "titleColor": marks.INK,
        "labelLimit": 260,
    }
    title = text | {
        "fontSize": 15,
        "subtitleFont": _FONT,
        "subtitleColor": marks.SOFT,
        "subtitleFontSize": 11.5,
    }
    found: alt.TopLevelMixin = chart.configure(
        background="white",
        padding=14,
        title={**title, "anchor": "start", "offset": 10, "subtitlePadding": 4, "frame": "bounds"},
        text=text,
        axis=axis,
        legend={**legend, "labelFontSize": 11},
        view={"stroke": None},
    )
    return found
