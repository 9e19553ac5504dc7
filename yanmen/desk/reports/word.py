"""A report as a Word file: a template that an agency edits in Word, filled by the program.

The template says by its styles how everything looks, and by `{{title}}`, `{{subtitle}}`, `{{report}}`, `{{sources}}` in its text,
`{{mark}}` and `{{foot}}` in header and footer, where it stands. A pack may bring its own as `reports/report.docx`.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, RGBColor
from docx.text.paragraph import Paragraph as Line

from yanmen.base.refusals import Refusal
from yanmen.desk.policy_book import pack_folders
from yanmen.desk.reports.document import Block, Document, Figures, Heading, Paragraph, Picture, Span, Table
from yanmen.desk.reports.paper import as_png, foot
from yanmen.desk.reports.word_template import BLANK, CELL, FAULT, LEAD, NOTE, NUMBER, TABLE, template

NAME = "report.docx"
WIDE = 168.0
"""Millimetres between the margins."""
STYLES = {"body": "Body Text", "lead": LEAD, "note": NOTE, "fault": FAULT}


def as_word(document: Document, *, address: str) -> bytes:
    """The report as a Word file; `address` is that of this site, for the links."""
    file = docx.Document(io.BytesIO(template_of(document.language)))
    told = {"title": document.title, "subtitle": document.subtitle, "mark": document.mark, "foot": foot(document)}
    for line in _lines(file):
        _fill(line, told)
    anchor = _anchor(file, "{{report}}")
    writer = _Writer(file, anchor, address.rstrip("/"))
    for shared, group in groupby(document.blocks, key=lambda block: isinstance(block, Picture) and block.share > 0):
        blocks = list(group)
        if shared:
            writer.pair([one for one in blocks if isinstance(one, Picture)])
        else:
            writer.blocks(blocks)
    _remove(anchor)
    sources = next((line for line in file.paragraphs if "{{sources}}" in line.text), None)
    if sources is not None:
        for source in document.sources:
            sources.insert_paragraph_before(source, style=NOTE)
        _remove(sources)
    file.core_properties.title = document.title
    file.core_properties.author = ""
    file.core_properties.created = file.core_properties.modified = document.known_at.replace(tzinfo=None)
    kept = io.BytesIO()
    file.save(kept)
    return kept.getvalue()


def template_of(language: str) -> bytes:
    """The template of this installation: a pack's own, else ours."""
    own = [folder / "reports" / NAME for folder in pack_folders()]
    found = [file for file in own if file.is_file()]
    return found[-1].read_bytes() if found else template(language)


class _Writer:
    """Puts blocks before the place where the template wants the report."""

    def __init__(self, file: Any, anchor: Line, address: str) -> None:
        self.file, self.anchor, self.address = file, anchor, address

    def blocks(self, blocks: Iterable[Block]) -> None:
        for block in blocks:
            if isinstance(block, Heading):
                self._line("Heading 1").add_run(block.text)
            elif isinstance(block, Paragraph):
                self._spans(self._line(STYLES.get(block.look, "Body Text")), block.spans)
            elif isinstance(block, Figures):
                self._figures(block)
            elif isinstance(block, Table):
                self._table(block)
            else:
                self._picture(block, self.anchor.insert_paragraph_before, WIDE)

    def pair(self, pictures: Sequence[Picture]) -> None:
        """Pictures side by side, each as wide as its share."""
        grid = self._grid(1, len(pictures), BLANK)
        grid.autofit = False
        whole = sum(picture.share for picture in pictures)
        for column, cell, picture in zip(grid.columns, grid.rows[0].cells, pictures, strict=True):
            wide = WIDE * picture.share / whole
            column.width = cell.width = Mm(wide)
            first = cell.paragraphs[0]
            self._picture(picture, first.insert_paragraph_before, wide - 5)
            _remove(first)

    def _picture(self, picture: Picture, line: Any, wide: float) -> None:
        if picture.title:
            line(picture.title, style=CELL).runs[0].bold = True
        shown = line("", style=CELL).add_run().add_picture(io.BytesIO(as_png(picture, wide_mm=wide)), width=Mm(wide))
        shown._inline.docPr.set("descr", picture.said)
        if picture.legend:
            under = line("", style=NOTE)
            for colour, text in picture.legend:
                under.add_run("■ ").font.color.rgb = RGBColor.from_string(colour.lstrip("#").upper())
                under.add_run(f"{text}  ")
        if picture.source:
            line(picture.source, style=NOTE)

    def _figures(self, block: Figures) -> None:
        across = min(3, len(block.figures))
        grid = self._grid(-(-len(block.figures) // across), across, TABLE)
        for number, figure in enumerate(block.figures):
            cell = grid.cell(number // across, number % across)
            cell.paragraphs[0].style = NOTE
            cell.paragraphs[0].add_run(figure.title)
            value = cell.add_paragraph(style=NUMBER)
            self._spans(value, (figure.value,))
            if figure.change:
                cell.add_paragraph(figure.change, style=NOTE)

    def _table(self, block: Table) -> None:
        if block.title:
            self._line(CELL).add_run(block.title).bold = True
        grid = self._grid(1 + len(block.rows), len(block.columns), TABLE)
        heads = tuple(Span(column.title) for column in block.columns)
        for row, told in zip(grid.rows, (heads, *block.rows), strict=True):
            for cell, span, column in zip(row.cells, told, block.columns, strict=True):
                line = cell.paragraphs[0]
                line.style = CELL
                line.alignment = docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT if column.number else None
                self._spans(line, (span,))
        head = OxmlElement("w:tblHeader")
        grid.rows[0]._tr.get_or_add_trPr().append(head)

    def _grid(self, rows: int, columns: int, style: str) -> Any:
        grid = self.file.add_table(rows, columns, style=style)
        self.anchor._p.addprevious(grid._tbl)
        self.anchor.insert_paragraph_before("", style=CELL)
        return grid

    def _line(self, style: str) -> Line:
        return self.anchor.insert_paragraph_before("", style=style)

    def _spans(self, line: Line, spans: Iterable[Span]) -> None:
        for span in spans:
            run = line.add_run(span.text)
            if span.href:
                href = self.address + span.href if span.href.startswith("/") else span.href
                _link(line, run, href)


def _link(line: Line, run: Any, href: str) -> None:
    """Make a run a link; python-docx has no word for it."""
    relation = line.part.relate_to(href, docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    run._r.addprevious(link)
    link.append(run._r)
    run.style = "Yanmen Link"


def _lines(file: Any) -> list[Line]:
    around = [part for section in file.sections for part in (section.header, section.footer)]
    return [*file.paragraphs, *(line for part in around for line in part.paragraphs)]


def _fill(line: Line, told: dict[str, str]) -> None:
    """Placeholders within a run keep its look; one that Word cut into several runs takes that of the first."""
    for name, text in told.items():
        mark = f"{{{{{name}}}}}"
        if mark not in line.text:
            continue
        whole = [run for run in line.runs if mark in run.text]
        if not whole:
            line.runs[0].text = line.text
            for run in line.runs[1:]:
                run.text = ""
            whole = line.runs[:1]
        for run in whole:
            run.text = run.text.replace(mark, text)


def _anchor(file: Any, mark: str) -> Line:
    found: Line | None = next((line for line in file.paragraphs if mark in line.text), None)
    if found is None:
        raise Refusal(
            f"Word模板中没有“{mark}”，不知道正文放在哪里。", f"The Word template lacks “{mark}”: there is no place for the report.",
            field="template", value=NAME,
        )  # fmt: skip
    return found


def _remove(line: Line) -> None:
    line._p.getparent().remove(line._p)
