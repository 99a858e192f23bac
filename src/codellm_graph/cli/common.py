"""What the commands share: opening the graph, formats, printing."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from codellm_graph.errors import OutputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from codellm_graph.store import Store

__all__ = ["as_of", "emit", "format_option", "is_terminal", "open_graph", "write_file"]


def format_option(*formats: str, default: str) -> Callable[[Any], Any]:
    """Return the ``--format`` option of a command."""
    kinds = click.Choice(formats)
    return click.option(
        "--format", "form", type=kinds, default=default, show_default=True, help="Form of the answer."
    )


def is_terminal() -> bool:
    """Say whether standard output is a terminal that wants colour."""
    import os

    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def open_graph(ctx: click.Context) -> Store:
    """Open the graph that the global options name."""
    from codellm_graph.store import open_store

    options = ctx.find_root().obj

    def on_build() -> None:
        if not options["quiet"] and sys.stderr.isatty():
            click.echo("Building the graph (only when its files have changed) ...", err=True)

    if options["store"] and options["data"]:
        raise UsageError("--store and --data exclude each other: a store is already built")
    return open_store(options["store"], data=options["data"], on_build=on_build)


def as_of(ctx: click.Context) -> str | None:
    """Return the date of ``--as-of``, checked."""
    date: str | None = ctx.find_root().obj["as_of"]
    if date is not None and not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", date):
        raise UsageError(f"--as-of {date!r}: want YYYY, YYYY-MM or YYYY-MM-DD")
    return date


def emit(text: str) -> None:
    """Print an answer to standard output."""
    sys.stdout.write(text + "\n")


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all.

    Parameters
    ----------
    path : pathlib.Path
        Where to.
    content : bytes
        What.

    Raises
    ------
    OutputError
        If it cannot be written; an existing file stays as it was.
    """
    import contextlib
    import os
    import tempfile

    handle = None
    try:
        descriptor, handle = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        Path(handle).chmod(0o666 & ~mask)
        if path.is_dir():
            raise IsADirectoryError(21, "Is a directory")
        Path(handle).replace(path)
    except OSError as error:
        if handle:
            with contextlib.suppress(OSError):
                Path(handle).unlink()
        raise OutputError(f"{path}: cannot be written: {error.strerror}") from error
