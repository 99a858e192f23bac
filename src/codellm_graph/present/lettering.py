"""How wide text is, without a browser."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["SIZE", "width"]

#: Pixels of the letters of a label.
SIZE = 12.0

#: Advance of ASCII from space on in thousandths of the letter size: Liberation Sans, as wide as Arial.
_ADVANCE = (
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
    500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
    556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
    278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
)  # fmt: skip
#: Other fonts of a system are up to so much wider.
_SPARE = 1.12


@lru_cache(maxsize=65536)
def width(text: str, size: float = SIZE) -> float:
    """Return how much room a text needs.

    Parameters
    ----------
    text : str
        One line.
    size : float, optional
        Of the letters in pixels.

    Returns
    -------
    float
        In pixels, with something to spare; what is not ASCII counts as a full square.

    Examples
    --------
    >>> round(width("Qwen"), 1), round(width("模型"), 1)
    (35.1, 26.9)
    """
    total = sum(_ADVANCE[ord(c) - 32] if 32 <= ord(c) < 127 else 1000 for c in text)
    return total / 1000 * size * _SPARE
