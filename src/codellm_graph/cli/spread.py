"""``codellm-graph spread``."""

from __future__ import annotations

from pathlib import Path

import click

from codellm_graph.cli.common import as_of, emit, format_option, is_terminal, open_graph, write_file
from codellm_graph.errors import UsageError

_EPILOG = """\b
Examples:
  codellm-graph spread
  codellm-graph spread FIM --cite
  codellm-graph --as-of 2024 spread --all
  codellm-graph spread --html spread.html
  codellm-graph spread GRPO --format json | jq '.adopters[] | [.label, .mode]'
"""
_SCREEN = 40
_LEGEND = (
    "Stages: adopters / families released since the technique existed. V: carriers whose parent carries it, "
    "too / carriers with a known parent.\n"
    "q: below 0.05, chance within each organization hardly explains V ({:,} permutations, seed {}, corrected "
    "for all tests)."
)


@click.command(epilog=_EPILOG)
@click.argument("technique", required=False)
@click.option(
    "--all", "everything", is_flag=True, help="Also techniques that hardly spread, and all of them."
)
@click.option("--cite", is_flag=True, help="Number the sources of each adopter and list them.")
@click.option("--leave-one-out", is_flag=True, help="Test all techniques without each organization (slow).")
@click.option(
    "--permutations",
    type=click.IntRange(min=1),
    default=10_000,
    show_default=True,
    help="How many to test with.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of the permutations."
)
@click.option(
    "--html",
    "chart",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw it to FILE instead: html (one page), svg or png by its suffix.",
)
@format_option("table", "json", default="table")
@click.pass_context
def command(
    ctx: click.Context,
    technique: str | None,
    everything: bool,
    cite: bool,
    leave_one_out: bool,
    permutations: int,
    seed: int,
    chart: Path | None,
    form: str,
) -> None:
    """Tell how techniques spread through families, stages and lineages.

    Without TECHNIQUE: those that reached two stages or five adopters. The unit is the family; lineage means
    weights. Nothing here says that anybody copied from anybody.
    """
    from codellm_graph.analyses.adoption import crossing_matrix
    from codellm_graph.analyses.diffusion import spread
    from codellm_graph.analyses.field import read_field
    from codellm_graph.evidence import citations
    from codellm_graph.names import labels, resolve
    from codellm_graph.present import charts_files, charts_page, spread_text
    from codellm_graph.present.formats import to_json
    from codellm_graph.present.spread_data import to_dict
    from codellm_graph.view import load_view

    if chart is not None and form == "json":
        raise UsageError("--html and --format json exclude each other")
    suffix = charts_files.suffix_of(chart) if chart is not None else ""
    store = open_graph(ctx)
    wanted = resolve(store, technique, ["technique"]) if technique else None
    field = read_field(store, load_view(store).until(as_of(ctx)))
    leave_out = field.techniques.keys() if leave_one_out else [wanted] if wanted else ()
    found = spread(field, store, permutations=permutations, seed=seed, leave_out=frozenset(leave_out))
    colour, names = is_terminal(), labels(store)

    if wanted:
        one = next((s for s in found if s.technique.id == wanted), None)
        if one is None:
            raise UsageError(f"{names.get(wanted, wanted)} has no carrier in the graph, or none by that date")
        cited = citations(store, (c for a in one.adoptions for c in a.carrier.said))
        if chart is not None:
            title = f"How {one.technique.label} spread"
            write_file(chart, charts_page.write([one], suffix, names, cited, title=title))
            return
        if form == "json":
            emit(to_json(to_dict(one, field, cited)))
        else:
            emit(spread_text.story(one, field, names, cited, cite=cite, colour=colour))
        return

    shown = [s for s in found if everything or s.reached > 1 or s.result.adopters >= 5]
    if form == "json":
        cited = citations(store, (c for s in shown for a in s.adoptions for c in a.carrier.said))
        emit(to_json([to_dict(s, field, cited) for s in shown]))
        return
    if chart is not None:
        cited = citations(store, (c for s in shown for a in s.adoptions for c in a.carrier.said))
        notes = spread_text.headline(found, names).splitlines()
        title = "How techniques spread through the stages of code models"
        write_file(chart, charts_page.write(shown, suffix, names, cited, title=title, notes=notes))
        return
    rest = 0 if everything else len(shown[_SCREEN:])
    emit(spread_text.overview(shown if everything else shown[:_SCREEN], field, colour=colour))
    emit("\n" + spread_text.headline(found, names))
    emit("\n" + spread_text.matrix(crossing_matrix(field), field, colour=colour))
    if not ctx.find_root().obj["quiet"]:
        click.echo(
            _LEGEND.format(permutations, seed) + (f" {rest} more with --all." if rest else ""), err=True
        )
