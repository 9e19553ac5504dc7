"""A report as plain text: for a message, a terminal, or a reader of screens."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from yanmen.desk.reports.document import Block, Document, Figures, Heading, Paragraph, Picture, Table

LINE = 78


def as_text(document: Document) -> str:
    """The whole report; one with a fixed wording is that wording alone."""
    if document.wording:
        return "".join(f"{line}\n" for line in (document.mark, document.wording.rstrip("\n")) if line)
    head = [document.mark, document.title, document.subtitle]
    lines = [line for line in head if line] + [""]
    for block in document.blocks:
        lines += [*_block(block), ""]
    return "\n".join(lines + list(document.sources)).rstrip() + "\n"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield block.text
        yield "─" * min(LINE, width(block.text))
    elif isinstance(block, Paragraph):
        yield "".join(span.text for span in block.spans)
    elif isinstance(block, Figures):
        wide = max(width(figure.title) for figure in block.figures)
        tall = max(width(figure.value.text) for figure in block.figures)
        for figure in block.figures:
            line = f"  {padded(figure.title, wide)}  {padded(figure.value.text, tall, right=True)}  {figure.change}"
            yield line.rstrip()
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Picture):
        yield f"[{block.title}] {block.said}" if block.title else block.said


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield table.title
    rows = [[column.title for column in table.columns], *([cell.text for cell in row] for row in table.rows)]
    wide = [max(width(row[at]) for row in rows) for at in range(len(table.columns))]
    for number, row in enumerate(rows):
        cells = (
            padded(cell, wide[at], right=table.columns[at].number) for at, cell in enumerate(row)
        )  # fmt: skip
        yield "  " + "  ".join(cells).rstrip()
        if not number:
            yield "  " + "  ".join("─" * each for each in wide)


def width(text: str) -> int:
    """Columns that a text takes in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def padded(text: str, wide: int, *, right: bool = False) -> str:
    """The text with blanks to its left or right."""
    blanks = " " * (wide - width(text))
    return blanks + text if right else text + blanks
