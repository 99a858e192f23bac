"""``codellm-graph compare``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from codellm_graph.cli.common import as_of, emit, format_option, is_terminal, open_graph
from codellm_graph.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.analyses.compare import Ancestry, Comparison
    from codellm_graph.analyses.steps import Score
    from codellm_graph.present.notes import Notes

_EPILOG = """\b
Examples:
  codellm-graph compare DeepCoder-14B-Preview Skywork-OR1-32B
  codellm-graph compare DeepSWE DeepCoder --cite
  codellm-graph compare StarCoder2 "Granite Code" --format json
"""


@click.command(epilog=_EPILOG)
@click.argument("first")
@click.argument("second")
@click.option("--cite", is_flag=True, help="Number the sources and list them (table).")
@format_option("table", "json", default="table")
@click.pass_context
def command(ctx: click.Context, first: str, second: str, cite: bool, form: str) -> None:
    """Compare two models: ancestors, techniques, data, licences, scores.

    FIRST and SECOND are series, families, models or checkpoints. The lowest common ancestors are those with
    no other common ancestor below them; distances are steps from the first and from the second.
    """
    from codellm_graph.analyses.compare import compare
    from codellm_graph.names import resolve
    from codellm_graph.view import load_view

    store = open_graph(ctx)
    ids = [resolve(store, name, ["model"]) for name in (first, second)]
    found = compare(store, load_view(store).until(as_of(ctx)), *ids)
    if form == "json":
        from codellm_graph.present.formats import plain_data, to_json

        emit(to_json(plain_data(found)))
        return
    from codellm_graph.present.notes import Notes

    emit(_text(found, Notes(cite)))


def _text(found: Comparison, notes: Notes) -> str:
    from codellm_graph.present.text import table

    lines = [printable(" and ".join(found.labels)), ""]
    for title, ancestry in (("by weights", found.by_weights), ("by all relations", found.by_any)):
        lines += [printable(line) for line in _ancestry(title, ancestry, notes)]
    for common in found.facts:
        lines += ["", common.label]
        first, second = (f"only {label}" for label in found.labels)
        for side, facts in (("both", common.shared), (first, common.first), (second, common.second)):
            marked = (f.label + notes.mark(dict.fromkeys((*f.citations[0], *f.citations[1]))) for f in facts)
            lines += [printable(f"  {side}: {', '.join(marked)}")] if facts else []
    if found.benchmarks:
        scores = [(b.label, _scores(b.first, notes), _scores(b.second, notes)) for b in found.benchmarks]
        lines += ["", table(("benchmark", *found.labels), scores, is_terminal())]
    return "\n".join([*lines, *(["", *notes.lines()] if notes.numbers else [])])


def _ancestry(title: str, ancestry: Ancestry, notes: Notes) -> list[str]:
    from codellm_graph.present.notes import route_text

    if not ancestry.common:
        return [f"common ancestors {title}: none known"]
    lines = [f"common ancestors {title}: {', '.join(label for _, label in ancestry.common)}"]
    for lowest in ancestry.lowest:
        lines.append(f"  lowest: {lowest.label}, {lowest.distances[0]} and {lowest.distances[1]} steps away")
        lines += [f"    {route_text(path, notes)}" for path in lowest.paths if path]
    return lines


def _scores(scores: Iterable[Score], notes: Notes) -> str:
    return ", ".join(
        " ".join(x for x in ("evaluated" if s.score is None else f"{s.score:g}", s.metric) if x)
        + notes.mark(s.citations)
        for s in scores
    )
