"""Rule lines and values in words: what an officer reads instead of the condition language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from yanmen.desk import words
from yanmen.loop.catalogue import catalogue
from yanmen.loop.policy.words import Rule

Title = dict[str, str]

TOKEN = re.compile(r"'[^']*'|[A-Za-z_][\w\x00]*|\d+|<>|<=|>=|\S")
SIGNS: dict[str, Title] = {
    "=": {"zh": "为", "en": "is"},
    "<>": {"zh": "不同于", "en": "differs from"},
    ">=": {"zh": "≥", "en": "≥"},
    "<=": {"zh": "≤", "en": "≤"},
    "and": {"zh": "且", "en": "and"},
    "or": {"zh": "或", "en": "or"},
    "not": {"zh": "非", "en": "not"},
    "in": {"zh": "属于", "en": "among"},
    "not in": {"zh": "不属于", "en": "not among"},
    "is": {"zh": "为", "en": "is"},
    "is null": {"zh": "尚无", "en": "is not known"},
    "is not null": {"zh": "已有", "en": "is known"},
    "is true": {"zh": "：是", "en": ": yes"},
    "is not true": {"zh": "：否，或不明", "en": ": no, or not known"},
    "is false": {"zh": "：否", "en": ": no"},
    "is not false": {"zh": "：是，或不明", "en": ": yes, or not known"},
    "null": {"zh": "空", "en": "unknown"},
    "true": {"zh": "是", "en": "yes"},
    "false": {"zh": "否", "en": "no"},
    "between": {"zh": "介于", "en": "between"},
    "as_of": {"zh": "当日", "en": "the day itself"},
    "known_on": {"zh": "得知之日", "en": "the day it became known"},
}
JOINED = ("is not null", "is not true", "is not false", "is null", "is true", "is false", "not in")
VALUES: dict[str, Title] = {
    "stages": {"zh": "阶段", "en": "Stages"},
    "tests": {"zh": "检测日", "en": "Test days"},
    "tasks": {"zh": "任务时限", "en": "Task clocks"},
    "look_back": {"zh": "追溯期", "en": "Look-back"},
    "case_look_back": {"zh": "病例追溯期", "en": "Case look-back"},
    "look_back_before_onset": {"zh": "发病前追溯期", "en": "Look-back before onset"},
    "antibodies_after_onset": {"zh": "发病后抗体检测日", "en": "Antibody test after onset"},
    "at_most": {"zh": "上限", "en": "At most"},
    "more_than": {"zh": "超过", "en": "More than"},
    "before_departure": {"zh": "出发前检测时限", "en": "Test before departure within"},
    "boarding_test": {"zh": "登乘检测时限", "en": "Boarding test within"},
    "hotel_test": {"zh": "入住检测时限", "en": "Hotel test within"},
    "leave_city_test": {"zh": "离市检测时限", "en": "Test to leave the city within"},
    "consecutive": {"zh": "连续次数", "en": "In a row"},
    "negatives": {"zh": "阴性次数", "en": "Negative tests"},
    "negatives_apart": {"zh": "阴性间隔", "en": "Time between negatives"},
    "tests_apart": {"zh": "检测间隔", "en": "Time between tests"},
    "ct_at_least": {"zh": "Ct 值下限", "en": "Ct at least"},
    "positive_below_ct": {"zh": "阳性 Ct 界值", "en": "Positive below Ct"},
    "infectious_below": {"zh": "有传染性的 Ct 界值", "en": "Infectious below Ct"},
    "past_infection_ct": {"zh": "既往感染 Ct 界值", "en": "Past infection from Ct"},
    "enough_days_off": {"zh": "足够的离岗天数", "en": "Enough days off the post"},
    "exempt_below_age": {"zh": "免检年龄", "en": "Exempt below age"},
    "fever_free": {"zh": "无发热天数", "en": "Days without fever"},
    "full_test_before_lift": {"zh": "解除前全员检测", "en": "Full test before lifting"},
    "kinds": {"zh": "类型范围", "en": "The kinds"},
    "managed_elsewhere": {"zh": "另有规定的病情", "en": "Severities ruled elsewhere"},
    "severities": {"zh": "病情范围", "en": "The severities"},
    "not_zoned": {"zh": "不划风险区的发现方式", "en": "Found in, without zoning"},
    "only_home_fit": {"zh": "仅限居家条件合适", "en": "Only where home fits"},
    "only_of_high_risk": {"zh": "仅限高风险密接", "en": "Only of high-risk contacts"},
    "over_hours": {"zh": "停留时长", "en": "Hours in the grid"},
    "over_minutes": {"zh": "共处时长", "en": "Minutes together"},
    "port_cities": {"zh": "口岸城市名单", "en": "The port cities"},
    "posts": {"zh": "岗位范围", "en": "The posts"},
    "reclassify": {"zh": "是否重新判定", "en": "Classified anew"},
    "unit": {"zh": "划定单元", "en": "Unit of zoning"},
    "units": {"zh": "划定单元范围", "en": "The units of zoning"},
}
HOURS = {
    "before_departure",
    "boarding_test",
    "hotel_test",
    "leave_city_test",
    "negatives_apart",
    "tests_apart",
    "within_hours",
}
DAYS = {"look_back", "case_look_back", "look_back_before_onset", "enough_days_off", "fever_free"}


def value_title(name: str) -> Title:
    """The title of a rule's value."""
    return VALUES.get(name) or words.field(name)


