"""Sites and rooms from files: one line each, a receipt for each line, the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.registry import cells
from yanmen.registry.importing import CREATED, MATCHED, Column, Context, Importer, Outcome, Values
from yanmen.registry.models import Place
from yanmen.registry.place_files import PLACES
from yanmen.subsystems.quarantine.actions.rooms import MOST_BEDS, add_rooms
from yanmen.subsystems.quarantine.actions.sites import LONGEST_READY, locked
from yanmen.subsystems.quarantine.methods.words import FEATURES, SITE_KINDS, ZONES
from yanmen.subsystems.quarantine.models import Site

OWN = ("site_kind", "ready_hours", "languages", "dialysis", "phone")


def _apply(rows: Sequence[Values], context: Context) -> list[Outcome | Refusal]:
    """Lines as places first, by the register's own rules; then each place as a site."""
    assert PLACES.apply_rows is not None
    plain = [
        {name: value for name, value in row.items() if name not in OWN} | {"kind": "quarantine_site"} for row in rows
    ]
    answers = PLACES.apply_rows(plain, context)
    numbers = [int(answer.subject) for answer in answers if isinstance(answer, Outcome)]
    places, known = Place.objects.in_bulk(numbers), Site.objects.in_bulk(numbers)
    return [
        answer if isinstance(answer, Refusal) else _one(places[int(answer.subject)], row, known, context)
        for row, answer in zip(rows, answers, strict=True)
    ]


def _one(place: Place, row: Values, known: dict[int, Site], context: Context) -> Outcome:
    values: dict[str, Any] = {name.replace("site_kind", "kind"): row[name] for name in OWN if name in row}
    if (there := known.get(place.pk)) is None:
        about = {"created_at": context.now, "created_by": context.by}
        known[place.pk] = Site.objects.create(place=place, area=place.area, **values, **about)
        return Outcome(CREATED, str(place.pk))
    changed = [name for name, value in values.items() if getattr(there, name) != value]
    for name in changed:
        setattr(there, name, values[name])
    if changed:
        there.save(update_fields=changed)
    return Outcome(MATCHED, str(place.pk))


def _room_line(row: Values, context: Context) -> Outcome:
    """One line is floors and rooms of a site: the act that a page has too."""
    site = locked(context.scope, row["site"])
    about = {name: row[name] for name in ("beds", "features", "zone") if name in row}
    made = add_rooms(
        scope=context.scope, site=site.pk, floors=row["floors"], rooms=row.get("rooms", ""), by=context.by, now=context.now, **about
    )  # fmt: skip
    return Outcome(CREATED if made.rooms or made.floors else MATCHED, str(site.pk))


def _within(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = cells.whole(text)
        if least <= value <= most:
            return value
        raise Refusal(f"应为{least}至{most}。", f"From {least} to {most}.", value=text)

    return read


def _many(options: dict[str, dict[str, str]]) -> Callable[[str], list[str]]:
    one = cells.choice(_titles(options))

    def read(text: str) -> list[str]:
        return [one(part.strip()) for part in text.replace("、", ",").replace("；", ",").replace(";", ",").split(",") if part.strip()]  # fmt: skip

    return read


def _languages(text: str) -> list[str]:
    return [part.strip()[:20] for part in text.replace("、", ",").replace("，", ",").split(",") if part.strip()]


def _titles(options: dict[str, dict[str, str]]) -> dict[str, tuple[str, str]]:
    return {name: (title["zh"], title["en"]) for name, title in options.items()}


_YES = cells.choice({"true": ("是", "yes"), "false": ("否", "no")})
SITES = Importer(
    kind="quarantine_sites",
    zh="集中隔离点",
    en="Quarantine sites",
    columns=(
        Column("number", "编号", "Number", cells.whole),
        Column("name_zh", "名称", "Name", required=True, also=("中文名称",)),
        Column("name_en", "英文名称", "English name"),
        Column("area", "地区", "Area", required=True, also=("地区代码", "area_code")),
        Column("address", "地址", "Address"),
        Column("longitude", "经度", "Longitude", cells.degrees(180)),
        Column("latitude", "纬度", "Latitude", cells.degrees(90)),
        Column("site_kind", "隔离点类型", "Kind", cells.choice(_titles(SITE_KINDS)), required=True, also=("类型",)),
        Column("ready_hours", "启用所需小时", "Hours to open", _within(0, LONGEST_READY)),
        Column("languages", "服务语言", "Languages", _languages),
        Column("dialysis", "可透析", "Dialysis", lambda text: _YES(text) == "true"),
        Column("phone", "电话", "Telephone", lambda text: text.strip()[:20]),
    ),
    apply_rows=_apply,
)
ROOMS = Importer(
    kind="quarantine_rooms",
    zh="隔离点楼层和房间",
    en="Floors and rooms of sites",
    columns=(
        Column("site", "隔离点编号", "Number of the site", cells.whole, required=True),
        Column("floors", "楼层", "Floors", required=True),
        Column("rooms", "房间", "Rooms"),
        Column("beds", "床位", "Beds", _within(1, MOST_BEDS)),
        Column("features", "房间条件", "Features", _many(FEATURES)),
        Column("zone", "区域", "Zone", cells.choice(_titles(ZONES))),
    ),
    apply_row=_room_line,
)
