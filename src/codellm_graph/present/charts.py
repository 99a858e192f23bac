"""Charts of how techniques spread and of how licences come down, as altair objects.

Everything is told apart by shape, dash or position as well as by colour, and labelled where it stands. `draw`
makes any of the charts of a graph by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from codellm_graph.analyses.diffusion import spread
from codellm_graph.analyses.field import read_field
from codellm_graph.analyses.licenses import all_licenses
from codellm_graph.analyses.licenses import licenses as read_licenses
from codellm_graph.errors import UsageError, printable
from codellm_graph.names import labels, resolve
from codellm_graph.present import charts_data as data
from codellm_graph.present import charts_lines as lines
from codellm_graph.present import charts_marks as marks
from codellm_graph.present import charts_style as style
from codellm_graph.present import licence_chart
from codellm_graph.view import load_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import altair as alt

    from codellm_graph.analyses.diffusion import Spread
    from codellm_graph.analyses.licenses import Licensing
    from codellm_graph.store import Store
    from codellm_graph.view import View

__all__ = ["CHARTS", "draw", "heat", "lags", "licence_flows", "licences", "page", "shares", "staircase"]


#: The names of the charts.
CHARTS = ("staircase", "heat", "shares", "lags", "page", "licences")


def draw(graph: Store, chart: str, *names: str) -> alt.TopLevelMixin:
    """Draw a chart of a graph.

    Parameters
    ----------
    graph : Store
        The graph.
    chart : str
        One of `CHARTS`; ``page`` is the first four on one sheet.
    *names : str
        Any names of techniques, or for ``licences`` of models; those on most stages if none, and for
        ``licences`` the flows between the licences of all models.

    Returns
    -------
    altair.TopLevelMixin
        A chart that a notebook shows, without a network after ``altair.renderers.enable("svg")``, and that
        has ``save`` for files.

    Raises
    ------
    UsageError
        If there is no such chart, or nothing to draw.
    UnknownName, AmbiguousName
        If a name does not lead to one thing.

    Examples
    --------
    >>> import codellm_graph as cg
    >>> from codellm_graph.present import charts
    >>> graph = cg.load()
    >>> type(charts.draw(graph, "staircase", "FIM", "MoE")).__name__
    'LayerChart'
    >>> type(charts.draw(graph, "licences", "DeepSeek-R1-Distill-Llama-8B")).__name__
    'VConcatChart'
    """
    if chart not in CHARTS:
        raise UsageError(f"{printable(chart)} is no chart; use one of {', '.join(CHARTS)}")
    view = load_view(graph)
    if chart == "licences":
        if not names:
            return licence_flows(all_licenses(graph, view))
        models = dict.fromkeys(resolve(graph, name, ["model"]) for name in names)
        return licences([x for model in models for x in read_licenses(graph, view, model)], view)
    wanted = {resolve(graph, name, ["technique"]) for name in names}
    # The charts show no test, so that one permutation does.
    found = spread(read_field(graph, view), graph, permutations=1)
    some = [s for s in found if not wanted or s.technique.id in wanted]
    called = labels(graph)
    limit = len(wanted) or data.LIMIT
    if chart == "heat":
        return heat(some, limit=limit)
    if chart == "shares":
        return shares(some, limit=limit)
    return {"staircase": staircase, "lags": lags, "page": page}[chart](some, called, limit=limit)


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
    return style.finish(marks.heat(data.chosen(spreads, limit)))


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
    return style.finish(marks.staircase(data.chosen(spreads, limit), names or {}))


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
    return style.finish(lines.shares(data.chosen(spreads, limit)))


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
    return style.finish(lines.lags(data.chosen(spreads, limit), names or {}))


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
    alt = style.altair()
    drawn, names = data.chosen(spreads, limit), names or {}
    own = dict.fromkeys(("color", "shape", "fill", "stroke", "strokeDash"), "independent")
    right = alt.vconcat(marks.heat(drawn), lines.lags(drawn, names), spacing=40).resolve_scale(**own)
    top = alt.hconcat(marks.staircase(drawn, names), right, spacing=50).resolve_scale(**own)
    return style.finish(alt.vconcat(top, lines.shares(drawn, 640), spacing=40).resolve_scale(**own))


def licences(found: Iterable[Licensing], view: View) -> alt.TopLevelMixin:
    """Draw the licences along the weights of a model, and what became of each of their terms.

    Parameters
    ----------
    found : iterable of Licensing
        Of a model, or of a few.
    view : View
        The models that the licensings were read from.

    Returns
    -------
    altair.VConcatChart
        A drawing for each model. Not legal advice.
    """
    drawn = [licence_chart.lineage(x, view) for x in found]
    return style.finish(style.altair().vconcat(*drawn, spacing=40))


def licence_flows(found: Iterable[Licensing], *, limit: int = licence_chart.LIMIT) -> alt.TopLevelMixin:
    """Draw from which licences to which models go, and where terms get lost.

    Parameters
    ----------
    found : iterable of Licensing
        Of all models with ancestors.
    limit : int, optional
        How many pairs of licences between which terms get lost are drawn.

    Returns
    -------
    altair.HConcatChart
        Classes of licences, and the pairs of licences that lose terms. Not legal advice.
    """
    return style.finish(licence_chart.flows(list(found), limit=limit))
