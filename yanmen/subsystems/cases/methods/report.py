"""What a daily report says, whatever form it came in, and why one is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from difflib import get_close_matches

KINDS = {
    "confirmed_new": ("新增本土确诊病例", "New domestic confirmed cases"),
    "imported_confirmed_new": ("新增境外输入确诊病例", "New imported confirmed cases"),
    "converted": (
        "当日无症状感染者转为确诊病例",
        "Asymptomatic infections turned confirmed that day",
    ),
    "discharged": ("新增治愈出院", "Newly cured and discharged"),
    "in_hospital": ("现有在院隔离治疗", "In hospital now"),
    "asymptomatic_new": ("新增无症状感染者", "New asymptomatic infections"),
    "asym_released": (
        "当日解除医学观察的无症状感染者",
        "Asymptomatic infections released that day",
    ),
    "asym_under_obs": (
        "尚在医学观察的无症状感染者",
        "Asymptomatic infections under observation",
    ),
    "cumulative_confirmed": ("累计确诊", "Confirmed so far"),
    "suspected": ("疑似", "Suspected"),
    "cumulative_cured": ("累计治愈", "Cured so far"),
    "cumulative_dead": ("累计死亡", "Died so far"),
}
TITLES = KINDS | {
    "cumulative_imported": ("累计境外输入确诊", "Confirmed from abroad so far"),
    "imported_cured": ("境外输入累计治愈", "Cured from abroad so far"),
    "imported_suspected": ("境外输入现有疑似", "Suspected from abroad now"),
    "contacts_traced": ("累计追踪到密切接触者", "Close contacts traced so far"),
    "contacts_released": ("当日解除医学观察的密切接触者", "Close contacts released that day"),
    "contacts_under_obs": ("尚在医学观察的密切接触者", "Close contacts under observation"),
}
"""Every figure a report may state, with both titles."""


@dataclass(frozen=True)
class Problem:
    """One reason for a refusal: which field, what it holds, what to do about it."""

    field: str
    value: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    @property
    def remedy(self) -> dict[str, str]:
        return {"zh": self.remedy_zh, "en": self.remedy_en}

    def __str__(self) -> str:
        return f"{self.field} = {self.value!r}: {self.zh} {self.remedy_zh} / {self.en} {self.remedy_en}"


class BulletinError(ValueError):
    """A report that is not taken in; `problems` says everything that is wrong with it."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        first = problems[0]
        self.field, self.value = first.field, first.value
        self.zh = " ".join(f"{problem.zh}{problem.remedy_zh}" for problem in problems)
        self.en = " ".join(f"{problem.en} {problem.remedy_en}" for problem in problems)
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Item:
    """One place and its count. `place` is the full path name, empty for cases from abroad."""

    place: str
    city: str
    county: str
    code: str | None
    count: int
    converted: bool = False
    imported: bool = False


@dataclass(frozen=True)
class Statement:
    """One headline and the places that make it up. `unplaced` is what the report leaves without a place."""

    kind: str
    headline: int
    items: tuple[Item, ...] = ()
    unplaced: int = 0

    @property
    def total(self) -> int:
        return sum(item.count for item in self.items)


@dataclass(frozen=True)
class Note:
    """Something a reader should know that is no reason to refuse the report."""

    zh: str
    en: str


