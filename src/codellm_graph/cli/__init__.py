"""The command line: options in, one library call, one presentation out."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from codellm_graph.errors import CodellmGraphError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "run"]

#: Command to the module that defines it, so that a command imports nothing that it does not need.
_COMMANDS = {
    "find": "find",
    "show": "show",
    "lineage": "lineage",
    "compare": "compare",
    "spread": "spread",
    "exposure": "exposure",
    "licenses": "licenses",
    "disputes": "disputes",
    "audit": "audit",
    "query": "query",
    "stats": "stats",
    "export": "export",
    "check": "check",
    "format": "format",
    "new": "new",
}


class _ReaderGone(Exception):
    """Whoever read the answer has closed the pipe. Click would make an exit code 1 of a BrokenPipeError."""


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGone from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        from importlib import import_module

        command: click.Command = import_module(f"codellm_graph.cli.{_COMMANDS[cmd_name]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_SUMMARIES.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(args[0], _COMMANDS, n=1)
            if close and "Did you mean" not in error.message:
                raise click.UsageError(f"{error.message} Did you mean {close[0]!r}?", ctx) from error
            raise


#: Said once here so that ``--help`` imports no command; a test holds them against the commands' own.
_SUMMARIES = {
    "find": "Find models, techniques, data and sources by any name.",
    "show": "Show every statement about a thing and who says so.",
    "lineage": "Trace where a model comes from, or what came from it.",
    "compare": "Compare two models: ancestors, techniques, data, licences, scores.",
    "spread": "Tell how techniques spread through families, stages and lineages.",
    "exposure": "Show which models met a benchmark in training, and by which route.",
    "licenses": "Show licences along the weights' lineage, and terms that got lost.",
    "disputes": "List where sources contradict each other.",
    "audit": "List gaps and contradictions.",
    "query": "Ask the graph in SPARQL.",
    "stats": "Count what is in the graph.",
    "export": "Write the graph, or one lineage, to a file.",
    "check": "Check data files against the rules.",
    "format": "Bring data files into the canonical form.",
    "new": "Print the skeleton of a model's citations.",
}

_EPILOG = """\b
Examples:
  codellm-graph find qwen2.5-coder
  codellm-graph lineage DeepSWE --cite
  codellm-graph export deepswe.html --root DeepSWE
  codellm-graph query "SELECT ?m { ?m clg:uses technique:fim } LIMIT 5"
"""


@click.group(
    cls=_Lazy,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="codellm-graph")
@click.option(
    "--store",
    metavar="DIR|URL",
    help="Ask an Oxigraph directory or a SPARQL endpoint instead of the bundled graph.",
)
@click.option(
    "--data",
    metavar="DIR",
    multiple=True,
    help="Build the graph from the .trig files of a folder instead. May be repeated.",
)
@click.option(
    "--as-of", metavar="DATE", help="Leave out what was released later: YYYY, YYYY-MM or YYYY-MM-DD."
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but the answer and errors.")
@click.pass_context
def main(ctx: click.Context, /, **options: object) -> None:
    """Question the cited knowledge graph of code LLMs.

    Names resolve by identifier, label, alias or Hugging Face repository; case and punctuation do not
    matter. On a terminal answers are coloured; in a pipe they are plain.
    """
    ctx.obj = options


def run(argv: Sequence[str] | None = None) -> NoReturn:
    """Run the command line as a process does: errors in one line, exit codes, silent broken pipes."""
    try:
        code = main.main(args=list(argv) if argv is not None else None, standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except KeyboardInterrupt:
        click.echo("Interrupted.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CodellmGraphError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(error.exit_code)
    except (BrokenPipeError, _ReaderGone):
        # Whoever reads has enough; keep the interpreter from complaining when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)
