"""Venues from a file: one line a venue, a receipt for each line, the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.registry import cells
from yanmen.registry.importing import CREATED, MATCHED, Column, Context, Importer, Outcome, Values
from yanmen.registry.models import Account, Place
from yanmen.registry.place_files import PLACES
from yanmen.subsystems.venues.actions import common
from yanmen.subsystems.venues.methods.words import KINDS
from yanmen.subsystems.venues.models import MOST_MINUTES, Venue

OWN = ("capacity", "stay_minutes", "responsible")
_TITLES = {name: (title["zh"], title["en"]) for name, title in KINDS.items()}


def _apply(rows: Sequence[Values], context: Context) -> list[Outcome | Refusal]:
    """The lines as places first, by the register's own rules; then each place as a venue."""
    apply_places = PLACES.apply_rows
    assert apply_places is not None
    refused = _unknown_accounts(rows, accounts := _accounts(rows))
    good = [number for number in range(len(rows)) if number not in refused]
    plain = [{name: value for name, value in rows[number].items() if name not in OWN} for number in good]
    answers: dict[int, Outcome | Refusal] = {**refused, **dict(zip(good, apply_places(plain, context), strict=True))}
    numbers = [int(answer.subject) for answer in answers.values() if isinstance(answer, Outcome)]
    found, known = Place.objects.in_bulk(numbers), Venue.objects.in_bulk(numbers)
    for number, answer in answers.items():
        if isinstance(answer, Outcome):
            answers[number] = _one(rows[number], found[int(answer.subject)], known, accounts, context)
    common.tell(numbers, now=context.now)
    return [answers[number] for number in range(len(rows))]


def _one(row: Values, place: Place, known: dict[int, Venue], accounts: dict[str, int], context: Context) -> Outcome:
    values: dict[str, Any] = {name: row[name] for name in ("kind", "capacity", "stay_minutes") if name in row}
    responsible = accounts.get(row.get("responsible", "").lower())
    venue = known.get(place.pk)
    if venue is None:
        known[place.pk] = common.add(
            place=place, values=values, responsible=responsible, by=context.by, now=context.now
        )
        return Outcome(CREATED, str(place.pk))
    values |= {"area": place.area} | ({"responsible_id": responsible} if responsible is not None else {})
    changed = [name for name, value in values.items() if getattr(venue, name) != value]
    for name in changed:
        setattr(venue, name, values[name])
    if changed:
        venue.save(update_fields=changed)
    return Outcome(MATCHED, str(place.pk))


def _accounts(rows: Sequence[Values]) -> dict[str, int]:
    names = {row["responsible"].lower() for row in rows if "responsible" in row}
    return (
        dict(Account.objects.filter(username__in=names, is_active=True).values_list("username", "pk")) if names else {}
    )


def _unknown_accounts(rows: Sequence[Values], accounts: dict[str, int]) -> dict[int, Outcome | Refusal]:
    names = {number: row["responsible"] for number, row in enumerate(rows) if "responsible" in row}
    return {
        number: Refusal("没有这个账号。", "There is no such account.", field="responsible", value=name[:40])
        for number, name in names.items()
        if name.lower() not in accounts
    }


def _minutes(text: str) -> int:
    value = cells.whole(text)
    if 1 <= value <= MOST_MINUTES:
        return value
    raise Refusal(
        f"停留时间应为1至{MOST_MINUTES}分钟。", f"A visit lasts from 1 to {MOST_MINUTES} minutes.", value=text
    )


def _people(text: str) -> int:
    value = cells.whole(text)
    if value < 2_000_000:
        return value
    raise Refusal("人数过大，请核对。", "That many people do not fit. Check the number.", value=text)


VENUES = Importer(
    kind="venues",
    zh="场所（场所码）",
    en="Venues",
    columns=(
        Column("number", "编号", "Number", cells.whole),
        Column("kind", "场所类型", "Kind", cells.choice(_TITLES), required=True, also=("类型",)),
        Column("name_zh", "名称", "Name", required=True, also=("场所名称", "中文名称")),
        Column("name_en", "英文名称", "English name"),
        Column("area", "地区", "Area", required=True, also=("地区代码", "area_code")),
        Column("address", "地址", "Address", also=("场所地址",)),
        Column("organisation", "机构编号", "Organisation number", cells.whole),
        Column("longitude", "经度", "Longitude", cells.degrees(180)),
        Column("latitude", "纬度", "Latitude", cells.degrees(90)),
        Column("capacity", "最大容纳人数", "Capacity", _people, also=("容量",)),
        Column("stay_minutes", "停留分钟", "Minutes of a visit", _minutes, also=("默认停留分钟",)),
        Column("responsible", "负责账号", "Responsible account", also=("负责人账号",)),
    ),
    apply_rows=_apply,
)
