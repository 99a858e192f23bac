"""``codellm-graph export``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Literal

import click

from codellm_graph.cli.common import as_of, open_graph, write_file
from codellm_graph.errors import UsageError

_EPILOG = """\b
Examples:
  codellm-graph export deepswe.html --root DeepSWE
  codellm-graph export all.svg
  codellm-graph export graph.ttl
  codellm-graph export - --as graphml > graph.graphml
"""


@click.command(epilog=_EPILOG)
@click.argument("file")
@click.option("--root", metavar="NAME", help="Only this thing's ancestors and descendants.")
@click.option("--depth", type=click.IntRange(min=1), help="Longest path from the root in steps.")
@click.option("--weights", is_flag=True, help="Only relations that pass weights on, from the root.")
@click.option("--as", "suffix", metavar="SUFFIX", help="Format, where FILE is - or has another suffix.")
@click.option(
    "--camera",
    type=click.Choice(("canvas", "vis")),
    help="What moves the picture of a page: a plain canvas (default), or vis-network.",
)
@click.option("--dark", is_flag=True, help="Draw svg and png on dark ground; a page follows its reader.")
@click.pass_context
def command(
    ctx: click.Context,
    file: str,
    root: str | None,
    depth: int | None,
    weights: bool,
    suffix: str | None,
    camera: Literal["canvas", "vis"] | None,
    dark: bool,
) -> None:
    """Write the graph, or one lineage, to a file.

    The suffix of FILE says the format: html is an interactive page that needs no network, svg and png are
    the same picture without a browser; ttl holds what is accepted, trig, nq and jsonld everything with its
    citations; graphml, json (node-link), csv, dot and mmd hold models and lineage.
    """
    from codellm_graph.present.exports import SUFFIXES, contents, export

    form = suffix or Path(file).suffix.lstrip(".").lower()
    if form not in SUFFIXES:
        raise UsageError(f"{file!r}: cannot tell the format; use --as or a suffix of {', '.join(SUFFIXES)}")
    if camera and form != "html":
        raise UsageError(f"--camera is for a page (html), not for {form}")
    if dark and form not in ("svg", "png"):
        raise UsageError(f"--dark is for svg and png, not for {form}")
    store = open_graph(ctx)
    shown = contents(store, root, as_of=as_of(ctx), depth=depth, weights=weights)
    content = export(store, shown, form, camera or "canvas", dark=dark)
    if file == "-":
        sys.stdout.buffer.write(content)
        return
    write_file(Path(file), content)
    if not ctx.find_root().obj["quiet"]:
        counts = f"{len(shown.lineage.nodes)} models and families, {len(shown.lineage.edges)} edges"
        click.echo(f"{file}: {counts}, {len(content) / 1000:.0f} kB", err=True)
