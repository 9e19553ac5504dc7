"""What pages share: when a request came, its form read or refused by field, and days as a chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.subsystems.venues.models import Venue

TEXTS = {"kind": 40, "name_zh": 80, "name_en": 80, "address": 200, "responsible": 64}
WHOLE = ("organisation", "capacity", "stay_minutes")
POINTS = ("longitude", "latitude")


def how_made(days: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Check-ins by day as a chart takes them: on the spot, by phone, in doubt."""
    return {
        "days": [row["day"].isoformat()[5:] for row in days],
        "series": [
            {"name": _("By a scanner or on paper"), "values": [row["all"] - row["by_phone"] for row in days]},
            {"name": _("By phone"), "values": [row["by_phone"] - row["in_doubt"] for row in days]},
            {"name": _("Doubted"), "values": [row["in_doubt"] for row in days]},
        ],
    }


def details(form: Mapping[str, str]) -> dict[str, Any]:
    """The fields of a venue that the form holds; an empty number is none."""
    found: dict[str, Any] = {name: form[name].strip()[:most] for name, most in TEXTS.items() if name in form}
    found |= {name: whole(name, form[name]) for name in WHOLE if name in form}
    found |= {name: _point(name, form[name]) for name in POINTS if name in form}
    if "area" in form:
        found["area"] = form["area"].split(" ")[0].strip()[:12]
    return found


def as_form(venue: Venue) -> dict[str, str]:
    """What is registered, as the form shows it."""
    place = {name: getattr(venue.place, name) for name in ("name_zh", "name_en", "address", *POINTS)}
    own = {name: getattr(venue, name) for name in ("kind", "capacity", "stay_minutes")}
    said = {name: "" if value is None else str(value) for name, value in (place | own).items()}
    return said | {"responsible": venue.responsible.username if venue.responsible else ""}


def spot_check(form: Mapping[str, str]) -> dict[str, Any]:
    """How many went in and how many of them checked in."""
    counted = {name: whole(name, form.get(name, "")) or 0 for name in ("entered", "checked_in")}
    return counted | {"note": form.get("note", "")[:200]}


def whole(name: str, text: str) -> int | None:
    """A whole number, or none for an empty field."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise Refusal("此处应为非负整数。", "A whole number is expected here.", field=name, value=text[:20])
    return int(text)


def _point(name: str, text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError:
        raise Refusal(
            "坐标请填度数，如 112.56。", "Give degrees, such as 112.56.", field=name, value=text[:20]
        ) from None
