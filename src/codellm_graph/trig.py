"""The canonical form of a TriG file, so that a changed fact is a changed line.

Blocks and subjects keep their order and their comments; the predicates of a subject stand one a line in a
fixed order, objects sorted, only used prefixes declared. What the file says does not change: the result is
parsed and compared, and a file with syntax beyond this project's style is left alone.

References
----------
.. [1] G. Carothers, A. Seaborne (eds.), RDF 1.1 TriG, W3C Recommendation, 2014.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from codellm_graph.errors import DataError
from codellm_graph.namespaces import PREFIXES

__all__ = ["format_trig"]

_TOKEN = re.compile(
    r"(?P<comment>\#[^\n]*)"
    r'|(?P<text>"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*")'
    r"|(?P<iri><[^<>\"{}|^`\\\s]*>)"
    r"|(?P<prefix>@prefix)"
    r"|(?P<suffix>\^\^|@[A-Za-z]+(?:-[A-Za-z0-9]+)*)"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?(?![\w:-]))"
    r"|(?P<name>[A-Za-z][\w.-]*?:[\w][\w.-]*\w|[A-Za-z][\w.-]*?:\w|[A-Za-z][\w-]*:|[A-Za-z]\w*)"
    r"|(?P<mark>[.;,{}\[\]])"
    r"|(?P<space>\s+)",
)
#: Predicates that come first, and those that come last; the others are sorted between them.
_FIRST = ("a", "rdfs:label", "skos:altLabel", "dcterms:title", "clg:memberOf", "clg:source", "clg:locator")
_LAST = ("skos:definition", "skos:note", "clg:certainty", "clg:rank", "clg:reason")
_WIDTH = 100


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _Subject(NamedTuple):
    """A subject with what is said of it; its comments stand before it."""

    name: str
    said: dict[str, list[str]]
    comments: list[str]


def _tokens(text: str, path: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        line = text.count("\n", 0, at) + 1
        if not match:
            raise DataError(f"{path}:{line}: cannot be formatted from {text[at : at + 20]!r} on")
        if match.lastgroup != "space":
            found.append(_Token(match.lastgroup or "", match.group(), line))
        at = match.end()
    return found


class _Reader:
    """Reads tokens into blocks."""

    def __init__(self, text: str, path: str):
        self.path, self.tokens, self.at = path, _tokens(text, path), 0

    def peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _Token("end", "", 0)

    def take(self, wanted: str = "") -> _Token:
        token = self.peek()
        if wanted and token.text != wanted:
            raise DataError(f"{self.path}:{token.line}: wants {wanted!r}, not {token.text!r}")
        self.at += 1
        return token

    def comments(self) -> list[str]:
        found = []
        while self.peek().kind == "comment":
            found.append(self.take().text.rstrip())
        return found

    def term(self) -> str:
        token = self.take()
        if token.text == "[":
            said = self.predicates("]")
            self.take("]")
            return "[ " + " ; ".join(f"{p} {' , '.join(o)}" for p, o in _ordered(said)) + " ]"
        if token.kind == "text":
            if self.peek().kind == "suffix":
                suffix = self.take().text
                return token.text + suffix + (self.take().text if suffix == "^^" else "")
            return token.text
        if token.kind in ("iri", "number", "name"):
            return token.text
        raise DataError(f"{self.path}:{token.line}: cannot be formatted: {token.text!r}")

    def predicates(self, end: str) -> dict[str, list[str]]:
        said: dict[str, list[str]] = {}
        while self.peek().text != end:
            predicate = self.term()
            objects = said.setdefault(predicate, [])
            objects.append(self.term())
            while self.peek().text == ",":
                self.take(",")
                objects.append(self.term())
            while self.peek().text == ";":
                self.take(";")
        return said

    def subject(self, end: str = ".") -> _Subject:
        comments = self.comments()
        name = self.term()
        said = self.predicates(end)
        self.take(end)
        return _Subject(name, said, comments)


def _ordered(said: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    def rank(predicate: str) -> tuple[int, int, str]:
        if predicate in _FIRST:
            return 0, _FIRST.index(predicate), predicate
        if predicate in _LAST:
            return 2, _LAST.index(predicate), predicate
        return 1, 0, predicate

    return [(p, sorted(set(said[p]))) for p in sorted(said, key=rank)]


def _written(subject: _Subject, indent: str) -> str:
    """Write a subject: short descriptions on one line, else a predicate a line."""
    parts = []
    for predicate, objects in _ordered(subject.said):
        one = f"{predicate} {' , '.join(objects)}"
        long = len(objects) > 1 and len(indent) + len(one) + 4 > _WIDTH
        parts.append(f" ,\n{indent}    ".join([f"{predicate} {objects[0]}", *objects[1:]]) if long else one)
    line = f"{indent}{subject.name} {' ; '.join(parts)} ."
    if len(parts) > 1 and (len(line) > _WIDTH or "\n" in line):
        line = f"{indent}{subject.name} " + f" ;\n{indent}  ".join(parts) + " ."
    return "".join(f"{indent}{c}\n" for c in subject.comments) + line


def _merged(subjects: list[_Subject]) -> list[_Subject]:
    """Join what is said of one subject in several places, where it was first mentioned."""
    found: dict[str, _Subject] = {}
    for s in subjects:
        if s.name not in found:
            found[s.name] = s
            continue
        for predicate, objects in s.said.items():
            found[s.name].said.setdefault(predicate, []).extend(objects)
        found[s.name].comments.extend(s.comments)
    return list(found.values())


def _graph(reader: _Reader) -> str:
    reader.take("GRAPH")
    name = reader.term()
    reader.take("{")
    subjects = []
    while reader.peek().text != "}":
        if reader.peek().kind == "comment" and all(
            t.kind == "comment" for t in reader.tokens[reader.at : _closing(reader)]
        ):
            raise DataError(f"{reader.path}:{reader.peek().line}: move the comment at the end of {name} up")
        comments = reader.comments()
        subject = reader.term()
        said: dict[str, list[str]] = reader.predicates("." if _has_dot(reader) else "}")
        if reader.peek().text == ".":
            reader.take(".")
        subjects.append(_Subject(subject, said, comments))
    reader.take("}")
    body = "\n".join(_written(s, "  ") for s in _merged(subjects))
    return f"GRAPH {name} {{\n{body}\n}}"


def _closing(reader: _Reader) -> int:
    return next((i for i in range(reader.at, len(reader.tokens)) if reader.tokens[i].text == "}"), reader.at)


def _has_dot(reader: _Reader) -> bool:
    return any(t.text == "." and t.kind == "mark" for t in reader.tokens[reader.at : _closing(reader)])


def format_trig(text: str, path: str = "text") -> str:
    """Return the canonical form of a TriG file.

    Parameters
    ----------
    text : str
        The file's text.
    path : str, optional
        Its name, for messages.

    Returns
    -------
    str
        The same statements; formatting it again changes nothing.

    Raises
    ------
    DataError
        If the text uses syntax beyond this project's style; the message names the line.

    Examples
    --------
    >>> print(format_trig('''@prefix clg: <https://w3id.org/codellm-graph/ns#> .
    ... @prefix cite: <https://w3id.org/codellm-graph/citation/> .
    ... @prefix model: <https://w3id.org/codellm-graph/model/> .
    ... GRAPH cite:x { model:b clg:uses   model:z, model:a;  a clg:Model . }'''), end="")
    @prefix clg: <https://w3id.org/codellm-graph/ns#> .
    @prefix model: <https://w3id.org/codellm-graph/model/> .
    @prefix cite: <https://w3id.org/codellm-graph/citation/> .
    <BLANKLINE>
    GRAPH cite:x {
      model:b a clg:Model ; clg:uses model:a , model:z .
    }
    """
    reader = _Reader(text, path)
    declared: dict[str, str] = {}
    blocks: list[str] = []
    while reader.peek().kind != "end":
        token = reader.peek()
        if token.kind == "prefix":
            reader.take()
            name = reader.take().text.rstrip(":")
            declared[name] = reader.take().text
            reader.take(".")
        elif token.kind == "comment":
            blocks.append("\n".join(reader.comments()))
        elif token.text == "GRAPH":
            # A citation and its graph belong together.
            graph = _graph(reader)
            alone = not blocks or blocks[-1].startswith("#") or "\nGRAPH" in blocks[-1]
            blocks.append(graph) if alone else blocks.append(blocks.pop() + "\n" + graph)
        else:
            blocks.append(_written(reader.subject(), ""))
    body = "\n\n".join(blocks)
    used = [
        p for p in (*PREFIXES, *sorted(set(declared) - set(PREFIXES))) if p in declared and f"{p}:" in body
    ]
    head = "".join(f"@prefix {p}: {declared[p]} .\n" for p in used)
    return f"{head}\n{body}\n" if body else head