def line_in_words(rule: Rule | None, text: str, values: Mapping[str, Any] | None = None) -> Title:
    """One line of a rule's ``when`` as a sentence in both languages."""
    relation = catalogue.relations.get(rule.given) if rule else None
    columns = (
        {column.name: {"zh": _short(column.zh), "en": _short(column.en)} for column in relation.columns}
        if relation
        else {}
    )
    known = dict(values or {})
    parts = [_part(token, columns, known) for token in _tokens(text)]
    return {"zh": _tidy(" ".join(part["zh"] for part in parts)), "en": _tidy(" ".join(part["en"] for part in parts))}


def _short(title: str) -> str:
    """A column's title without its explanations."""
    return re.split(r"[（(；;]", title, maxsplit=1)[0].strip()


def _tokens(text: str) -> list[str]:
    folded = re.sub(r"=\s*(true|false)\b", r"is \1", text.strip())
    for phrase in JOINED:
        folded = re.sub(_phrase(phrase), phrase.replace(" ", "\x00"), folded)
    return [token.replace("\x00", " ") for token in TOKEN.findall(folded)]


def _phrase(phrase: str) -> str:
    return r"\b" + r"\s+".join(phrase.split()) + r"\b"


def _part(token: str, columns: Mapping[str, Title], values: Mapping[str, Any]) -> Title:
    if token in SIGNS:
        return SIGNS[token]
    if token in columns:
        return columns[token]
    if token in values:
        title, said = value_title(token), value_in_words(token, values[token])
        return {"zh": f"{title['zh']}（{said['zh']}）", "en": f"{title['en']} ({said['en']})"}
    if token.startswith("'"):
        return words.word(token.strip("'"))
    plain = token.replace("_", " ")
    return VALUES.get(token) or {"zh": plain, "en": plain}


def _tidy(text: str) -> str:
    text = re.sub(r"\s+([,:：)）])", r"\1", re.sub(r"([（(])\s+", r"\1", text))
    return re.sub(r"(?<=[\u4e00-\u9fff”）]) (?=[\u4e00-\u9fff“（])", "", text).strip()


