"""What to do about an input that does not fit, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_TEXTS = {
    "missing": ("缺少此项。", "This field is missing.", "请补上此项。", "Add it."),
    "extra_forbidden": (
        "没有此项。",
        "There is no such field.",
        "请删去，或检查拼写。",
        "Remove it, or check the spelling.",
    ),
    "date": ("不是有效日期。", "Not a valid date.", "请写成 2022-11-11。", "Write it like 2022-11-11."),
    "datetime": (
        "不是有效时间。",
        "Not a valid time.",
        "请写成 2022-11-11T08:00:00+08:00。",
        "Write it like 2022-11-11T08:00:00+08:00.",
    ),
    "int": ("不是整数。", "Not a whole number.", "请只填数字。", "Use digits only."),
    "uuid": ("不是有效编号。", "Not a valid id.", "请使用系统给出的编号。", "Use the id that the system gave."),
    "string_too_long": ("太长。", "Too long.", "请缩短。", "Shorten it."),
    "string_too_short": ("太短。", "Too short.", "请补充完整。", "Complete it."),
    "literal_error": ("不在可选范围内。", "Not one of the choices.", "可选：{expected}", "Choose one of: {expected}"),
    "enum": ("不在可选范围内。", "Not one of the choices.", "可选：{expected}", "Choose one of: {expected}"),
    "": ("内容不符合要求。", "This does not fit.", "请对照接口说明修改。", "See the API description."),
}


def remedy_for(error: Mapping[str, Any]) -> dict[str, Any]:
    """One pydantic error as field, value, message and remedy."""
    kind = str(error.get("type", ""))
    found = next((kind_ for kind_ in _TEXTS if kind_ and kind.startswith(kind_)), "")
    zh, en, remedy_zh, remedy_en = _TEXTS[found]
    expected = dict(error.get("ctx") or {}).get("expected", "")
    where = [str(part) for part in error.get("loc", ()) if part not in ("body", "query", "path")]
    value = error.get("input", "")
    return {
        "field": ".".join(where),
        "value": "" if isinstance(value, (dict, list)) else str(value)[:80],
        "message": {"zh": zh, "en": en},
        "remedy": {"zh": remedy_zh.format(expected=expected), "en": remedy_en.format(expected=expected)},
    }
