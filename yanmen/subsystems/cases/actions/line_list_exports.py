"""Handing line lists to others: CSV, Excel, FHIR, Go.Data. Within the asker's areas, watermarked, logged, and nothing in them runs."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from yanmen.base.refusals import NotAllowed
from yanmen.registry.access import log_access
from yanmen.registry.export import export
from yanmen.registry.importing import Column, Importer
from yanmen.registry.scope import Scope, acting
from yanmen.registry.tables import neutralised
from yanmen.subsystems.cases.methods import line_list_out as out
from yanmen.subsystems.cases.queries.line_list_export import cases_out

FORMATS = ("csv", "xlsx", "fhir", "godata")
ENDINGS = {"csv": "csv", "xlsx": "xlsx", "fhir": "json", "godata": "zip"}
SHEET = Importer(
    "line_list", "病例清单", "Line list", tuple(Column(name, *titles) for name, titles in out.HEADINGS.items())
)


def export_line_list(
    *,
    scope: Scope,
    form: str,
    by: str,
    now: datetime,
    disease: str = "",
    since: date | None = None,
    until: date | None = None,
    language: str = "zh",
    reason: str = "",
) -> bytes:
    """The cases of the asker's areas as a file that imports back unchanged; Go.Data's two files come as a ZIP."""
    if form not in FORMATS:
        raise ValueError(f'There is no format "{form}". Choose one of: {", ".join(FORMATS)}.')
    if not scope.sees_people:
        raise NotAllowed(
            "当前用途不能查看个人信息，不能导出病例清单。", "This purpose may not see people: it exports no line lists."
        )
    with acting(scope, now=now):
        cases = cases_out(scope, disease=disease, since=since, until=until)
        if form in ("csv", "xlsx"):
            return export(SHEET, out.lines(cases), scope=scope, now=now, form=form, language=language, reason=reason)
        log_access(scope, f"export line_list {form}", count=len(cases), reason=reason, now=now)
    return _godata(cases) if form == "godata" else _fhir(cases, by, now)


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a Go.Data export, by name."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _godata(cases: Sequence[out.CaseOut]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("cases.csv", _csv(out.GODATA, out.godata_cases(cases)))
        archive.writestr("relationships.csv", _csv(out.RELATIONSHIPS, out.godata_relationships(cases)))
    return packed.getvalue()


def _fhir(cases: Sequence[out.CaseOut], by: str, now: datetime) -> bytes:
    from yanmen.subsystems.cases.methods.line_list_fhir_out import bundle_of

    bundle: dict[str, Any] = bundle_of(cases, by=by, now=now)
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode()


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([neutralised(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
