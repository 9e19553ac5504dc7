"""QR codes as pictures, for screens and for paper."""

from typing import Any

import segno

MARGIN = 4
"""Modules of white around a code (ISO/IEC 18004)."""


def svg(text: str, **look: Any) -> str:
    """A code as one SVG element, a seventh of which may be unreadable. ``look`` is what segno's ``svg_inline`` takes."""
    return str(segno.make(text, error="m", micro=False).svg_inline(border=MARGIN, **look))
