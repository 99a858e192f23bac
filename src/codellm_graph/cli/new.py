"""``codellm-graph new``."""

from __future__ import annotations

import click

from codellm_graph.cli.common import emit, open_graph
from codellm_graph.errors import UsageError

_EPILOG = """\b
Examples:
  codellm-graph new model Example-7B --maker agentica --hf agentica-org/Example-7B \\
      --parent rlFrom=Qwen3-8B >> graph_data/models/agentica.trig
"""


@click.command(epilog=_EPILOG)
@click.argument("kind", type=click.Choice(["model"]))
@click.argument("label")
@click.option("--maker", required=True, metavar="NAME", help="The organization's name in maker:.")
@click.option("--hf", metavar="OWNER/NAME", help="Hugging Face repository.")
@click.option("--arxiv", metavar="ID", help="Identifier of the paper.")
@click.option("--family", metavar="NAME", help="The family's name in model:.")
@click.option(
    "--parent", "parents", metavar="RELATION=NAME", multiple=True, help="A parent. May be repeated."
)
@click.pass_context
def command(
    ctx: click.Context,
    kind: str,
    label: str,
    maker: str,
    hf: str | None,
    arxiv: str | None,
    family: str | None,
    parents: tuple[str, ...],
) -> None:
    """Print the skeleton of a model's citations.

    LABEL is the maker's spelling. Fill the skeleton from the sources, then run format and check.
    """
    from codellm_graph.curate import skeleton
    from codellm_graph.names import resolve

    store = open_graph(ctx)
    pairs = []
    for parent in parents:
        relation, equals, name = parent.partition("=")
        if not equals:
            raise UsageError(f"--parent {parent!r}: want RELATION=NAME, such as rlFrom=Qwen3-32B")
        pairs.append((relation, resolve(store, name, ["model"])))
    emit(skeleton(store, label, maker=maker, hf=hf, arxiv=arxiv, family=family, parents=pairs).rstrip("\n"))
