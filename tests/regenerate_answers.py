"""Rewrite the expected answers of the competency questions from the data as they are now.

Run by hand after the data or a question changed, then read the difference as closely as the change itself::

    python tests/regenerate_answers.py            # all questions
    python tests/regenerate_answers.py parents    # some of them
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from codellm_graph.present.answers import render
from codellm_graph.questions import bindings, question, questions
from codellm_graph.sources import ontology_folder
from codellm_graph.store import open_store

if TYPE_CHECKING:
    from codellm_graph.questions import Question
    from codellm_graph.store import Store


def answer(store: Store, asked: Question) -> str:
    """Return the answer to a question, with its defaults, as ``codellm-graph query --format csv`` prints it."""
    return render(store.query(asked.text, bindings(store, asked.text)), "csv") + "\n"


def main(names: list[str]) -> None:
    """Rewrite the answers that differ, and say which."""
    store = open_store()
    for asked in [question(name) for name in names] or questions():
        path = ontology_folder() / "competency" / f"{asked.name}.csv"
        text = answer(store, asked)
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"{path.name}: {text.count(chr(10)) - 1} lines below the header")


if __name__ == "__main__":
    main(sys.argv[1:])
