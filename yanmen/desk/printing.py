"""Documents on paper: a Typst template of a subsystem and the data of one request become a PDF.

A template reads its data with ``#let data = json(bytes(sys.inputs.data))`` and sets ``data.font``; codes come as pictures
(`base.qr_codes`). Nothing is fetched while it is drawn.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.http import HttpResponse

from yanmen.base.refusals import Refusal
from yanmen.desk import drill_mark

HAN = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Microsoft YaHei",
    "PingFang SC",
    "WenQuanYi Micro Hei",
    "SimSun",
)
"""Fonts with Chinese characters, the first that is installed is taken."""


def pdf(template: Path, data: Mapping[str, Any]) -> bytes:
    """The document that a template makes of some data, which JSON can hold."""
    family = chinese_font()
    if not family:
        raise Refusal(
            "服务器没有中文字体，无法打印。请安装 fonts-noto-cjk，或用 YANMEN_FONTS 指定字体文件夹后重启。",
            "This server has no Chinese font, so nothing can be printed. Install fonts-noto-cjk, or name a folder of fonts by"
            " YANMEN_FONTS, and start again.",
        )
    source: Any = template if data.get("mark") else _marked(template)
    compiler = typst.Compiler(input=source, root=template.parent, font_paths=fonts())
    told = json.dumps({"font": family, **data}, ensure_ascii=False)
    drawn = compiler.compile(format="pdf", sys_inputs={"data": told})
    assert isinstance(drawn, bytes)
    return drawn


def _marked(template: Path) -> Path | bytes:
    """The template itself; in a drill, the same under a line at the head of every page. Data that bring a `mark` show it themselves."""
    mark = drill_mark.mark()
    if mark is None:
        return template
    line = json.dumps(mark.both, ensure_ascii=False)
    return (
        f'#set page(foreground: place(top + center, dy: 2.5mm, text(size: 6.5pt, fill: rgb("#8a2a5c"), weight: "bold",'
        f' font: json(bytes(sys.inputs.data)).font, {line})))\n#include "/{template.name}"\n'
    ).encode()


def answer(template: Path, data: Mapping[str, Any], *, name: str) -> HttpResponse:
    """The document as a response that a browser shows, called ``name`` when somebody keeps it."""
    response = HttpResponse(pdf(template, data), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response


def chinese_font() -> str:
    """The family that documents are set in; empty where none is installed."""
    installed = set(fonts().families())
    return next((each for each in HAN if each in installed), "")


@cache
def fonts() -> typst.Fonts:
    """What is installed, and what lies in the folder of the setting YANMEN_FONTS."""
    return typst.Fonts(font_paths=[Path(settings.YANMEN_FONTS)] if settings.YANMEN_FONTS else [])