def value_in_words(name: str, value: Any) -> Title:
    """A rule's value as text in both languages."""
    if value is None:
        return {"zh": "–", "en": "–"}
    if isinstance(value, bool):
        return {"zh": "是", "en": "yes"} if value else {"zh": "否", "en": "no"}
    if name == "tests":
        return _test_days(value)
    if isinstance(value, int):
        return _number(name, value)
    if isinstance(value, (list, tuple)):
        return _list(name, value)
    if isinstance(value, Mapping):
        return _mapping(value)
    return words.word(str(value))


def _test_days(value: Any) -> Title:
    days = ", ".join(str(day) for day in value) if isinstance(value, (list, tuple)) else str(value)
    return {"zh": f"第 {days.replace(', ', '、')} 天", "en": f"day {days}"}


def _number(name: str, value: int) -> Title:
    number, span = int(value), type(value).__name__
    if span == "Days" or name in DAYS:
        return {"zh": f"{number} 天", "en": f"{number} days" if number != 1 else "1 day"}
    if span == "Hours" or name in HOURS:
        return {"zh": f"{number} 小时", "en": f"{number} hours"}
    return {"zh": str(number), "en": str(number)}


def _list(name: str, value: Any) -> Title:
    told = [_area_or_word(one) if isinstance(one, str) else value_in_words("", one) for one in value]
    mark = ("；", "; ") if name in ("stages", "tasks") else ("、", ", ")
    nothing = {"zh": "无", "en": "none"}
    return {"zh": mark[0].join(t["zh"] for t in told), "en": mark[1].join(t["en"] for t in told)} if told else nothing


def _area_or_word(name: str) -> Title:
    if name.isdigit():
        return {"zh": words.area_name(name, True), "en": words.area_name(name, False)}
    return words.word(name)


def _mapping(value: Mapping[str, Any]) -> Title:
    """A stage or a task clock."""
    if "place" in value:
        return stage_in_words(value)
    if "kind" in value:
        return _clock(value)
    told = [(value_title(str(name)), value_in_words(str(name), one)) for name, one in value.items()]
    return {
        language: ", ".join(f"{title[language]}: {said[language]}" for title, said in told) for language in ("zh", "en")
    }


def stage_in_words(stage: Mapping[str, Any]) -> Title:
    """A stage: its place, its days, what it marks."""
    place, days = words.word(str(stage["place"])), stage.get("days", stage.get("to_day"))
    zh = f"{place['zh']} {days} 天" if days is not None else f"{place['zh']}（至原因消除）"
    en = f"{place['en']}, {days} days" if days is not None else f"{place['en']}, until the reason ends"
    for name in ("colour", "tier"):
        if stage.get(name):
            mark = words.word(str(stage[name]))
            zh, en = f"{zh}，{mark['zh']}", f"{en}, {mark['en'].lower()}"
    for name in sorted(set(stage) - {"place", "days", "from_day", "to_day", "colour", "tier", "tests"}):
        title, told = words.word(name), value_in_words(name, stage[name])
        zh, en = f"{zh}（{title['zh']}：{told['zh']}）", f"{en} ({title['en'].lower()}: {told['en'].lower()})"
    if stage.get("tests"):
        tests = _test_days(stage["tests"])
        zh, en = f"{zh}，{tests['zh']}检测", f"{en}, tests on {tests['en']}"
    return {"zh": zh, "en": en}


def _clock(value: Mapping[str, Any]) -> Title:
    kind = words.task(str(value["kind"]))
    title = kind if isinstance(kind, dict) else {"zh": kind.zh, "en": kind.en}
    if value.get("within_hours") is not None:
        return {
            "zh": f"{title['zh']}：{value['within_hours']} 小时内",
            "en": f"{title['en']} within {value['within_hours']} hours",
        }
    if value.get("every_days") is not None:
        return {
            "zh": f"{title['zh']}：每 {value['every_days']} 天",
            "en": f"{title['en']} every {value['every_days']} days",
        }
    day = value.get("day")
    return {"zh": f"{title['zh']}：第 {day} 天", "en": f"{title['en']} on day {day}"}
