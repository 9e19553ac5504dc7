"""Sites and laboratories from a file: one line each, a receipt for each line, the same file twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.registry import cells
from yanmen.registry.importing import CREATED, MATCHED, Column, Context, Importer, Outcome, Values
from yanmen.registry.models import Place
from yanmen.registry.place_files import PLACES
from yanmen.subsystems.screening.actions.sites import MOST_DESKS, MOST_TUBES
from yanmen.subsystems.screening.methods.hours import read_hours
from yanmen.subsystems.screening.methods.words import SITES as KINDS
from yanmen.subsystems.screening.models import Laboratory, Site

_TITLES = {name: (title["zh"], title["en"]) for name, title in KINDS.items()}


def _importing(
    own: Sequence[str], model: type[Site] | type[Laboratory], kind: str
) -> Callable[..., list[Outcome | Refusal]]:
    """Lines as places first, by the register's own rules; then each place as what it is here."""

    def apply(rows: Sequence[Values], context: Context) -> list[Outcome | Refusal]:
        assert PLACES.apply_rows is not None
        plain = [{name: value for name, value in row.items() if name not in own} | {"kind": kind} for row in rows]
        answers = PLACES.apply_rows(plain, context)
        numbers = [int(answer.subject) for answer in answers if isinstance(answer, Outcome)]
        places, known = Place.objects.in_bulk(numbers), model.objects.in_bulk(numbers)
        told: list[Outcome | Refusal] = []
        for row, answer in zip(rows, answers, strict=True):
            values = {name.replace("site_kind", "kind"): row[name] for name in own if name in row}
            told.append(
                answer if isinstance(answer, Refusal) else one(places[int(answer.subject)], values, known, context)
            )
        return told

    def one(place: Place, values: dict[str, Any], known: dict[int, Any], context: Context) -> Outcome:
        if (there := known.get(place.pk)) is None:
            about = {"open_from": context.now, "created_at": context.now, "created_by": context.by}
            known[place.pk] = model.objects.create(place=place, area=place.area, **values, **about)
            return Outcome(CREATED, str(place.pk))
        changed = [name for name, value in (values | {"area": place.area}).items() if getattr(there, name) != value]
        for name in changed:
            setattr(there, name, (values | {"area": place.area})[name])
        if changed:
            there.save(update_fields=changed)
        return Outcome(MATCHED, str(place.pk))

    return apply


def _within(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = cells.whole(text)
        if least <= value <= most:
            return value
        raise Refusal(f"应为{least}至{most}。", f"From {least} to {most}.", value=text)

    return read


def _span(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0
    if 0 < value <= 72:
        return value
    raise Refusal("检测时长应大于0、不超过72小时。", "A run takes up to 72 hours.", value=text[:20])


_PLACE = (
    Column("number", "编号", "Number", cells.whole),
    Column("name_zh", "名称", "Name", required=True, also=("中文名称",)),
    Column("name_en", "英文名称", "English name"),
    Column("area", "地区", "Area", required=True, also=("地区代码", "area_code")),
    Column("address", "地址", "Address"),
    Column("longitude", "经度", "Longitude", cells.degrees(180)),
    Column("latitude", "纬度", "Latitude", cells.degrees(90)),
)
SITES = Importer(
    kind="sampling_sites",
    zh="采样点",
    en="Sampling sites",
    columns=(
        *_PLACE,
        Column("site_kind", "采样点类型", "Kind", cells.choice(_TITLES), required=True, also=("类型",)),
        Column("desks", "采样台数", "Desks", _within(1, MOST_DESKS)),
        Column("hours", "开放时间", "Hours", read_hours),
    ),
    apply_rows=_importing(("site_kind", "desks", "hours"), Site, "sampling_site"),
)
LABORATORIES = Importer(
    kind="laboratories",
    zh="核酸检测实验室",
    en="Laboratories",
    columns=(
        *_PLACE,
        Column("tubes_a_day", "日检测管数", "Tubes a day", _within(1, MOST_TUBES), required=True),
        Column("hours_a_run", "检测时长（小时）", "Hours a run", _span),
    ),
    apply_rows=_importing(("tubes_a_day", "hours_a_run"), Laboratory, "laboratory"),
)
