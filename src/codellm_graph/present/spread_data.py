"""The spread of techniques as plain data, for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from codellm_graph.analyses.adoption import Adoption
    from codellm_graph.analyses.diffusion import Repeat, Spread
    from codellm_graph.analyses.field import Field
    from codellm_graph.evidence import CitationInfo

__all__ = ["to_dict"]


def to_dict(s: Spread, field: Field, cited: Mapping[str, CitationInfo]) -> dict[str, object]:
    """Return one technique's spread as data.

    Parameters
    ----------
    s : Spread
        The technique.
    field : Field
        Its units.
    cited : mapping of str to CitationInfo
        The citations of its adopters.

    Returns
    -------
    dict
        Plain values.
    """
    t, x = s.technique, s.result.strength
    first = s.adoptions[0].carrier
    shares = {
        c.stage: {k: getattr(c, k) for k in ("adopters", "eligible", "share", "low", "high", "first")}
        for c in s.stages
    }
    return {
        "id": t.id,
        "label": t.label,
        "kind": t.kind,
        "introduced": t.introduced,
        "introduced_by": t.paper,
        "first": {"model": first.unit, "released": first.released, "earliest": first.earliest},
        "adopters": [_adopter(a, field, cited) for a in s.adoptions],
        "stages": {stage: shares[stage] for stage in field.stages},
        "outside_stages": {group: v for group, v in shares.items() if group not in field.stages},
        "lags": [
            {k: getattr(lag, k) for k in ("name", "start", "end", "days", "least", "most")} for lag in s.lags
        ],
        "cumulative": [{"date": d, "carriers": n, "eligible": m} for d, n, m in s.curve],
        "inherited_across": [{"from": a, "to": b, "adopters": n} for a, b, n in s.crossed],
        "stays_with_weights": t.stays,
        "vertical_share": x.vertical_share,
        "retention": x.retention,
        "spontaneous_rate": x.spontaneous_rate,
        "risk_difference": x.risk_difference,
        "risk_difference_interval": x.interval,
        "counts": {
            "from_carriers": x.from_carriers,
            "carrying_from_carriers": x.carrying_from_carriers,
            "from_others": x.from_others,
            "carrying_from_others": x.carrying_from_others,
        },
        "propagation_score": x.propagation_score,
        "meme_score": x.meme_score,
        "delta": x.delta,
        "test": _repeat(s.result),
        "robustness": [_repeat(r) for r in s.repeats],
        "without_organization": [_repeat(r) for r in s.left_out],
    }


def _adopter(a: Adoption, field: Field, cited: Mapping[str, CitationInfo]) -> dict[str, object]:
    unit = field.units[a.carrier.unit]
    return {
        "model": unit.id,
        "label": unit.label,
        "released": a.carrier.released,
        "earliest": a.carrier.earliest,
        "stage": unit.stage,
        "organization": unit.organization,
        "mode": a.mode,
        "by_necessity": a.by_necessity,
        "candidates": list(a.candidates),
        "said_of_family_only": a.of_family,
        "before_paper": a.before_paper,
        "rules": [c for c in a.carrier.said if c.startswith("rule:")],
        "citations": [
            {"source": c.source, "title": c.title, "locator": c.locator, "url": c.url}
            for c in (cited[i] for i in a.carrier.said if i in cited)
        ],
    }


def _repeat(r: Repeat) -> dict[str, object]:
    return {
        "evidence": r.evidence,
        "adopters": r.adopters,
        "stages": r.stages,
        "vertical_share": r.strength.vertical_share,
        "risk_difference": r.strength.risk_difference,
        "statistic": r.outcome.statistic,
        "expected": r.outcome.expected,
        "p": r.outcome.p,
        "q": r.q,
        "untestable": r.outcome.untestable,
    }
