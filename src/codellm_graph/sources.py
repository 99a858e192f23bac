"""Where the files are: in the wheel, in a checkout, or in a folder of the user's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from codellm_graph.errors import DataError

__all__ = ["Files", "bundled", "ontology_folder"]

_HERE = Path(__file__).parent


def _root() -> Path:
    """Return the folder that holds ``ontology/`` and ``graph_data/``."""
    bundle = _HERE / "_bundle"
    return bundle if bundle.is_dir() else _HERE.parents[1]


def ontology_folder() -> Path:
    """Return the folder of the ontology, its shapes, checks and competency questions.

    Returns
    -------
    pathlib.Path
        A folder that exists.

    Examples
    --------
    >>> (ontology_folder() / "codellm.ttl").is_file()
    True
    """
    return _root() / "ontology"


@dataclass(frozen=True)
class Files:
    """The files that a graph is built from.

    Parameters
    ----------
    ontology : tuple of pathlib.Path
        Turtle files with the words, sorted.
    data : tuple of pathlib.Path
        TriG files with the citations, sorted.
    """

    ontology: tuple[Path, ...]
    data: tuple[Path, ...]

    @classmethod
    def under(cls, *folders: Path) -> Files:
        """Collect the TriG files of folders, with the bundled ontology.

        Parameters
        ----------
        *folders : pathlib.Path
            Folders searched recursively, or single files.

        Returns
        -------
        Files
            What was found.

        Raises
        ------
        DataError
            If a folder does not exist or holds no ``.trig`` file.
        """
        data: set[Path] = set()
        for folder in folders:
            if folder.is_file():
                data.add(folder)
                continue
            if not folder.is_dir():
                raise DataError(f"{folder}: no such file or folder. --data wants a folder with .trig files")
            found = [p for p in folder.rglob("*.trig") if p.is_file()]
            if not found:
                raise DataError(f"{folder}: holds no .trig file")
            data.update(found)
        return cls(tuple(sorted(ontology_folder().glob("*.ttl"))), tuple(sorted(data)))

    def key(self) -> str:
        """Hash the content of all files.

        Returns
        -------
        str
            40 hexadecimal digits; the order and the place of the files do not matter, their text does.

        Raises
        ------
        DataError
            If a file cannot be read.
        """
        digests = sorted(
            hashlib.sha1(read(p), usedforsecurity=False).digest() for p in self.ontology + self.data
        )
        return hashlib.sha1(b"".join(digests), usedforsecurity=False).hexdigest()


def bundled() -> Files:
    """Return the files that come with the package.

    Returns
    -------
    Files
        The ontology and ``graph_data/`` of the wheel or of the checkout.
    """
    return Files.under(_root() / "graph_data")


def read(path: Path) -> bytes:
    """Read a data file, or say which one cannot be read and why."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
