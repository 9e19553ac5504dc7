"""What the columns of a line list are called, and what stands in them: by a table, never by position.

Names are those of the known files (outbreaks and epiparameter line lists, Go.Data exports, SORMAS imports) and what
Chinese and English sheets call the same thing. The earlier name wins where a file has several; the others are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

Words = Mapping[str, tuple[str, ...]]

FIELDS: Words = {
    "key": ("case_key", "病例标识"),
    "told": ("refused_because", "拒绝原因"),
    "source_id": ("uuid", "case_id", "caseid", "epidnumber", "id", "病例编号", "病例id", "报告卡编号", "卡片编号", "编号"),
    "name": ("name", "full_name", "姓名", "患者姓名"),
    "first_name": ("firstname", "first_name", "person.firstname", "given_name", "名"),
    "last_name": ("lastname", "last_name", "person.lastname", "surname", "family_name", "姓"),
    "sex": ("sex", "gender", "person.sex", "性别"),
    "born_on": ("birth_date", "date_of_birth", "dob", "born_on", "出生日期"),
    "birth_day": ("person.birthdatedd",),
    "birth_month": ("person.birthdatemm",),
    "birth_year": ("person.birthdateyyyy",),
    "age": ("age", "person.approximateage", "年龄"),
    "age_unit": ("age_unit", "person.approximateagetype", "年龄单位"),
    "onset_on": (
        "date_of_onset", "symptom_onset", "onset_date", "date_onset", "date_onset_symptoms", "symptoms.onsetdate",
        "onset", "onset_on", "发病日期", "起病日期", "发病时间",
    ),
    "onset_day": ("start_illness", "onset_day", "发病日序"),
    "infected_on": ("date_of_infection", "infection_date", "presumed_infected_date", "infected_on", "感染日期"),
    "hospitalised_on": (
        "date_of_hospitalisation", "date_of_hospitalization", "date_hospital", "hospitalization_startdate",
        "date_of_admission", "hospitalised_on", "入院日期", "住院日期",
    ),
    "reported_on": ("date_of_reporting", "date_of_report", "report_date", "reportdate", "reported_on", "报告日期"),
    "confirmed_on": ("date_of_confirmation", "date_confirmation", "confirm_date", "confirmed_on", "确诊日期"),
    "outcome": ("outcome", "outcome_id", "person.presentcondition", "转归", "结局"),
    "outcome_on": ("date_of_outcome", "outcome_date", "date_discharge", "outcome_on", "转归日期"),
    "died_on": ("date_of_death", "death", "died_on", "死亡日期"),
    "contact_on": ("date_of_last_contact", "last_contact", "last_contact_on", "末次接触日期", "接触日期"),
    "classification": ("classification", "case_classification", "caseclassification", "病例分类", "诊断类型"),
    "disease": ("disease", "病种", "疾病", "疾病名称"),
    "province": ("province", "region", "admin_1_name", "省", "省份"),
    "city": ("city", "person.address.city", "市", "地市"),
    "county": ("county", "district", "admin_2_name", "县", "区县", "县区", "县（市、区）", "县(市、区)"),
    "town": ("town", "community", "admin_3_name", "乡镇", "街道", "乡镇街道"),
    "address": ("address", "现住址", "住址", "详细地址"),
    "hospital": ("hospital", "healthfacility", "hospitalization_centername", "医院", "就诊医院", "报告单位"),
    "lon": ("lon", "long", "longitude", "lng", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "infectors": ("infector", "infector_id", "source_case", "infection_source", "传染源", "感染来源", "传染源编号"),
    "contacts": ("related_cases", "linked_cases", "contacts", "关联病例"),
    "cluster_links": ("cluster_links",),
}  # fmt: skip
ID_COLUMNS = frozenset(("infector", "infector_id", "source_case", "传染源编号"))
"""Columns of links that hold numbers of cases and no prose."""
DATES = (
    "born_on", "onset_on", "infected_on", "hospitalised_on", "reported_on", "confirmed_on", "outcome_on", "died_on",
    "contact_on",
)  # fmt: skip
PLACES = ("province", "city", "county", "town")

SEXES: Words = {"male": ("m", "male", "man", "男", "男性"), "female": ("f", "female", "woman", "女", "女性")}
OUTCOMES: Words = {
    "died": ("death", "dead", "died", "deceased", "死亡"),
    "recovered": ("recover", "recovered", "cured", "治愈", "痊愈"),
    "discharged": ("discharged", "discharge", "出院"),
    "alive": ("alive", "存活", "好转"),
    "ill": ("ill", "hospitalised", "hospitalized", "在院", "在治"),
}
CLASSES: Words = {
    "confirmed": ("confirmed", "确诊", "确诊病例", "实验室诊断"),
    "probable": ("probable", "临床诊断", "临床诊断病例"),
    "suspected": ("suspect", "suspected", "疑似", "疑似病例"),
    "asymptomatic": ("asymptomatic", "无症状", "无症状感染者"),
    "no_case": ("not_a_case_discarded", "not_a_case", "no_case", "discarded", "排除", "非病例"),
    "": ("not_classified",),
}
UNITS: Words = {
    "years": ("year", "years", "y", "yr", "yrs", "岁", "周岁", "年"),
    "months": ("month", "months", "mo", "月", "月龄", "个月"),
    "days": ("day", "days", "d", "天", "日", "日龄"),
}
NOTHING = frozenset(
    ("", "na", "n/a", "n.a", "n.a.", "nan", "null", "none", "nil", "unknown", "-", "--", "/", "无", "不详", "未知")
)  # fmt: skip
_GODATA = re.compile(r"^LNG_REFERENCE_DATA_CATEGORY_(?:GENDER|OUTCOME|CASE_CLASSIFICATION)_")
_FIELD_OF = {name: (field, rank) for field, names in FIELDS.items() for rank, name in enumerate(names)}


def plain(heading: str) -> str:
    """A heading as the table spells it: lower case, one underscore for blanks and hyphens, no marks of need."""
    return re.sub(r"[\s_-]+", "_", heading.strip(" \t\n*＊:：\ufeff")).casefold()


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Which column holds which field."""
    found: dict[str, tuple[int, int]] = {}
    for place, heading in enumerate(header):
        field, rank = _FIELD_OF.get(plain(heading), ("", 0))
        if field and (field not in found or rank < found[field][0]):
            found[field] = (rank, place)
    return {field: place for field, (_, place) in found.items()}


@lru_cache(20_000)
def is_nothing(text: str) -> bool:
    """Whether the cell says that there is nothing to say."""
    return text.strip().casefold() in NOTHING


@lru_cache(1000)
def _said(text: str) -> str:
    return plain(_GODATA.sub("", text.strip()))


def word(text: str, words: Words) -> str | None:
    """Which of the words this is; None if it is none of them."""
    said = _said(text)
    return next((meaning for meaning, names in words.items() if said in names or said == meaning), None)
