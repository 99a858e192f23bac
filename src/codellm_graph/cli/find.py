"""``codellm-graph find``."""

from __future__ import annotations

import click

from codellm_graph.cli.common import emit, format_option, is_terminal, open_graph


@click.command(epilog="\b\nExamples:\n  codellm-graph find swe\n  codellm-graph find 中间填充 --format json")
@click.argument("text")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Longest list.")
@format_option("table", "json", default="table")
@click.pass_context
def command(ctx: click.Context, text: str, limit: int, form: str) -> None:
    """Find models, techniques, data and sources by any name.

    TEXT is part of a label, alias, identifier or Hugging Face repository. Exits 1 if nothing matches.
    """
    from codellm_graph.names import find

    found = find(open_graph(ctx), text)
    if form == "json":
        from codellm_graph.present.formats import to_json

        emit(to_json([vars(f) for f in found[:limit]]))
    elif found:
        from codellm_graph.present.text import table

        rows = [(f.id, f.label, f.kind, f.released) for f in found[:limit]]
        emit(table(("id", "label", "kind", "released"), rows, is_terminal()))
        if len(found) > limit:
            click.echo(f"{len(found) - limit} more; show them with --limit {len(found)}", err=True)
    if not found:
        click.echo(f"nothing is called anything like {text!r}", err=True)
        ctx.exit(1)