@dataclass(frozen=True)
class Report:
    """One day of one province."""

    province: str
    day: date
    statements: tuple[Statement, ...]
    figures: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def digest(self) -> str:
        """The same figures of the same day have the same digest, in whichever form they came."""
        content = {
            "province": self.province,
            "day": self.day.isoformat(),
            "statements": sorted(
                [
                    s.kind,
                    s.headline,
                    sorted([i.place, i.count, i.converted, i.imported] for i in s.items),
                ]
                for s in self.statements
            ),
        }
        return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()

    def statement(self, kind: str) -> Statement | None:
        return next((s for s in self.statements if s.kind == kind), None)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON: county, kind, count, and the sums that were checked."""
        return {
            "province": self.province,
            "date": self.day.isoformat(),
            "digest": self.digest,
            "statements": [
                {
                    "kind": s.kind,
                    "zh": KINDS[s.kind][0],
                    "en": KINDS[s.kind][1],
                    "headline": s.headline,
                    "sum": s.total,
                    "unplaced": s.unplaced,
                    "items": [asdict(item) for item in s.items],
                }
                for s in self.statements
            ],
            "figures": dict(self.figures),
            "notes": [asdict(note) for note in self.notes],
        }


class Places:
    """Turns the names a report uses into full path names, and codes where a gazetteer is given.

    `codes` maps full path names below the province (`晋中市`, `晋中市祁县`) to area codes. Without it names are split
    by their form and carry no code.
    """

    CITY_ENDS = ("自治州", "地区", "市", "盟")
    COUNTY_ENDS = ("县", "区", "市", "旗")

    def __init__(self, codes: Mapping[str, str] | None = None) -> None:
        self.codes = codes
        self.seen: dict[str, tuple[str, str]] = {}
        self.last: tuple[str, str] | None = None

    def find(self, name: str) -> tuple[str, str]:
        """City and county of a name; a short name continues a place the same report named before."""
        if not name:
            if self.last is None:
                raise BulletinError(_nameless())
            return self.last
        place = self._continued(name) or self._known(name) or self._by_form(name)
        if place is None:
            raise BulletinError(_unknown(name, self.codes or self.seen))
        if place[1]:
            self.seen[place[1]] = place
        self.last = place
        return place

    def code(self, place: tuple[str, str]) -> str | None:
        return self.codes.get("".join(place)) if self.codes is not None else None

    def _continued(self, name: str) -> tuple[str, str] | None:
        return self.seen.get(name)

    def _known(self, name: str) -> tuple[str, str] | None:
        if self.codes is None:
            return None
        if name in self.codes:
            return self._split(name)
        matches = [full for full in self.codes if full.endswith(name) and self._split(full)[1] == name]
        here = [full for full in matches if self.last and full.startswith(self.last[0])]
        matches = here or matches
        return self._split(matches[0]) if len(matches) == 1 else None

    def _by_form(self, name: str) -> tuple[str, str] | None:
        if self.codes is not None:
            return None
        city, county = self._split(name)
        good = city and (not county or county.endswith(self.COUNTY_ENDS))
        return (city, county) if good else None

    def _split(self, name: str) -> tuple[str, str]:
        cuts = [name.find(end, 1) + len(end) for end in self.CITY_ENDS if name.find(end, 1) > 0]
        if not cuts:
            return "", name
        cut = min(cuts)
        return name[:cut], name[cut:]


def check(statement: Statement, *, all_placed: bool = True) -> Iterator[Problem]:
    """The headline must be what its places add up to; an unfinished list of places may only fall short."""
    left = statement.headline - statement.total - statement.unplaced
    if left == 0 or (left > 0 and not all_placed):
        return
    zh, en = KINDS[statement.kind]
    yield Problem(
        field=statement.kind,
        value=str(statement.headline),
        zh=f"{zh}合计为{statement.headline}，各地之和为{statement.total}，相差{left:+d}。",
        en=f"{en}: the headline is {statement.headline}, the places add up to {statement.total}, difference {left:+d}.",
        remedy_zh="请与原文核对：合计与各地明细必须相等。",
        remedy_en="Compare with the original: the headline and its places must agree.",
    )


def _nameless() -> Problem:
    return Problem(
        field="place",
        value="",
        zh="明细第一项没有地名。",
        en="The first item of the list names no place.",
        remedy_zh="请写明市县，如“晋中市祁县1例”。",
        remedy_en="Name city and county, as in “晋中市祁县1例”.",
    )


def _unknown(name: str, known: Mapping[str, object]) -> Problem:
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    return Problem(
        field="place",
        value=name,
        zh=f"无法识别地名“{name}”。",
        en=f"“{name}” is no place this report or the area register knows.",
        remedy_zh=f"是否为“{near[0]}”？" if near else "请写全称，如“晋中市祁县”。",
        remedy_en=f"Did you mean “{near[0]}”?" if near else "Write the full name, as in “晋中市祁县”.",
    )
