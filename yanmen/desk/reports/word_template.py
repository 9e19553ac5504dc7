"""The Word template that comes with the program: styles by name, and where each part stands."""

from __future__ import annotations

import io
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

LEAD, NOTE, FAULT, CELL, NUMBER = "Yanmen Lead", "Yanmen Note", "Yanmen Fault", "Yanmen Cell", "Yanmen Number"
LINK, TABLE, BLANK = "Yanmen Link", "Table Grid", "Normal Table"
BLUE, RED, QUIET, INK = (RGBColor.from_string(code) for code in ("164A8A", "B42318", "5B6472", "1F2937"))
HEAVY, LIGHT = ("黑体", "Arial"), ("宋体", "Times New Roman")
LOOKS: tuple[tuple[str, str, float, tuple[str, str], RGBColor, float], ...] = (
    ("Title", "Normal", 20, HEAVY, INK, 4),
    ("Subtitle", "Normal", 10, LIGHT, QUIET, 10),
    ("Heading 1", "Normal", 13, HEAVY, BLUE, 4),
    ("Body Text", "Normal", 11, LIGHT, INK, 6),
    (LEAD, "Normal", 12, HEAVY, INK, 8),
    (NOTE, "Normal", 8.5, LIGHT, QUIET, 2),
    (FAULT, "Normal", 10.5, LIGHT, RED, 4),
    (CELL, "Normal", 9, LIGHT, INK, 0),
    (NUMBER, "Normal", 20, HEAVY, INK, 0),
)
"""Style, the style it rests on, size in points, fonts (Chinese, Latin), colour, space after in points."""


def template(language: str) -> bytes:
    """A Word file to begin with: `yanmen report template` writes it, an agency edits it and puts it in its pack."""
    file = docx.Document()
    _page(file)
    for name, based, size, fonts, colour, after in LOOKS:
        _style(file, name, based, size, fonts, colour, after)
    link = file.styles.add_style(LINK, WD_STYLE_TYPE.CHARACTER)
    link.font.color.rgb = BLUE
    for border in file.styles[TABLE].element.iter(qn("w:tblBorders")):
        for line in border:
            line.set(qn("w:color"), "D5DAE1")
    if language == "zh":
        file.styles["Body Text"].paragraph_format.first_line_indent = Pt(22)
    for text, style in (("{{title}}", "Title"), ("{{subtitle}}", "Subtitle")):
        file.add_paragraph(text, style=style).alignment = WD_ALIGN_PARAGRAPH.CENTER
    file.add_paragraph("{{report}}", style="Body Text")
    file.add_paragraph("{{sources}}", style=NOTE)
    kept = io.BytesIO()
    file.save(kept)
    return kept.getvalue()


def _page(file: Any) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(21)
    section.top_margin = section.bottom_margin = Mm(20)
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = head.add_run("{{mark}}")
    run.bold, run.font.color.rgb, run.font.size = True, RED, Pt(10)
    told = foot.add_run("{{foot}}  ")
    told.font.size, told.font.color.rgb = Pt(8), QUIET
    _page_number(foot)


def _page_number(line: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    line._p.append(field)


def _style(
    file: Any, name: str, based: str, size: float, fonts: tuple[str, str], colour: RGBColor, after: float
) -> None:
    known = {style.name for style in file.styles}
    style = file.styles[name] if name in known else file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = file.styles[based]
    style.font.size, style.font.color.rgb, style.font.bold = Pt(size), colour, False
    chinese, latin = fonts
    style.font.name = latin
    given = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        given.attrib.pop(qn(f"w:{theme}"), None)
    given.set(qn("w:eastAsia"), chinese)
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(after), Pt(0)
    if name == "Heading 1":
        style.paragraph_format.space_before = Pt(10)
        style.font.bold = True
    borders = style.element.get_or_add_pPr().find(qn("w:pBdr"))
    if borders is not None:
        borders.getparent().remove(borders)
