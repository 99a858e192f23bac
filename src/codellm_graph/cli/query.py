"""``codellm-graph query``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from codellm_graph.cli.common import emit, format_option, is_terminal, open_graph
from codellm_graph.errors import DataError, UsageError

_EPILOG = """\b
Examples:
  codellm-graph query "SELECT ?m ?d { ?m clg:rlOn ?d } LIMIT 5"
  codellm-graph query --file question.rq --format csv
  codellm-graph query --name ancestors --set model=model:deepswe-preview
  echo "ASK { model:deepswe clg:stage stage:agentic }" | codellm-graph query -
  codellm-graph query --list
"""


def _text(text: str | None, file: str | None, name: str | None) -> str:
    if sum(x is not None for x in (text, file, name)) != 1:
        raise UsageError(
            "give one of TEXT, --file FILE or --name NAME (see --list); TEXT - reads standard input"
        )
    if name is not None:
        from codellm_graph.questions import question

        return question(name).text
    if text == "-" or file == "-":
        return sys.stdin.read()
    if file is None:
        return text or ""
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


@click.command(epilog=_EPILOG)
@click.argument("text", required=False)
@click.option("--file", "-f", metavar="FILE", help="Read the query from a file.")
@click.option("--name", metavar="NAME", help="One of the questions that come with the graph.")
@click.option(
    "--set",
    "values",
    metavar="P=VALUE",
    multiple=True,
    help="Set a parameter $P of the query; VALUE is a CURIE or any name.",
)
@click.option("--list", "listing", is_flag=True, help="List the questions that come with the graph.")
@format_option("table", "csv", "tsv", "json", "xml", "turtle", "ntriples", "jsonld", default="table")
@click.pass_context
def command(
    ctx: click.Context,
    text: str | None,
    file: str | None,
    name: str | None,
    values: tuple[str, ...],
    listing: bool,
    form: str,
) -> None:
    """Ask the graph in SPARQL.

    All prefixes of the graph are declared. The default graph holds what is accepted; GRAPH ?citation
    holds what each source says. SELECT and ASK answer as table, csv, tsv, json or xml, CONSTRUCT and
    DESCRIBE as turtle (also for table), ntriples or jsonld.
    """
    from codellm_graph.present.answers import render

    if listing:
        from codellm_graph.present.text import table
        from codellm_graph.questions import questions

        rows = [(q.name, q.title, " ".join(f"{p}={v}" for p, v in q.parameters.items())) for q in questions()]
        emit(table(("name", "question", "parameters"), rows, is_terminal()))
        return
    query = _text(text, file, name)
    store = open_graph(ctx)
    from codellm_graph.questions import bindings

    answer = store.query(query, bindings(store, query, values))
    emit(render(answer, form, is_terminal()))
