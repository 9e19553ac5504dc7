"""The forms a report is handed out in, and what each is called."""

from __future__ import annotations

import json

from yanmen.base.refusals import Refusal
from yanmen.desk.reports.document import Document
from yanmen.desk.reports.paper import as_pdf
from yanmen.desk.reports.text import as_text
from yanmen.desk.reports.word import as_word

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
}


def in_form(document: Document, form: str, *, address: str) -> bytes:
    """The report as a file; links begin with the `address` of this site."""
    if form == "pdf":
        return as_pdf(document, address=address)
    if form == "docx":
        return as_word(document, address=address)
    if form == "txt":
        return as_text(document).encode()
    if form == "json":
        told = document.as_dict() | {"digest": document.digest}
        return json.dumps(told, ensure_ascii=False, indent=1).encode()
    known = "、".join(TYPES)
    raise Refusal(
        f"没有“{form}”这种格式，可选：{known}。",
        f"There is no form “{form}”. There are: {known}.",
        field="format",
        value=form,
    )


def file_name(document: Document, form: str) -> str:
    """What a file of it is called."""
    return f"{document.kind}-{document.area}-{document.day.isoformat()}-{document.language}.{form}"
