"""The built graph, kept between commands: keyed by content, swapped in whole, never in anybody's way."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Callable

    from codellm_graph.sources import Files

__all__ = ["cache_folder", "open_built", "remember"]

_KEPT = 5
#: The modules whose code decides what is built and what is kept beside it.
_CODE = (
    "build",
    "rules",
    "choose",
    "citations",
    "schema",
    "names",
    "view",
    "evidence",
    "analyses/steps",
    "analyses/stats",
)


def cache_folder() -> Path:
    """Return the folder in which built graphs are kept.

    Returns
    -------
    pathlib.Path
        ``$CODELLM_GRAPH_CACHE``, or the platform's cache folder for this package; it may not exist yet.
    """
    chosen = os.environ.get("CODELLM_GRAPH_CACHE")
    if chosen:
        return Path(chosen)
    import platformdirs

    return platformdirs.user_cache_path("codellm-graph")


def _key(files: Files) -> str:
    """Key a built graph by the files, the code that builds it and the engine that stores it."""
    code = b"".join((Path(__file__).parent / f"{module}.py").read_bytes() for module in _CODE)
    text = f"{files.key()} {hashlib.sha1(code, usedforsecurity=False).hexdigest()} {ox.__version__}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:20]


def _write(store: ox.Store, files: Files) -> None:
    from codellm_graph.build import build

    store.bulk_extend(build(files).quads)


def _in_memory(files: Files) -> ox.Store:
    store = ox.Store()
    _write(store, files)
    return store


def _sizes(store: Path) -> dict[str, int]:
    return {
        p.name: p.stat().st_size
        for p in store.iterdir()
        if p.suffix == ".sst" or p.name[:8] in ("CURRENT", "MANIFEST")
    }


def _is_whole(target: Path) -> bool:
    """Say whether a kept graph has all its files at the size with which they were written."""
    try:
        return bool(json.loads((target / "sizes").read_bytes()) == _sizes(target / "store"))
    except (OSError, ValueError):
        return False


def _opener(target: Path, files: Files) -> Callable[[], ox.Store]:
    """Return what opens a kept graph, or builds it in memory where it is damaged all the same."""

    def opened() -> ox.Store:
        try:
            return ox.Store.read_only(str(target / "store"))
        except (OSError, RuntimeError):
            return _in_memory(files)

    return opened


def open_built(
    files: Files, on_build: Callable[[], None] | None = None
) -> tuple[Callable[[], ox.Store], Path | None]:
    """Open the graph built from files, building it if nobody has yet.

    Parameters
    ----------
    files : Files
        Ontology and data.
    on_build : callable, optional
        Called once before building, which takes a moment.

    Returns
    -------
    open : callable
        Opens the pyoxigraph.Store: read-only from the cache, or in memory where the cache cannot be written.
    folder : pathlib.Path or None
        Where projections of this graph may be remembered.

    Raises
    ------
    DataError
        If a file cannot be read or is malformed.
    """
    folder = cache_folder()
    target = folder / f"graph-{_key(files)}"
    if _is_whole(target):
        return _opener(target, files), target
    if on_build:
        on_build()
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder))
    except OSError:
        return lambda: _in_memory(files), None
    try:
        (unfinished / "graph").mkdir()
        store = ox.Store(str(unfinished / "graph" / "store"))
        _write(store, files)
        store.optimize()
        store.flush()
        del store  # closes the files, so that the folder may be renamed everywhere
        sizes = _sizes(unfinished / "graph" / "store")
        (unfinished / "graph" / "sizes").write_text(json.dumps(sizes), encoding="ascii")
        if target.is_dir() and not _is_whole(target):
            target.rename(unfinished / "damaged")
        # Another process may have been faster: its graph is whole and equal.
        with contextlib.suppress(OSError):
            (unfinished / "graph").rename(target)
        _prune(folder, target)
        if _is_whole(target):
            return _opener(target, files), target
        raise OSError(f"{target} did not appear")
    except OSError:
        return lambda: _in_memory(files), None
    finally:
        import shutil

        shutil.rmtree(unfinished, ignore_errors=True)


def _prune(folder: Path, current: Path) -> None:
    """Remove all but the newest few graphs; a process that reads one keeps its open files."""
    with contextlib.suppress(OSError):
        import shutil

        graphs = sorted(folder.glob("graph-*"), key=lambda p: p.stat().st_mtime, reverse=True)
        for old in graphs[_KEPT:]:
            if old != current:
                shutil.rmtree(old, ignore_errors=True)
        # What a killed build left; one that still runs takes seconds, not a day.
        for left in folder.glob("unfinished-*"):
            if left.stat().st_mtime < time.time() - 86_400:
                shutil.rmtree(left, ignore_errors=True)


def remember(folder: Path | None, name: str, compute: Callable[[], object]) -> object:
    """Return a projection of a built graph, computed once.

    Parameters
    ----------
    folder : pathlib.Path or None
        The folder of the built graph; None computes every time.
    name : str
        Name of the projection.
    compute : callable
        Returns what JSON can hold.

    Returns
    -------
    object
        What `compute` returns, or returned earlier for the same graph.
    """
    path = folder / f"{name}.json" if folder else None
    if path:
        with contextlib.suppress(OSError, ValueError):
            return json.loads(path.read_bytes())
    value = compute()
    if path and folder:
        import tempfile

        with contextlib.suppress(OSError):
            descriptor, unfinished = tempfile.mkstemp(prefix=f"{name}-", dir=folder)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(value, file, ensure_ascii=False)
            Path(unfinished).replace(path)
    return value
