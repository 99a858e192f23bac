"""``codellm-graph licenses``."""

from __future__ import annotations

from pathlib import Path

import click

from codellm_graph.cli.common import as_of, emit, format_option, is_terminal, open_graph, write_file
from codellm_graph.errors import UsageError

_EPILOG = """\b
Examples:
  codellm-graph licenses DeepSeek-R1-Distill-Llama-8B --cite
  codellm-graph licenses Kimi-Dev-72B --format json
  codellm-graph licenses --all
  codellm-graph licenses SQLCoder-34B --html sqlcoder.html
"""


@click.command(epilog=_EPILOG)
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="List the conflicts of all models instead.")
@click.option("--cite", is_flag=True, help="Number the sources and list them (table).")
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
    ctx: click.Context, name: str | None, every: bool, cite: bool, chart: Path | None, form: str
) -> None:
    """Show licences along the weights' lineage, and terms that got lost.

    A conflict is a term of an ancestor's licence that the model's own licence does not carry, shown with the
    path that proves it. Licences and terms that are not known are named as unknown. A family is answered for
    each of its members. Without NAME, --html draws from which licences to which all models go. Not legal
    advice.
    """
    from codellm_graph.analyses import licenses as analysis
    from codellm_graph.names import resolve
    from codellm_graph.view import load_view

    if bool(name) == every and (name or chart is None):
        raise UsageError("licenses wants a NAME, or --all")
    if chart is not None and form == "json":
        raise UsageError("--html and --format json exclude each other")
    suffix = ""
    if chart is not None:
        from codellm_graph.present.charts_files import suffix_of

        suffix = suffix_of(chart)
    store = open_graph(ctx)
    view = load_view(store).until(as_of(ctx))
    thing = resolve(store, name, ["model"]) if name else None
    found = analysis.licenses(store, view, thing) if thing else analysis.all_licenses(store, view)
    if chart is not None:
        from codellm_graph.present import licence_page

        title = f"Lineage of licences: {view.nodes[thing].label if thing else 'all models'}"
        write_file(chart, licence_page.write(store, view, found, suffix, title=title, whole=thing is None))
        return
    from codellm_graph.present import licence_text
    from codellm_graph.present.formats import to_json

    if form == "json":
        data = [licence_text.plain(x) for x in found]
        emit(to_json(data[0] if name and len(data) == 1 else data))
        click.echo(analysis.NOT_ADVICE, err=True)
    else:
        emit(licence_text.report(found, only_conflicts=every, cite=cite, colour=is_terminal()))
