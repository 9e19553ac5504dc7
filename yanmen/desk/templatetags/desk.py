"""Words, numbers and times as people read them, in the language of the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yanmen.base.clock import BEIJING
from yanmen.desk import said
from yanmen.desk import words as titles
from yanmen.desk.pages import PAGES
from yanmen.desk.policy_book import rule_or_none
from yanmen.loop.catalogue import catalogue
from yanmen.registry.scope import PURPOSES

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_IDS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(,[0-9a-f-]{36})*")
register = template.Library()


def chinese() -> bool:
    """Is the page in Chinese?"""
    return (get_language() or "zh").startswith("zh")


@register.filter
def say(thing: Any) -> str:
    """The title of a kind, a {"zh", "en"} pair, or a thing with name_zh and name_en."""
    if thing is None:
        return ""
    language = "zh" if chinese() else "en"
    if isinstance(thing, Mapping):
        return str(thing.get(language) or thing.get("zh") or thing.get("en") or "")
    for name in (language, f"name_{language}", "name_zh", "name"):
        value = getattr(thing, name, None)
        if value:
            return str(value)
    return str(thing)


@register.filter
def number(value: Any) -> str:
    """1234567 → 1,234,567; nothing → –."""
    if value in (None, ""):
        return "–"
    return f"{value:,.1f}" if isinstance(value, float) and value % 1 else f"{int(value):,}"


@register.filter
def signed(value: int) -> str:
    """A difference with its sign: +3, −8, ±0."""
    return "±0" if not value else f"+{value:,}" if value > 0 else f"−{-value:,}"


@register.filter
def moment(value: datetime | None) -> str:
    """A moment to the minute, in local time."""
    return value.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M") if value else "–"


@register.filter
def day(value: date | datetime | None) -> str:
    """A calendar day."""
    if isinstance(value, datetime):
        value = value.astimezone(BEIJING).date()
    return value.isoformat() if value else "–"


@register.filter
def until(due: datetime, now: datetime) -> str:
    """How long until ``due``, or how long overdue."""
    minutes = round((due - now).total_seconds() / 60)
    late, span = minutes < 0, _span(abs(minutes))
    return _("%(span)s overdue") % {"span": span} if late else _("in %(span)s") % {"span": span}


def _span(minutes: int) -> str:
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}


@register.filter
def area_name(code: str | None) -> str:
    """The name of an area, by its code."""
    return titles.area_name(code or "", chinese())


@register.filter
def role_title(name: str) -> str:
    return say(titles.role(name))


@register.filter
def purpose_title(name: str) -> str:
    zh, en = PURPOSES.get(name, (name, name))
    return say({"zh": zh, "en": en})


@register.filter
def fact_title(name: str) -> str:
    return say(titles.fact(name))


@register.filter
def measure_title(name: str) -> str:
    return say(titles.measure(name))


@register.filter
def task_title(name: str) -> str:
    return say(titles.task(name))


@register.filter
def word(name: str) -> str:
    """A word of the packs (a place of stay, a colour, a tier) or of the loop (a state)."""
    return say(titles.word(name))


@register.filter
def item(mapping: Mapping[Any, Any], name: Any) -> Any:
    """mapping[name], or nothing."""
    return mapping.get(name) if mapping else None


@register.simple_tag
def icon(name: str, extra: str = "") -> str:
    """One picture of the sprite; decoration only, hidden from screen readers."""
    return _picture(name, extra)


@lru_cache(1024)  # a menu has seventy, and few are different
def _picture(name: str, extra: str) -> str:
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        extra, static("desk/icons.svg"), name,
    )  # fmt: skip


@register.filter
@lru_cache(1024)
def address(name: str) -> str:
    """Where a page is that takes no arguments, by its name. Asked seventy times a menu, and never anything new."""
    return reverse(name)


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, name: str, *values: Any) -> str:
    """The address of a page, where it is installed and the reader's role may open it; empty otherwise."""
    found, scope = PAGES.get(name), context["request"].scope
    return reverse(name, args=values) if found and scope is not None and found.opens_for(scope.role) else ""


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """The page's own query string with some parts changed; an empty value removes a part."""
    parameters = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            parameters.pop(name, None)
        else:
            parameters[name] = value
    encoded = parameters.urlencode()
    return f"?{encoded}" if encoded else "?"


@register.filter
def local(value: datetime) -> datetime:
    return timezone.localtime(value, BEIJING)


@register.filter
def words(text: str) -> list[str]:
    """Names given in one string, for loops in templates."""
    return text.split()


@register.filter
def rule_title(name: str) -> str:
    """The title of a rule, or its id when the rule is gone."""
    rule = rule_or_none(name)
    return say(rule) if rule else name


@register.filter
def own_name(code: str) -> str:
    """The name of an area without its parent's."""
    return titles.own_name(code, chinese())


@register.filter
def plain(value: float) -> str:
    """A number for SVG: a point, whatever the language."""
    return f"{value:.3f}"


@register.filter
def fact_details(fact: Any) -> str:
    """What a fact says, field by field, in words where there are words."""
    detail = fact.detail if hasattr(fact, "detail") else fact.get("detail") or {}
    parts = [
        f"{say(titles.field(name))} {_value(name, value)}"
        for name, value in detail.items()
        if _worth_saying(name, value)
    ]
    return " · ".join(parts)


def _worth_saying(name: str, value: Any) -> bool:
    """What a reader can make something of: no keys, no lists of ids of other facts."""
    return name not in titles.KEYS and value not in (None, "", []) and not _IDS.fullmatch(str(value))


def _value(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, (list, tuple)):
        return ", ".join(_value(name, one) for one in value)
    if name in titles.PLACES_OF_FIELDS and str(value).isdigit():
        return area_name(str(value))
    if isinstance(value, str) and _MOMENT.match(value):
        return moment(datetime.fromisoformat(value))
    return say(titles.word(value)) if isinstance(value, str) and value.isidentifier() else str(value)


@register.filter
def value_title(name: str) -> dict[str, str]:
    """The title of a rule's value."""
    return said.value_title(name)


@register.filter
def end_title(name: str) -> Any:
    """The title of an end condition."""
    return catalogue.ends.get(name) or titles.word(name)


@register.filter
def count_from_title(rule: Any) -> Any:
    """The title of the column that a rule counts from."""
    relation = catalogue.relations.get(rule.given)
    columns = {column.name: column for column in relation.columns} if relation else {}
    return columns.get(rule.count_from) or titles.word(rule.count_from)


@register.filter
def say_both(row: Any) -> str:
    """The message of a receipt, which carries both languages."""
    return (row.zh if chinese() else row.en) or ""
