"""People as files: what the columns mean, how a row is applied, how a row is written."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from yanmen.base.clock import local_date
from yanmen.base.identity import document_number, mask, phone_number
from yanmen.base.refusals import Refusal
from yanmen.registry import cells
from yanmen.registry.area_cells import AreaCells
from yanmen.registry.drills import fit_here, is_drill
from yanmen.registry.importing import CREATED, MATCHED, Column, Context, Importer, Outcome, Values
from yanmen.registry.models import Household, Person
from yanmen.registry.people import (
    ID_TYPES,
    SEXES,
    Details,
    Registered,
    hand_over,
    index_of,
    register_people,
    seal_into,
    unsealed,
)
from yanmen.registry.scope import Scope

_PLAIN = ("name", "sex", "born_on", "address", "post")


def _apply(rows: Sequence[Values], context: Context) -> list[Outcome | Refusal]:
    areas = AreaCells.load([row["area"] for row in rows], context.scope)
    answers: list[Outcome | Refusal | None] = [None] * len(rows)
    fresh: dict[int, Details] = {}
    known = _known(rows)
    references = {"guardian": _there(Person, rows, "guardian"), "household": _there(Household, rows, "household")}
    for place, row in enumerate(rows):
        try:
            area = areas.code(row["area"])
            _refuse_dangling(row, references)
            if "number" in row:
                answers[place] = _update(row, area, known, context)
            else:
                fresh[place] = _details(row, area)
        except Refusal as refusal:
            answers[place] = refusal
    registered = register_people(list(fresh.values()), by=context.by, now=context.now)
    for place, answer in zip(fresh, registered, strict=True):
        answers[place] = _outcome(answer)
    return [answer for answer in answers if answer is not None]


def _known(rows: Sequence[Values]) -> dict[int, Person]:
    return Person.objects.in_bulk([row["number"] for row in rows if "number" in row])


def _there(model: type[Person] | type[Household], rows: Sequence[Values], name: str) -> set[int]:
    numbers = {row[name] for row in rows if name in row}
    return set(model.objects.filter(pk__in=numbers).values_list("pk", flat=True)) if numbers else set()


def _refuse_dangling(row: Values, references: dict[str, set[int]]) -> None:
    for name, numbers in references.items():
        if name in row and row[name] not in numbers:
            raise Refusal(
                "没有此编号，或不在您的辖区。请先登记，或将此格留空。",
                "There is no such number in your areas. Register it first, or leave the cell empty.",
                field=name,
                value=str(row[name]),
            )


def _outcome(answer: Registered | Refusal) -> Outcome | Refusal:
    if isinstance(answer, Refusal):
        return answer
    return Outcome(CREATED if answer.created else MATCHED, str(answer.person))


def _details(row: Values, area: str) -> Details:
    for name in ("id_number", "phone"):
        if "*" in row.get(name, ""):
            raise Refusal(
                "此处是脱敏号码。请填写完整号码，或在“编号”列填写本系统编号。",
                "This number is masked. Give it in full, or give the register number in its column.",
                field=name,
                value=row[name],
            )
    values = {name: value for name, value in row.items() if name not in ("number", "area")}
    return Details(area=area, **values)


def _update(row: Values, area: str, known: dict[int, Person], context: Context) -> Outcome:
    """A row that names somebody by number: what differs is corrected; masked secrets must fit and stay."""
    person = known.get(row["number"])
    if person is None:
        raise Refusal(
            "没有此编号的人员，或不在您的辖区。新登记请将编号留空。",
            "Nobody in your areas has this number. Leave it empty to register somebody new.",
            field="number",
            value=str(row["number"]),
        )
    secrets = {name: _secret(person, name, row, local_date(context.now)) for name in ("id_number", "phone")}
    wanted: dict[str, Any] = {name: row[name] for name in _PLAIN if name in row}
    wanted |= {f"{name}_id": row[name] for name in ("guardian", "household") if name in row}
    now = Details(
        name=wanted.get("name", person.name), area=area, sex=wanted.get("sex", person.sex),
        born_on=wanted.get("born_on", person.born_on), id_type=row.get("id_type", person.id_type),
        id_number=secrets["id_number"], phone=secrets["phone"],
    )  # fmt: skip
    checked = fit_here(replace(now, synthetic=person.synthetic).checked(local_date(context.now)), drill=is_drill())
    wanted |= {"name": checked.name, "sex": checked.sex, "born_on": checked.born_on, "id_type": checked.id_type}
    changed = [name for name, value in wanted.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, wanted[name])
    for name, clear in secrets.items():
        if clear and getattr(person, f"{name}_sealed") is None:
            seal_into(person, name, getattr(checked, name))
            changed += [f"{name}_sealed", f"{name}_index"]
    if changed:
        person.save(update_fields=changed)
    if person.area != area:
        hand_over([person.pk], area=area, by=context.by, now=context.now)
    return Outcome(MATCHED, str(person.pk))


def _secret(person: Person, name: str, row: Values, today: date) -> str:
    """The secret after this row, in clear: the present one if the row has none or masks it rightly."""
    present, given = unsealed(person, name), row.get(name, "")
    if not given or given == mask(present):
        return present
    if name == "phone" and "*" not in given:
        clear = phone_number(given)
        person.phone_sealed = None if clear != present else person.phone_sealed
        return clear
    if not present and "*" not in given:
        clear = document_number(row.get("id_type", "") or "resident", given, today=today)
        _refuse_taken(clear, row)
        return clear
    if "*" not in given and present == document_number(person.id_type, given, today=today):
        return present
    raise Refusal(
        "与登记的号码不符。请核对编号；更换证件请在人员页面办理。",
        "This does not fit the registered number. Check the register number; a new document is entered on the person's page.",
        field=name,
        value=mask(given) if "*" not in given else given,
    )


def _refuse_taken(clear: str, row: Values) -> None:
    if Person.objects.filter(id_number_index=index_of(clear)).exists():
        raise Refusal(
            "该证件已登记在另一编号下。请在人员页面合并两条记录。",
            "This document is registered under another number. Join the two records on the person's page.",
            field="id_number",
            value=mask(clear),
        )


PEOPLE = Importer(
    kind="people",
    zh="人员",
    en="People",
    columns=(
        Column("number", "编号", "Number", cells.whole),
        Column("name", "姓名", "Name", required=True),
        Column("sex", "性别", "Sex", cells.choice(SEXES)),
        Column("born_on", "出生日期", "Born on", cells.day, also=("birth_date", "date_of_birth")),
        Column("id_type", "证件类型", "Document type", cells.choice(ID_TYPES)),
        Column("id_number", "证件号码", "Document number", secret=True, also=("身份证号", "身份证号码")),
        Column("phone", "联系电话", "Telephone", secret=True, also=("手机号", "手机号码", "电话")),
        Column("area", "地区", "Area", required=True, also=("地区代码", "area_code", "所在地区")),
        Column("address", "住址", "Address", also=("详细地址",)),
        Column("post", "高风险岗位", "High-risk post"),
        Column("household", "户编号", "Household number", cells.whole),
        Column("guardian", "监护人编号", "Guardian's number", cells.whole),
    ),
    apply_rows=_apply,
)


def people_rows(scope: Scope) -> Iterator[list[str]]:
    """The asker's people as rows of text in the importer's columns; secrets masked."""
    for person in scope.within(Person.objects, "area").order_by("pk").iterator(chunk_size=2000):
        yield [
            str(person.pk),
            person.name,
            SEXES[person.sex][0] if person.sex else "",
            person.born_on.isoformat() if person.born_on else "",
            ID_TYPES[person.id_type][0] if person.id_type else "",
            mask(unsealed(person, "id_number")),
            mask(unsealed(person, "phone")),
            person.area,
            person.address,
            person.post,
            str(person.household_id or ""),
            str(person.guardian_id or ""),
        ]
