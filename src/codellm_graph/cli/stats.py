"""``codellm-graph stats``."""

from __future__ import annotations

import click

from codellm_graph.cli.common import emit, format_option, is_terminal, open_graph

_TITLES = {
    "classes": ("class", "things"),
    "stages": ("stage", "families"),
    "years": ("year", "families"),
    "relations": ("relation", "edges"),
    "grades": ("evidence grade", "statements about models"),
}


@click.command(
    epilog="\b\nExamples:\n  codellm-graph stats\n  codellm-graph stats --format json | jq .grades"
)
@format_option("table", "json", default="table")
@click.pass_context
def command(ctx: click.Context, form: str) -> None:
    """Count what is in the graph.

    Things by class, families by stage and year, lineage edges by relation, statements by evidence grade.
    """
    from codellm_graph.analyses.stats import count

    stats = count(open_graph(ctx))._asdict()
    if form == "json":
        from codellm_graph.present.formats import to_json

        emit(to_json(stats))
    else:
        from codellm_graph.present.text import table

        emit("\n\n".join(table(_TITLES[k], rows.items(), is_terminal()) for k, rows in stats.items()))
