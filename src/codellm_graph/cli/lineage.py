"""``codellm-graph lineage``."""

from __future__ import annotations

import click

from codellm_graph.cli.common import as_of, emit, format_option, is_terminal, open_graph

_EPILOG = """\b
Examples:
  codellm-graph lineage DeepSWE --cite
  codellm-graph lineage Qwen2.5-32B --down --depth 2
  codellm-graph lineage Qwen3-32B --down --only-through
  codellm-graph lineage DeepCoder --weights --format mermaid
  codellm-graph lineage DeepSWE --format dot | dot -Tsvg > deepswe.svg
"""


@click.command(epilog=_EPILOG)
@click.argument("name")
@click.option("--down", is_flag=True, help="Descendants instead of ancestors.")
@click.option("--depth", type=click.IntRange(min=1), help="Longest path in steps.")
@click.option("--relation", metavar="R", help="Only this relation and more specific ones, such as rlFrom.")
@click.option("--weights", is_flag=True, help="Only relations that pass weights on.")
@click.option("--only-through", is_flag=True, help="Of a model's descendants those reached only through it.")
@click.option("--cite", is_flag=True, help="Number the sources of each step and list them (tree).")
@format_option("tree", "table", "json", "mermaid", "dot", "csv", default="tree")
@click.pass_context
def command(
    ctx: click.Context,
    name: str,
    down: bool,
    depth: int | None,
    relation: str | None,
    weights: bool,
    only_through: bool,
    cite: bool,
    form: str,
) -> None:
    """Trace where a model comes from, or what came from it.

    NAME is a series, family, model or checkpoint. A family stands for its members.
    """
    from codellm_graph.analyses.lineage import trace
    from codellm_graph.names import resolve
    from codellm_graph.view import load_view

    store = open_graph(ctx)
    root = resolve(store, name, ["model"])
    view = load_view(store).until(as_of(ctx))
    lineage = trace(view, root, down=down, depth=depth, relation=relation, weights=weights)
    if only_through:
        from codellm_graph.analyses.dominators import blast_radius

        lineage = blast_radius(view, lineage, weights=weights)
    if form in ("tree", "table"):
        from codellm_graph.present import text

        colour = is_terminal()
        emit(
            text.lineage_tree(lineage, cite=cite, colour=colour)
            if form == "tree"
            else text.lineage_table(lineage, colour=colour)
        )
    else:
        from codellm_graph.present import formats

        write = {
            "json": lambda found: formats.to_json(found.to_dict()),
            "mermaid": formats.to_mermaid,
            "dot": formats.to_dot,
            "csv": formats.to_csv,
        }
        emit(write[form](lineage))
