"""The open, cited knowledge graph of code LLMs, and the tool to question it.

Examples
--------
>>> import codellm_graph as cg
>>> g = cg.load()
>>> sorted(cg.ancestors(g, "DeepSWE", weights=True))[-1]
'model:qwen3-32b-base'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from codellm_graph.api import (
        Page,
        ancestors,
        compare,
        descendants,
        disputes,
        exposure,
        find,
        licenses,
        lineage,
        load,
        select,
        show,
        spread,
        stats,
        to_html,
        to_networkx,
        to_pyvis,
        to_rdflib,
    )

__all__ = [
    "Page",
    "ancestors",
    "compare",
    "descendants",
    "disputes",
    "exposure",
    "find",
    "licenses",
    "lineage",
    "load",
    "select",
    "show",
    "spread",
    "stats",
    "to_html",
    "to_networkx",
    "to_pyvis",
    "to_rdflib",
]


def __getattr__(name: str) -> Any:
    # Imported when asked for (PEP 562): the command line must not pay for what it does not use.
    if name in __all__:
        from codellm_graph import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
