"""``codellm-graph show``."""

from __future__ import annotations

import click

from codellm_graph.cli.common import emit, format_option, is_terminal, open_graph


@click.command(
    epilog="\b\nExamples:\n  codellm-graph show DeepSWE-Preview\n  codellm-graph show GRPO --format json"
)
@click.argument("name")
@format_option("table", "json", default="table")
@click.pass_context
def command(ctx: click.Context, name: str, form: str) -> None:
    """Show every statement about a thing and who says so.

    NAME is a model, technique, dataset, benchmark, organization, licence or source.
    """
    from codellm_graph.evidence import describe
    from codellm_graph.names import resolve

    store = open_graph(ctx)
    thing = describe(store, resolve(store, name))
    if form == "json":
        from codellm_graph.present.formats import plain_data, to_json

        emit(to_json(plain_data(thing)))
    else:
        from codellm_graph.present.text import statements

        emit(statements(thing, colour=is_terminal()))
