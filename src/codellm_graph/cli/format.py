"""``codellm-graph format``."""

from __future__ import annotations

from pathlib import Path

import click

from codellm_graph.cli.common import write_file


@click.command(
    epilog="\b\nExamples:\n  codellm-graph format graph_data\n  codellm-graph format --diff graph_data"
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--diff", "only_check", is_flag=True, help="Only name what would change; exit 1.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], only_check: bool) -> None:
    """Bring data files into the canonical form.

    What a file says does not change; a predicate stands on a line of its own, in a fixed order.
    """
    from codellm_graph.sources import Files, read
    from codellm_graph.trig import format_trig

    changed = 0
    for path in Files.under(*paths).data:
        text = read(path).decode("utf-8")
        formatted = format_trig(text, str(path))
        if formatted != text:
            changed += 1
            click.echo(str(path))
            if not only_check:
                write_file(path, formatted.encode())
    if only_check and changed:
        click.echo(f"{changed} files are not in canonical form; run codellm-graph format", err=True)
        ctx.exit(1)
