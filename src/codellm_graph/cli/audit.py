"""``codellm-graph audit``."""

from __future__ import annotations

import click

from codellm_graph.cli.common import emit, format_option, is_terminal, open_graph
from codellm_graph.errors import UsageError

_EPILOG = """\b
Examples:
  codellm-graph audit --limit 30
  codellm-graph audit --coverage
  codellm-graph audit --sample 20 --seed 7 --format json
"""


@click.command(epilog=_EPILOG)
@click.option("--coverage", is_flag=True, help="Which wanted facts each family has, and which not.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Draw N statements to read again.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the sample.")
@click.option("--limit", type=click.IntRange(min=1), help="Longest list.")
@format_option("table", "json", default="table")
@click.pass_context
def command(
    ctx: click.Context, coverage: bool, sample: int | None, seed: int, limit: int | None, form: str
) -> None:
    """List gaps and contradictions.

    What is missing, weakly supported or disputed comes ordered by how many models descend from it.
    """
    from codellm_graph.analyses import audit
    from codellm_graph.present.formats import plain_data, to_json

    if coverage and sample:
        raise UsageError("--coverage and --sample exclude each other")
    store = open_graph(ctx)
    columns: tuple[str, ...]
    found: list[audit.Coverage] | list[audit.Sampled] | list[audit.Gap]
    if coverage:
        found = audit.coverage(store)[:limit]
        columns = ("family", "known", "withheld", "looked for in vain", "not looked for")
        rows = [(c.label, len(c.known), *(", ".join(x) for x in c[3:])) for c in found]
    elif sample:
        found = audit.sample(store, sample, seed)[:limit]
        columns = ("subject", "property", "value", "source", "place", "address")
        rows = [
            (s.subject, s.property, s.value, s.citation.title, s.citation.locator, s.citation.url)
            for s in found
        ]
    else:
        from codellm_graph.view import load_view

        found = audit.gaps(store, load_view(store))[:limit]
        columns = ("touched", "gap", "about", "detail")
        rows = [(g.touched, g.kind, g.label, g.detail) for g in found]
    if form == "json":
        emit(to_json(plain_data(found)))
    else:
        from codellm_graph.present.text import table

        emit(table(columns, rows, is_terminal()))
