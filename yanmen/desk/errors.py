"""A refusal of any layer as the doors show it: field, value, what was wrong and what to do."""

from __future__ import annotations

from typing import Any


def refusal_of(error: BaseException) -> dict[str, Any] | None:
    """The refusal inside an error that speaks both languages; None for any other error."""
    zh, en = getattr(error, "zh", None), getattr(error, "en", None)
    if not (isinstance(zh, str) and isinstance(en, str)):
        return None
    return refusal(zh, en, field=str(getattr(error, "field", "")), value=str(getattr(error, "value", "")))


def refusal(
    zh: str, en: str, *, field: str = "", value: str = "", remedy_zh: str = "", remedy_en: str = ""
) -> dict[str, Any]:
    """One refusal as the API and the pages carry it."""
    return {
        "field": field,
        "value": value[:80],
        "message": {"zh": zh, "en": en},
        "remedy": {"zh": remedy_zh, "en": remedy_en},
    }
