"""Lists held against the register, the register against who was seen; and what came of looking for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from yanmen.base import identity
from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.policies import numbers
from yanmen.registry import areas, cells, people
from yanmen.registry.scope import Scope
from yanmen.registry.tables import read_table
from yanmen.subsystems.grid.kinds import LOOKED_FOR
from yanmen.subsystems.grid.methods.comparing import MATCHED, MISSING, REPEATED, UNCLEAR, Compared, Known, Line, compare
from yanmen.subsystems.grid.methods.words import OUTCOMES
from yanmen.subsystems.grid.models import Comparison, Finding
from yanmen.subsystems.grid.queries import lists

LARGEST, MOST_LINES, MOST_REFUSED = 8 * 1024 * 1024, 50_000, 200
HEADS = {
    "name": ("姓名", "名字", "name", "full name"),
    "document": ("身份证", "身份证号", "身份证号码", "证件号", "证件号码", "id number", "id_number", "document number"),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "phone", "telephone", "mobile"),
    "born_on": ("出生日期", "生日", "born on", "born_on", "date of birth"),
    "address": ("地址", "住址", "现住址", "居住地址", "家庭住址", "address"),
}
"""Columns by their usual headings."""


@dataclass(frozen=True)
class _Read:
    lines: list[Line]
    masked: dict[int, str]
    refused: list[dict[str, object]]


@transaction.atomic
def compare_list(
    *, scope: Scope, area: str, title: str, content: bytes, file_name: str, by: str, now: datetime
) -> Comparison:
    """Hold a list of residents, of telephone numbers or another register against who is registered in an area."""
    areas.area(area)
    scope.require(area)
    known = lists.register_of(scope, area)
    read = _lines(content, file_name, now)
    compared = compare(read.lines, known)
    one = Comparison.objects.create(
        area=area, title=_title(title, file_name), kind="list", at=now, by=by, lines=len(read.lines) + len(read.refused),
        matched=compared.count(MATCHED), repeated=compared.count(REPEATED), not_registered=compared.count(MISSING),
        unclear=compared.count(UNCLEAR), rejected=len(read.refused), registered=len(known),
        missing=len(compared.not_listed), refused=read.refused[:MOST_REFUSED],
    )  # fmt: skip
    seen = lists.last_seen(scope, area, now=now)
    Finding.objects.bulk_create(_findings(one, compared, read, seen), batch_size=2000)
    return one


@transaction.atomic
def compare_seen(*, scope: Scope, area: str, title: str, by: str, now: datetime) -> Comparison:
    """Find people of an area whom nobody has met or tested for as many days as the norm says."""
    areas.area(area)
    scope.require(area)
    days = int(numbers("grid.day", local_date(now)).get("seen_days", 7))
    known = lists.register_of(scope, area)
    seen = lists.last_seen(scope, area, now=now)
    lost = [each for each in known if (at := seen.get(each.person)) is None or at < now - timedelta(days=days)]
    one = Comparison.objects.create(
        area=area, title=_title(title, f"{days}日未见 / not seen for {days} days"), kind="seen", at=now, by=by,
        registered=len(known), missing=len(lost),
    )  # fmt: skip
    rows = [_of_register(one, each, "not_seen", seen.get(each.person)) for each in lost]
    Finding.objects.bulk_create(rows, batch_size=2000)
    return one


@transaction.atomic
def settle_finding(
    *, scope: Scope, finding: int, outcome: str, by: str, now: datetime, note: str = "", person: int | None = None
) -> Finding:
    """Say what came of looking for somebody. Of somebody in the register it is a fact as well."""
    found = lists.finding(scope, finding)
    if found is None:
        raise Refusal("没有这一条。", "There is no such finding.", field="finding", value=str(finding))
    if outcome not in OUTCOMES:
        names = "、".join(each["zh"] for each in OUTCOMES.values())
        raise Refusal(
            f"请选择结果：{names}。",
            f"Choose what came of it: {', '.join(OUTCOMES)}.",
            field="outcome",
            value=outcome[:40],
        )
    if outcome == "registered" and found.person_id is None:
        found.person_id = _registered(scope, person)
    if found.person_id is not None and outcome != found.outcome:
        facts.record(
            LOOKED_FOR.name, person=found.person_id, area=found.area, occurred_at=now, by=by, now=now,
            detail={"list": found.comparison_id, "outcome": outcome, "note": note.strip()[:200]},
        )  # fmt: skip
    found.outcome, found.note, found.settled_at, found.settled_by = outcome, note.strip()[:200], now, by
    found.save(update_fields=["outcome", "note", "settled_at", "settled_by", "person"])
    return found


def _registered(scope: Scope, person: int | None) -> int:
    known = people.search(scope, str(person), limit=1) if person else []
    if not known:
        raise Refusal(
            "请填写补登记后的人员编号。",
            "Give the register number of the person.",
            field="person",
            value=str(person or ""),
        )
    return int(known[0].pk)


def _lines(content: bytes, file_name: str, now: datetime) -> _Read:
    if len(content) > LARGEST:
        raise Refusal("文件超过8 MB，请分批上传。", "The file is larger than 8 MB. Send it in parts.", field="file")
    table = read_table(content, file_name)
    if len(table.lines) > MOST_LINES:
        raise Refusal(
            f"超过{MOST_LINES}行。", f"More than {MOST_LINES} lines.", field="file", value=str(len(table.lines))
        )
    columns = _columns(table.header)
    read = _Read([], {}, [])
    for number, cells_ in table.lines:
        said = {name: cells_[index].strip() for name, index in columns.items()}
        try:
            line = _line(number, said, now)
        except Refusal as fault:
            read.refused.append({"line": number, "field": fault.field, "zh": fault.zh, "en": fault.en})
            continue
        read.lines.append(line)
        read.masked[number] = " · ".join(identity.mask(said[name]) for name in ("document", "phone") if said.get(name))
    return read


def _columns(header: Sequence[str]) -> dict[str, int]:
    named = {head.strip().casefold(): index for index, head in reversed(list(enumerate(header)))}
    columns = {field: named[head] for field, heads in HEADS.items() for head in reversed(heads) if head in named}
    if not columns.keys() & {"name", "document", "phone"}:
        raise Refusal(
            "名单至少要有“姓名”“身份证号”“电话”中的一列。",
            'The list needs at least one of the columns "name", "id number", "phone".',
            field="file",
            value=", ".join(header)[:80],
        )
    return columns


def _line(number: int, said: dict[str, str], now: datetime) -> Line:
    if not any(said.get(name) for name in ("name", "document", "phone")):
        raise Refusal("没有姓名、证件号和电话。", "There is no name, document or telephone number.", field="name")
    try:
        document = (
            people.index_of(identity.document_number(identity.RESIDENT, said["document"]))
            if said.get("document")
            else b""
        )
        phone = people.phone_index_of(identity.phone_number(said["phone"])) if said.get("phone") else b""
    except Refusal as fault:
        raise fault.about(fault.field or "document") from None  # the number itself is not repeated
    born = cells.day(said["born_on"]) if said.get("born_on") else None
    return Line(number, said.get("name", "")[:80], document, phone, born, said.get("address", "")[:200])


def _findings(one: Comparison, compared: Compared, read: _Read, seen: dict[int, datetime | None]) -> list[Finding]:
    rows = [
        Finding(
            comparison=one, area=one.area, side=told.outcome, line=told.line.number, name=told.line.name,
            address=told.line.address, masked=read.masked.get(told.line.number, "")[:80],
        )
        for told in compared.lines
        if told.outcome in (MISSING, UNCLEAR)
    ]  # fmt: skip
    return rows + [_of_register(one, each, "not_listed", seen.get(each.person)) for each in compared.not_listed]


def _of_register(one: Comparison, who: Known, side: str, seen_at: datetime | None) -> Finding:
    return Finding(
        comparison=one, area=one.area, side=side, person_id=who.person, name=who.name[:80], address=who.address[:200],
        seen_at=seen_at,
    )  # fmt: skip


def _title(title: str, otherwise: str) -> str:
    return (title.strip() or otherwise or "名单 / list")[:120]
