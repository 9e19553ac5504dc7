"""What the text of a cell means. A date that can be read two ways is not guessed."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from yanmen.base.refusals import Refusal

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


def day(text: str) -> date:
    """A calendar day, year first: 2022-10-07, 2022/10/7, 2022年10月7日, 20221007."""
    found = _DATE.fullmatch(text.strip()) or _COMPACT.fullmatch(text.strip())
    try:
        if found:
            return date(*(int(part) for part in found.groups()))
    except ValueError:
        pass
    raise Refusal("日期请写成 2022-10-07。", "Write the date as 2022-10-07.", value=text)


def whole(text: str) -> int:
    """A whole number without sign."""
    if text.isascii() and text.isdigit() and len(text) < 19:
        return int(text)
    raise Refusal("请填写整数。", "Give a whole number.", value=text)


def degrees(limit: float) -> Callable[[str], float]:
    """A coordinate in degrees."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if -limit <= value <= limit:
            return value
        raise Refusal(
            f"坐标请填 -{limit:g} 到 {limit:g} 之间的度数。",
            f"Give degrees between -{limit:g} and {limit:g}.",
            value=text,
        )

    return read


def choice(options: Mapping[str, tuple[str, str]]) -> Callable[[str], str]:
    """One of a list, by its code or either title."""
    known = {name.casefold(): code for code, titles in options.items() for name in (code, *titles)}

    def read(text: str) -> str:
        if text.casefold() in known:
            return known[text.casefold()]
        zh, en = "、".join(t for t, _ in options.values()), ", ".join(t for _, t in options.values())
        raise Refusal(f"请从中选择：{zh}。", f"Choose one of: {en}.", value=text)

    return read
