"""Criteria of discharge held against what is recorded: met, not met, or not known, each with its evidence.

Pure: the numbers of the edition come in as `norm`. Nothing recorded is "not known", never "met".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import takewhile
from typing import Any
from uuid import UUID

from yanmen.base.clock import local_date

FEVER = "fever"


@dataclass(frozen=True)
class Reading:
    """What was told of a course at one moment; `symptoms` None where nothing was said of them, empty where there are none."""

    at: datetime
    severity: str
    symptoms: frozenset[str] | None
    temperature: float | None
    free_since: date | None
    note: str
    fact: UUID


@dataclass(frozen=True)
class Test:
    """A result by the moment of its sample."""

    __test__ = False

    at: datetime
    result: str
    ct: float | None
    method: str
    fact: UUID


@dataclass(frozen=True)
class Criterion:
    """One line of the edition. `met` None: nothing recorded decides it."""

    name: str
    zh: str
    en: str
    met: bool | None
    because_zh: str
    because_en: str
    evidence: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Course:
    """All that the criteria may ask about one case."""

    kind: str
    severity: str
    found_at: datetime
    readings: Sequence[Reading]
    tests: Sequence[Test]


Verdict = tuple[bool | None, str, str, tuple[UUID, ...]]


def judge(norm: Mapping[str, Any], course: Course, *, now: datetime) -> list[Criterion]:
    """Every criterion the norm names for this kind of case, in its order."""
    asymptomatic = course.kind == "asymptomatic"
    named = norm.get("criteria_asymptomatic" if asymptomatic else "criteria", ())
    found = []
    for name in named:
        zh, en, look = _LINES[name]
        met, because_zh, because_en, evidence = look(norm, course, now)
        about = {key: int(value) if isinstance(value, int) else value for key, value in norm.items()}
        title_zh, title_en = _tests_titles(norm, course) if name == "tests" else (zh, en)
        if name == "symptoms" and norm.get("symptoms") == "better":
            title_zh, title_en = "症状明显好转", "Symptoms clearly better"
        found.append(
            Criterion(name, title_zh.format(**about), title_en.format(**about), met, because_zh, because_en, evidence)
        )
    return found


def _temperature(norm: Mapping[str, Any], course: Course, now: datetime) -> Verdict:
    """Normal from the first reading after the last fever to the latest reading: that span must be long enough."""
    readings = [
        each for each in course.readings if each.at <= now and (each.temperature is not None or _feverish(each))
    ]
    if not readings:
        return None, "没有体温记录", "No temperature is recorded", ()
    normal = list(takewhile(lambda each: not _fever(each, norm), reversed(readings)))
    latest = readings[-1]
    if not normal:
        told = "" if latest.temperature is None else f" {latest.temperature:g}℃"
        return False, f"最近一次仍发热{told}", f"Fever at the latest reading{told}", (latest.fact,)
    first, span = normal[-1], latest.at - normal[-1].at
    days = int(norm["fever_free_days"])
    evidence = (first.fact, latest.fact) if first is not latest else (latest.fact,)
    if span >= timedelta(days=days):
        return True, f"自{first.at:%m-%d %H:%M}起体温正常", f"Normal since {first.at:%d %b %H:%M}", evidence
    if now - first.at >= timedelta(days=days):
        return None, f"{latest.at:%m-%d %H:%M}后没有体温记录", f"No temperature since {latest.at:%d %b %H:%M}", evidence
    return False, f"体温正常不足{days}天", f"Normal for less than {days} days", evidence


def _symptoms(norm: Mapping[str, Any], course: Course, now: datetime) -> Verdict:
    readings = [each for each in course.readings if each.at <= now and (each.symptoms is not None or each.free_since)]
    if not readings:
        if course.kind == "asymptomatic":
            return True, "无症状，未记录到症状", "Without symptoms, and none recorded", ()
        return None, "没有症状记录", "No symptoms are recorded", ()
    latest = readings[-1]
    if not latest.symptoms or (latest.free_since and latest.free_since <= local_date(now) and not latest.symptoms):
        return True, "症状已消失", "Symptoms are gone", (latest.fact,)
    most = max(readings, key=lambda each: len(each.symptoms or ()))
    fewer = latest.symptoms < (most.symptoms or frozenset()) and not _fever(latest, norm)
    if norm.get("symptoms") == "better" and fewer:
        return True, "症状较前减少", "Fewer symptoms than before", (most.fact, latest.fact)
    return False, "最近一次仍有症状", "Symptoms at the latest reading", (latest.fact,)


def _tests(norm: Mapping[str, Any], course: Course, now: datetime) -> Verdict:
    """The run of clear results up to the latest one must hold enough of them, far enough apart."""
    first_day = local_date(course.found_at) + timedelta(days=_from_day(norm, course))
    taken = [each for each in course.tests if each.method != "antigen" and course.found_at < each.at <= now]
    if not taken:
        return None, "报告后没有核酸结果", "No nucleic acid result since the report", ()
    clear = list(takewhile(lambda each: _clear(each, norm), reversed(taken)))
    if not clear:
        ct = "" if taken[-1].ct is None else f"（Ct {taken[-1].ct:g}）"
        return False, f"最近一次未达标{ct}", f"The latest result is not clear{ct.replace('（', ' (').replace('）', ')')}", (taken[-1].fact,)  # fmt: skip
    counted = [each for each in reversed(clear) if local_date(each.at) >= first_day]
    evidence = tuple(each.fact for each in counted)
    need, hours = int(norm["negatives"]), int(norm["apart_hours"])
    if len(counted) < need:
        return False, f"达标{len(counted)}次，需{need}次", f"{len(counted)} of {need} results", evidence
    if counted[-1].at - counted[0].at < timedelta(hours=hours):
        return False, f"采样间隔不足{hours}小时", f"Samples less than {hours} hours apart", evidence
    return True, f"连续{len(counted)}次达标", f"{len(counted)} clear results in a row", evidence


def _antigen(norm: Mapping[str, Any], course: Course, now: datetime) -> Verdict:
    taken = [each for each in course.tests if each.method == "antigen" and course.found_at < each.at <= now]
    if not taken:
        return None, "没有抗原结果", "No antigen result", ()
    negative = taken[-1].result == "negative"
    said = ("最近一次抗原阴性", "The latest antigen is negative") if negative else ("最近一次抗原阳性", "The latest antigen is positive")  # fmt: skip
    return negative, *said, (taken[-1].fact,)


def _days(norm: Mapping[str, Any], course: Course, now: datetime) -> Verdict:
    served = (local_date(now) - local_date(course.found_at)).days
    return served >= int(norm["days"]), f"已{served}天", f"{served} days so far", ()


def _imaging(norm: Mapping[str, Any], course: Course, now: datetime) -> Verdict:
    return None, "平台不记录影像，由医生判断", "Imaging is not recorded here; the clinician decides", ()


_LINES: Mapping[str, tuple[str, str, Callable[[Mapping[str, Any], Course, datetime], Verdict]]] = {
    "temperature": ("体温正常{fever_free_days}天以上", "Temperature normal for {fever_free_days} days", _temperature),
    "symptoms": ("症状消失", "Symptoms gone", _symptoms),
    "imaging": ("肺部影像明显改善", "Lung images clearly better", _imaging),
    "tests": ("", "", _tests),
    "antigen": ("抗原阴性", "Antigen negative", _antigen),
    "days": ("隔离满{days}天", "{days} days of isolation", _days),
}


def _tests_titles(norm: Mapping[str, Any], course: Course) -> tuple[str, str]:
    ct = norm.get("ct_at_least")
    what_zh, what_en = (f"阴性或Ct值≥{ct}", f"negative or with Ct {ct} or more") if ct else ("阴性", "negative")
    day = _from_day(norm, course)
    since_zh, since_en = (f"，第{day}天起", f", from day {day} on") if day else ("", "")
    return (
        f"连续{{negatives}}次核酸{what_zh}，间隔至少{{apart_hours}}小时{since_zh}",
        f"{{negatives}} nucleic acid results in a row {what_en}, at least {{apart_hours}} hours apart{since_en}",
    )


def _from_day(norm: Mapping[str, Any], course: Course) -> int:
    at_home = course.kind == "asymptomatic" or course.severity in norm.get("home_severities", ())
    return int(norm.get("tests_from_day", 0)) if at_home else 0


def _clear(test: Test, norm: Mapping[str, Any]) -> bool:
    if test.result == "negative":
        return True
    return test.ct is not None and "ct_at_least" in norm and test.ct >= float(norm["ct_at_least"])


def _feverish(reading: Reading) -> bool:
    return FEVER in (reading.symptoms or ())


def _fever(reading: Reading, norm: Mapping[str, Any]) -> bool:
    return _feverish(reading) or (reading.temperature is not None and reading.temperature >= float(norm["fever_at"]))
