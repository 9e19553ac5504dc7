"""Fields of the pages of transfers, read or refused by name."""

from __future__ import annotations

import re

from django.http import HttpRequest

from yanmen.base.refusals import Refusal

MOST = 2_000


def text(request: HttpRequest, name: str, most: int) -> str:
    """A line of text, trimmed."""
    return request.POST.get(name, "").strip()[:most]


def whole(request: HttpRequest, name: str) -> int:
    """A whole number; nothing is 0."""
    said = text(request, name, 20)
    if said and not (said.isascii() and said.isdigit() and len(said) < 16):
        raise Refusal("此处应为非负整数。", "A whole number is expected here.", field=name, value=said)
    return int(said or 0)


def decimal(request: HttpRequest, name: str) -> float:
    """A number."""
    said = text(request, name, 20)
    try:
        return float(said)
    except ValueError:
        raise Refusal("此处应为数字。", "A number is expected here.", field=name, value=said) from None


def numbers(request: HttpRequest, name: str) -> list[int]:
    """The rows that were ticked."""
    ticked = request.POST.getlist(name)[:MOST]
    return [int(each) for each in ticked if each.isascii() and each.isdecimal() and len(each) < 16]


def person_numbers(request: HttpRequest, name: str) -> list[int]:
    """Numbers of people, however they are set apart."""
    said = re.split(r"[\s,，;；]+", request.POST.get(name, "").strip())
    wrong = next((each for each in said if each and not (each.isascii() and each.isdecimal() and len(each) < 16)), None)
    if wrong is not None:
        raise Refusal("请填写人员编号，每行一个。", "Give the numbers of people, one a line.", field=name, value=wrong[:20])  # fmt: skip
    return [int(each) for each in said[:MOST] if each]
