"""What must be true before somebody goes, by the edition: each line with its evidence; and what applies to them afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from yanmen.base.clock import local_date
from yanmen.loop.policies import numbers, shelf
from yanmen.subsystems.quarantine.methods import days as method
from yanmen.subsystems.quarantine.methods.serving import strictest
from yanmen.subsystems.quarantine.queries.days import Test, leaves_on, tests, unseen
from yanmen.subsystems.quarantine.queries.guests import Guest, Stage
from yanmen.subsystems.quarantine.queries.statements import DAYS

Title = dict[str, str]
NEGATIVE, NOT_NEGATIVE = "negative", ("positive", "grey")


@dataclass(frozen=True)
class Line:
    """One thing that must be true: whether it is, and what says so. `holds` is None while it is not known yet."""

    name: str
    zh: str
    en: str
    holds: bool | None
    because: Title
    evidence: Sequence[str] = ()


@dataclass(frozen=True)
class Checklist:
    """Every line of a release. `from_day` is the day the edition lets them go, None while nobody can say."""

    lines: Sequence[Line]
    from_day: date | None
    next_on: date | None
    next_zh: str = ""
    next_en: str = ""
    source: Any = None

    @property
    def ready(self) -> bool:
        """Whether every line holds."""
        return all(each.holds for each in self.lines)

    @property
    def open(self) -> list[Line]:
        """What does not hold, or is not known yet."""
        return [each for each in self.lines if not each.holds]


def checklist(guest: Guest, *, now: datetime) -> Checklist:
    """The lines of a release today: days served, tests, symptoms, the conditions of the class, no infection."""
    today = local_date(now)
    from_day = leaves_on(guest, today=today)
    stages = guest.serving(today)
    owed = [each for each in tests(guest, now=now) if from_day is None or each.day < from_day]
    lines = [_days(from_day, today, stages)]
    if stages:
        lines += [_tests(owed), _latest(guest, stages)]
        lines += _double(guest, stages, from_day, now) + _linked(guest, stages)
        lines.append(_well(guest, now))
    lines.append(_no_case(guest))
    place, since, source = _afterwards(guest, max(from_day or today, today))
    return Checklist(lines, from_day, since, place.get("zh", ""), place.get("en", ""), source)


def _days(from_day: date | None, today: date, stages: Sequence[Stage]) -> Line:
    zh, en = "隔离天数已满", "The days are served"
    if not stages:
        return Line("days", zh, en, True, _said("没有措施要求继续在此", "No measure asks for this place"))
    if from_day is None:
        return Line("days", zh, en, False, _said("措施未定截止日", "The measure has no last day yet"))
    last = stages[0]
    because = _said(
        f"第0天 {last.count_from}，至 {from_day - timedelta(days=1)} 止，{from_day} 起可解除",
        f"Day 0 {last.count_from}, through {from_day - timedelta(days=1)}: may go from {from_day}",
    )
    return Line("days", zh, en, today >= from_day, because, sorted({each.rule for each in stages}))


def _tests(owed: Sequence[Test]) -> Line:
    zh, en = "规定的检测均为阴性", "Every test that was asked for is negative"
    bad = [each for each in owed if not each.passed]
    told = "、".join(f"{each.day:%m-%d} {STATES[each.state]['zh']}" for each in bad)
    said = ", ".join(f"{each.day:%m-%d} {STATES[each.state]['en']}" for each in bad)
    because = _said(f"{len(owed) - len(bad)}/{len(owed)}次阴性", f"{len(owed) - len(bad)} of {len(owed)} negative")
    if bad:
        because = _said(f"{because['zh']}；{told}", f"{because['en']}; {said}")
    return Line("tests", zh, en, not bad, because, [each.fact for each in owed if each.fact])


def _latest(guest: Guest, stages: Sequence[Stage]) -> Line:
    zh, en = "最近一次结果为阴性", "The latest result is negative"
    begun = min((each.count_from for each in stages), default=local_date(guest.since))
    told = [each for each in guest.results if local_date(each["sampled_at"]) >= begun]
    if not told:
        return Line("latest", zh, en, None, _said("尚无结果", "No result yet"))
    last = told[-1]
    day = local_date(last["sampled_at"])
    state = STATES.get(last["result"], {"zh": last["result"], "en": last["result"]})
    because = _said(f"{day}采样：{state['zh']}", f"Sampled {day}: {state['en']}")
    return Line("latest", zh, en, last["result"] == NEGATIVE, because, [last["fact"]])


def _double(guest: Guest, stages: Sequence[Stage], from_day: date | None, now: datetime) -> list[Line]:
    """Two samples on the last day of tests, where the edition asks for two."""
    if not any(each.marks.get("double_test") for each in stages):
        return []
    many = int(numbers(DAYS, local_date(now)).get("double_tests", 0))
    owed = [each.day for each in tests(guest, now=now) if from_day is None or each.day < from_day]
    last = max(owed, default=None)
    found = [
        each for each in guest.results if last and local_date(each["sampled_at"]) >= last and each["result"] == NEGATIVE
    ]
    because = _said(
        f"末次检测日（{last or '未定'}）起{len(found)}份阴性，须{many}份",
        f"{len(found)} negative from the last day of tests ({last or 'not set'}) on; {many} are asked for",
    )
    line = Line(
        "double", "双采双检", "Two swabs, two tests", len(found) >= many, because, [each["fact"] for each in found]
    )
    return [line]


def _linked(guest: Guest, stages: Sequence[Stage]) -> list[Line]:
    """For contacts of a contact: the first two tests of the contact they are linked to."""
    zh, en = "关联密接前两次核酸阴性", "The linked contact's first two tests are negative"
    reasons = {each.reason for each in stages}
    return [
        Line(
            "linked", zh, en,
            None if each["tests"] < 2 and each["negatives"] == each["tests"] else each["negatives"] == 2,
            _said(f"{each['negatives']}次阴性，已出{each['tests']}次", f"{each['negatives']} negative of {each['tests']} told"),
            [str(fact) for fact in each["facts"] or ()],
        )
        for each in guest.links
        if each["case_id"] in reasons
    ]  # fmt: skip


def _well(guest: Guest, now: datetime) -> Line:
    zh, en = "无发热、无症状", "No fever and no symptoms"
    policy = numbers(DAYS, local_date(now))
    hours, since = policy.get("fever_free_hours", 0), now - timedelta(hours=policy.get("fever_free_hours", 0))
    hot = [each for each in guest.checks if each["at"] >= since and method.feverish(each["celsius"], policy)]
    recent = now - timedelta(days=policy.get("symptom_days", 0))
    told = [each for each in unseen(guest) if each["at"] >= recent]
    taken = [each for each in guest.checks if each["celsius"] is not None]
    if hot:
        return Line("well", zh, en, False, _said(f"{hours}小时内有发热：{hot[-1]['celsius']:.1f}℃", f"Fever within {hours} hours: {hot[-1]['celsius']:.1f} °C"), [each["id"] for each in hot])  # fmt: skip
    if told:
        return Line("well", zh, en, False, _said("所述症状尚无医生查看", "Symptoms were told, and no doctor has looked"), [each["id"] for each in told])  # fmt: skip
    if not taken:
        return Line("well", zh, en, None, _said("尚未测过体温", "No temperature was taken yet"))
    last = taken[-1]
    return Line("well", zh, en, True, _said(f"最近体温{last['celsius']:.1f}℃", f"Last temperature {last['celsius']:.1f} °C"), [last["id"]])  # fmt: skip


def _no_case(guest: Guest) -> Line:
    zh, en = "未被报告为感染者", "Not reported as infected"
    reports, ends = guest.of("cases.reported"), guest.of("cases.discharged")
    open_ones = [each for each in reports if not any(end["at"] >= each["at"] for end in ends)]
    if guest.stay.group == "case":
        return Line("case", "已达出院（舱）标准", "Discharged as cured", bool(ends), _said("以出院记录为准", "As the discharge says"), [each["id"] for each in ends])  # fmt: skip
    because = _said("无病例报告", "No report") if not open_ones else _said("有未结束的病例报告", "A report stands")
    return Line("case", zh, en, not open_ones, because, [each["id"] for each in open_ones])


def _afterwards(guest: Guest, day: date) -> tuple[Title, date | None, Any]:
    """The place that policy asks for from the day of the release on, until when, and under which source."""
    held = strictest([each.stretch for each in guest.counted()], day)
    if held is None or guest.stay.site.kind in held.site_kinds:
        return {}, None, None
    title = shelf.policy().words["places"][held.place]
    source = next(each.source for each in guest.stages if each.measure == held.measure)
    return {"zh": title.zh, "en": title.en}, held.last, source


def _said(zh: str, en: str) -> Title:
    return {"zh": zh, "en": en}


STATES = {
    "open": {"zh": "待检", "en": "to be taken"},
    "missed": {"zh": "未检", "en": "not taken"},
    "awaiting": {"zh": "待结果", "en": "awaiting the result"},
    "negative": {"zh": "阴性", "en": "negative"},
    "positive": {"zh": "阳性", "en": "positive"},
    "grey": {"zh": "灰区", "en": "grey zone"},
    "invalid": {"zh": "无效", "en": "invalid"},
}
"""What became of a test, in words."""
