"""``codellm-graph disputes``."""

from __future__ import annotations

import click

from codellm_graph.cli.common import emit, format_option, is_terminal, open_graph


@click.command(epilog="\b\nExamples:\n  codellm-graph disputes\n  codellm-graph disputes DeepCoder")
@click.argument("name", required=False)
@format_option("table", "json", default="table")
@click.pass_context
def command(ctx: click.Context, name: str | None, form: str) -> None:
    """List where sources contradict each other.

    With NAME only about that thing. The accepted statement comes first, with the reason why it is
    believed. Values that agree at different precision (2025 and 2025-04-08) are no dispute.
    """
    from codellm_graph.analyses.disputes import disputes
    from codellm_graph.names import resolve

    store = open_graph(ctx)
    found = disputes(store, resolve(store, name) if name else None)
    if form == "json":
        from codellm_graph.present.formats import plain_data, to_json

        emit(to_json(plain_data(found)))
        return
    from codellm_graph.present.text import table

    rows = [
        (
            d.label if first else "",
            s.property_label,
            ("" if s.accepted else "✗ ") + s.label,
            s.grade,
            "; ".join(f"{c.title}, {c.locator}" for c in s.citations[:2]),
            d.reason if first else "",
        )
        for d in found
        for first, s in zip([True] + [False] * len(d.statements), d.statements, strict=False)
    ]
    emit(table(("about", "property", "value", "grade", "who says so", "believed for"), rows, is_terminal()))
    click.echo(f"{len(found)} disputes; ✗ marks what is not believed", err=True)
