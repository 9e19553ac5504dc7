"""What a form costs the grid, and whether a question was asked before under another wording."""

from __future__ import annotations

import re
from collections.abc import Mapping

WEEK = 7
EMPTY = re.compile(
    r"是否|有无|情况|今日|当日|当天|本人|目前|现在|请填写|登记|信息|姓名及|[\s:：?？,，。、()（）/\-_]"
    r"|\b(?:the|of|a|an|is|are|has|have|whether|today|current|please|person)\b",
    re.IGNORECASE,
)
SAME = {
    "温度": "体温", "body temperature": "temperature", "手机号": "电话", "手机": "电话", "联系电话": "电话", "电话号码": "电话",
    "身份证": "证件号码", "身份证号": "证件号码", "身份证号码": "证件号码", "证件号": "证件号码", "住址": "地址", "现住址": "地址",
    "家庭住址": "地址", "居住地址": "地址", "详细地址": "地址", "出生年月": "出生日期", "生日": "出生日期", "核酸结果": "检测结果",
    "核酸": "检测结果", "抗原结果": "检测结果", "来源地": "出发地", "从哪里来": "出发地", "到达日期": "抵达日期", "返回日期": "抵达日期",
    "发热": "症状", "咳嗽": "症状", "不适": "症状", "所需药品": "需求", "需要药品": "需求", "生活物资需求": "需求", "物资需求": "需求",
    "就医需求": "需求", "特殊需求": "需求", "困难": "需求", "phone number": "phone", "telephone": "phone", "home address": "address",
}  # fmt: skip
"""Other ways to ask the same."""


def plain(title: str) -> str:
    """A question without what says nothing, by its usual name."""
    bare = EMPTY.sub(" " if title.isascii() else "", title.strip()).strip().casefold()
    bare = re.sub(r"\s+", " ", bare)
    return SAME.get(bare, bare)


def asked_before(title: str, vocabulary: Mapping[str, str]) -> str:
    """Where a question was answered already: the place of the same title, or nothing."""
    wanted = plain(title)
    return vocabulary.get(wanted, "") if wanted else ""


def minutes_a_week(*, doors: int, questions: int, every_days: int, seconds: float, seconds_a_door: float = 0) -> float:
    """Grid-minutes a week that so many questions take at so many doors, one visit every so many days."""
    visits = doors * WEEK / max(1, every_days)
    return visits * (questions * seconds + seconds_a_door) / 60
