"""``codellm-graph check``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from codellm_graph.cli.common import emit, format_option, is_terminal

_EPILOG = """\b
Examples:
  codellm-graph check
  codellm-graph check graph_data/models/qwen.trig
  codellm-graph --data my_data check --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@format_option("table", "json", default="table")
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], strict: bool, form: str) -> None:
    """Check data files against the rules.

    Without PATHS the whole graph is checked; with PATHS only what those files or folders say is
    reported, together with the data they refer to. Exits 1 on violations.
    """
    from codellm_graph.validate import check

    options = ctx.find_root().obj
    show = not options["quiet"] and sys.stderr.isatty()

    def progress(step: str) -> None:
        if show:
            click.echo(f"\r\x1b[K{step} ...", nl=False, err=True)

    results = check(paths, data=[Path(d) for d in options["data"]], progress=progress)
    if show:
        click.echo("\r\x1b[K", nl=False, err=True)
    violations = sum(r.result_severity == "violation" for r in results)
    if form == "json":
        from codellm_graph.present.formats import to_json

        emit(to_json([r._asdict() for r in results]))
    elif results:
        from codellm_graph.present.text import table

        rows = [(r.result_severity, r.source_shape, r.result_message) for r in results]
        emit(table(("severity", "rule", "message"), rows, is_terminal()))
    if not options["quiet"]:
        click.echo(f"{violations} violations, {len(results) - violations} warnings", err=True)
    if violations or (strict and results):
        ctx.exit(1)
