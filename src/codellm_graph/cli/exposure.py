"""``codellm-graph exposure``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from codellm_graph.cli.common import as_of, emit, format_option, is_terminal, open_graph
from codellm_graph.errors import printable

if TYPE_CHECKING:
    from codellm_graph.analyses.exposure import Exposure, Met, Report
    from codellm_graph.present.notes import Notes

_EPILOG = """\b
Examples:
  codellm-graph exposure LiveCodeBench
  codellm-graph exposure DeepCoder --cite
  codellm-graph exposure StarCoderData --direct --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("name")
@click.option("--direct", is_flag=True, help="Only what was trained on it directly.")
@click.option("--cite", is_flag=True, help="Number the sources of each step and list them (table).")
@format_option("table", "json", default="table")
@click.pass_context
def command(ctx: click.Context, name: str, direct: bool, cite: bool, form: str) -> None:
    """Show which models met a benchmark in training, and by which route.

    NAME is a benchmark or dataset, or a model (which benchmarks it met). A model met what it was trained
    on: directly, through an ancestor whose weights it started from, or through a teacher whose outputs it
    learnt from. "Possible" are routes over data that were made from what contains items of the benchmark.
    No evidence means that no source records a route, no more. Claims of decontamination are listed, not
    weighed; windows are compared where both are known.
    """
    from codellm_graph.analyses.exposure import exposure
    from codellm_graph.names import resolve
    from codellm_graph.view import load_view

    store = open_graph(ctx)
    thing = resolve(store, name, ["dataset", "model"])
    found = exposure(store, load_view(store).until(as_of(ctx)), thing)
    if direct:
        found = found._replace(met=tuple(m for m in found.met if m.exposure == "direct"))
    if form == "json":
        from codellm_graph.present.formats import plain_data, to_json

        emit(to_json(plain_data(found)))
        return
    from codellm_graph.present.notes import Notes

    notes = Notes(cite)
    emit(_text(found, notes))
    what = "benchmarks" if found.kind == "model" else "models"
    met = {m.benchmark if found.kind == "model" else m.id: m.possible for m in reversed(found.met) if m.route}
    possible = sum(met.values())
    click.echo(
        f"{len(met) - possible} {what} met, {possible} more possibly; of {found.others} nothing is recorded",
        err=True,
    )


def _text(found: Exposure, notes: Notes) -> str:
    from codellm_graph.present.notes import route_text
    from codellm_graph.present.text import table

    names = ("model", "benchmark") if found.kind == "model" else ("model",)
    columns = (*names, "exposure", "route", "grade", "windows overlap", "claims decontamination", "reports")
    rows = [
        (
            *((m.label, m.benchmark_label) if found.kind == "model" else (m.label,)),
            m.exposure + (" (possible)" if m.possible else ""),
            route_text(m.route, notes),
            m.grade,
            m.overlap,
            _claims(m, notes),
            ", ".join(_report(r, notes) for r in m.reports),
        )
        for m in found.met
    ]
    who = f"{found.label} met anything" if found.kind == "model" else f"any model met {found.label}"
    lines = [table(columns, rows, is_terminal()) if rows else printable(f"no evidence that {who}")]
    if found.datasets:
        held = [
            (d.label, route_text(d.route, notes) + (" (possible)" if d.possible else ""), d.grade)
            for d in found.datasets
        ]
        lines += ["", table(("data with items of it", "route", "grade"), held, is_terminal())]
    return "\n".join([*lines, *(["", *notes.lines()] if notes.numbers else [])])


def _claims(met: Met, notes: Notes) -> str:
    return ", ".join(
        c.subject_label
        + ("" if c.object == met.benchmark else f" ({c.object_label})")
        + notes.mark(c.citations)
        for c in met.claims
    )


def _report(report: Report, notes: Notes) -> str:
    s = report.score
    value = f" {s.score:g}" if s.score is not None else ""
    return f"{s.benchmark_label}{value}{notes.mark(s.citations)}"
