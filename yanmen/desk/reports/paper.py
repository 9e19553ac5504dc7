"""A report as PDF, by one Typst template for all kinds; each figure is a link to its list."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import typst

from yanmen.base.clock import BEIJING
from yanmen.desk import printing
from yanmen.desk.reports.document import Document, Picture

TEMPLATE = Path(__file__).resolve().parents[1] / "print" / "report.typ"
PIXELS_AN_INCH = 220


def as_pdf(document: Document, *, address: str) -> bytes:
    """The report as PDF; `address` is that of this site, for the links."""
    told = document.as_dict()
    told["blocks"] = list(_paired(_absolute(told["blocks"], address.rstrip("/"))))
    return printing.pdf(TEMPLATE, told | {"foot": foot(document)})


def foot(document: Document) -> str:
    """What stands at the foot of every page: which report it is, as known when, and the digest of its figures."""
    known = f"{document.known_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    said = "数据截至" if document.language == "zh" else "as known at"
    check = "校验" if document.language == "zh" else "digest"
    return f"{document.title} · {said} {known} · {check} {document.digest[:12]}"


def as_png(picture: Picture, *, wide_mm: float) -> bytes:
    """A picture in pixels, for programs that draw no SVG."""
    page = (
        f"#set page(width: {wide_mm}mm, height: auto, margin: 0mm, fill: white)\n"
        "#image(bytes(sys.inputs.svg), format: \"svg\", width: 100%)"
    )  # fmt: skip
    compiler = typst.Compiler(input=page.encode(), font_paths=printing.fonts())
    drawn = compiler.compile(format="png", ppi=PIXELS_AN_INCH, sys_inputs={"svg": picture.svg})
    assert isinstance(drawn, bytes)
    return drawn


def _absolute(value: Any, address: str) -> Any:
    """Addresses within the site get its name in front."""
    if isinstance(value, dict):
        return {name: _absolute(one, address) for name, one in value.items()} | (
            {"href": address + value["href"]} if str(value.get("href", "")).startswith("/") else {}
        )
    if isinstance(value, (list, tuple)):
        return [_absolute(one, address) for one in value]
    return value


def _paired(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Pictures with a share of the width stand side by side."""
    for shared, group in groupby(blocks, key=lambda block: bool(block.get("share"))):
        many = list(group)
        if shared:
            yield {"block": "pair", "pictures": many, "widths": [one["share"] for one in many]}
        else:
            yield from many
