"""A curator's first page: the skeleton of a model's citations, ready to be filled from its sources."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

from codellm_graph.errors import UsageError
from codellm_graph.namespaces import PREFIXES, curie
from codellm_graph.store import plain
from codellm_graph.trig import format_trig

if TYPE_CHECKING:
    from collections.abc import Iterable

    from codellm_graph.store import Store

__all__ = ["model_name", "skeleton"]

_WANTED = """
SELECT ?p ?label ?comment WHERE {
  ?p clg:isWanted true ; rdfs:label ?label ; rdfs:comment ?comment .
  FILTER(LANG(?label) = "en" && LANG(?comment) = "en")
  MINUS { ?p clg:isNaming true }
} ORDER BY ?p"""
_RELATIONS = "SELECT DISTINCT ?p WHERE { ?p rdfs:subPropertyOf* clg:basedOn }"


def model_name(label: str) -> str:
    """Turn a maker's spelling into a name of this graph.

    Parameters
    ----------
    label : str
        A label or Hugging Face repository.

    Returns
    -------
    str
        Lower case, with digits, dots and hyphens.

    Raises
    ------
    UsageError
        If nothing is left of it.

    Examples
    --------
    >>> model_name("Qwen/Qwen2.5-Coder_32B Instruct"), model_name("GRPO+")
    ('qwen2.5-coder-32b-instruct', 'grpo-plus')
    """
    text = label.rpartition("/")[2].lower().replace("+", "-plus")
    name = re.sub(r"[^a-z0-9.]+", "-", text).strip("-.")
    if not name:
        raise UsageError(f"{label!r} leaves no name: use letters a-z, digits, dots and hyphens")
    return name


def skeleton(
    store: Store,
    label: str,
    *,
    maker: str,
    hf: str | None = None,
    arxiv: str | None = None,
    family: str | None = None,
    parents: Iterable[tuple[str, str]] = (),
    today: datetime.date | None = None,
) -> str:
    """Write the skeleton of a model's citations.

    Parameters
    ----------
    store : Store
        The graph, asked for what is known already.
    label : str
        The maker's spelling of the model.
    maker : str
        Name of the organization in ``maker:``.
    hf, arxiv : str, optional
        Hugging Face repository, and identifier of the paper.
    family : str, optional
        Name of the family in ``model:``; the model's own citation names it.
    parents : iterable of (str, str)
        Lineage relations with the CURIE of the parent.
    today : datetime.date, optional
        Day on which the sources are opened.

    Returns
    -------
    str
        TriG. Wanted facts are comments that say what belongs there.

    Raises
    ------
    UsageError
        If the model is in the graph already, or a relation is not one of lineage.
    """
    name = model_name(hf or label)
    subject = f"model:{name}"
    if store.query(f"ASK {{ {subject} a ?class }}"):
        raise UsageError(f"{subject} is in the graph already; see codellm-graph show {subject}")
    known = {curie(r["p"].value).partition(":")[2] for r in store.select(_RELATIONS)}
    parents = list(parents)
    for relation, _ in parents:
        if relation not in known:
            raise UsageError(f"{relation!r} is no lineage relation; they are {', '.join(sorted(known))}")
    day = (today or datetime.date.today()).isoformat()
    accessed = f'clg:accessed "{day}"^^xsd:date'
    lines = [f"@prefix {p}: <{ns}> ." for p, ns in PREFIXES.items()]
    lines += [f"# --- {label} " + "-" * max(3, 70 - len(label))]

    sources = []
    if hf:
        sources.append(
            (f"{name}-card", "ModelCard", f"{label} model card", f"https://huggingface.co/{hf}", 1)
        )
        config = f"https://huggingface.co/{hf}/blob/main/config.json"
        sources.append((f"{name}-config", "ConfigFile", f"{label} config.json", config, 1))
    if arxiv:
        sources.append((f"{name}-paper", "Paper", f"{label} paper", f"https://arxiv.org/abs/{arxiv}", 2))
    for source, kind, title, address, grade in sources:
        extra = f' ; clg:arxiv "{arxiv}"' if kind == "Paper" else ""
        lines.append(
            f'src:{source} a clg:{kind} ; dcterms:title "{title}" ; '
            f'clg:address "{address}"^^xsd:anyURI ; '
            f"clg:grade {grade} ; dcterms:publisher maker:{maker}{extra} ."
        )
    member = f" ; clg:memberOf model:{family}" if family else ""
    repository = f' ; clg:hfRepo "{hf}"' if hf else ""
    organization = (
        ""
        if store.query(f"ASK {{ maker:{maker} a clg:Organization }}")
        else (f'\n  maker:{maker} a clg:Organization ; rdfs:label "{maker}" .')
    )
    lines.append(
        f'cite:{name}-names a clg:Citation ; clg:source src:codellm-graph ; clg:locator "names" .\n'
        f'GRAPH cite:{name}-names {{\n  {subject} a clg:Model ; rdfs:label "{label}"{member}{repository} .'
        f"{organization}\n}}"
    )
    if parents and sources:
        stated = " ; ".join(f"clg:{relation} {parent}" for relation, parent in parents)
        lines.append(
            f"cite:{name}-parents a clg:Citation ; clg:source src:{sources[0][0]} ; "
            f'clg:locator "WHERE" ; {accessed} .\n'
            f"GRAPH cite:{name}-parents {{ {subject} {stated} . }}"
        )
    lines.append(
        "# Wanted, each in a citation of the place where you read it (or clg:withholds, clg:notFound):"
    )
    for row in store.select(_WANTED):
        lines.append(f"#   clg:{str(plain(row['p'])).partition(':')[2]:18} {row['comment'].value}")
    return format_trig("\n\n".join(lines).replace("\n\n#   ", "\n#   ") + "\n", label)
