"""Campaigns: testing an area in rounds, its heaviest parts first; whoever is missing when a round closes is work for the grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, transaction

from yanmen.base.area_codes import Level, level_of
from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop import facts
from yanmen.loop.policies import numbers
from yanmen.registry import areas
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.screening.kinds import MISSED
from yanmen.subsystems.screening.methods.courses import CAMPAIGN
from yanmen.subsystems.screening.methods.words import GROUPS
from yanmen.subsystems.screening.models import Campaign, Part, Round, Site
from yanmen.subsystems.screening.queries import campaigns as queries
from yanmen.subsystems.screening.queries.looking import pool_sizes
from yanmen.subsystems.screening.queries.statements import BINDINGS, statement

RECOUNT_PEOPLE = 500_000
"""A round of so many people is counted anew each minute; a larger one so many times less often."""


@transaction.atomic
def plan_campaign(
    *, scope: Scope, area: str, name_zh: str, basis: str, pools: Mapping[str, int], starts_at: datetime, by: str, now: datetime,
    name_en: str = "", within_hours: int | None = None,
) -> Campaign:  # fmt: skip
    """Plan the testing of an area. How many share a tube, and how long it may take, is what the guide of that day allows."""
    code = areas.area(area).code
    scope.require(code)
    if not name_zh.strip():
        raise Refusal("请填写行动名称。", "Give the campaign a name.", field="name_zh")
    if not basis.strip():
        raise Refusal("请写明依据（文件或命令）。", "Say on whose order it is done.", field="basis")
    norm = queries.within_hours(scope, people=queries.people_of(scope, code), now=starts_at)
    if norm is None:
        raise Refusal(
            "该日期没有施行中的区域核酸检测指南，不得按行政区域开展全员核酸检测。",
            "No guide to testing whole areas is in force on that day: areas are not tested as a whole.",
            field="starts_at", value=f"{local_date(starts_at)}",
        )  # fmt: skip
    hours = within_hours or norm
    if not 1 <= hours <= norm:
        raise Refusal(
            f"施行中的指南要求{norm}小时内完成。", f"The guide in force asks for {norm} hours at most.",
            field="within_hours", value=str(hours),
        )  # fmt: skip
    return Campaign.objects.create(
        area=code, name_zh=name_zh.strip(), name_en=name_en.strip(), basis=basis.strip(), pools=_pools(pools, starts_at),
        within_hours=hours, starts_at=starts_at, created_at=now, created_by=by,
    )  # fmt: skip


@transaction.atomic
def start_campaign(*, scope: Scope, campaign: int, by: str, now: datetime) -> Round:
    """Start, and open the first round."""
    found = _mine(scope, campaign)
    found.state = CAMPAIGN.after(found.state, "start")
    found.save(update_fields=["state"])
    return _add_round(scope, found, opens_at=now, closes_at=None)


@transaction.atomic
def add_round(
    *, scope: Scope, campaign: int, opens_at: datetime, by: str, now: datetime, closes_at: datetime | None = None
) -> Round:
    """Open one more round of a running campaign, after the one before is closed."""
    found = _mine(scope, campaign)
    if found.state != "running":
        raise Refusal("行动未在进行中。", "The campaign is not running.", field="campaign", value=found.state)
    _refuse_open_round(found)
    last = found.rounds.order_by("-number").first()
    if last and opens_at < last.closes_at:
        raise Refusal(
            "新一轮不能早于上一轮结束。", "A round begins after the one before has closed.",
            field="opens_at", value=opens_at.isoformat(),
        )  # fmt: skip
    return _add_round(scope, found, opens_at=opens_at, closes_at=closes_at)


@transaction.atomic
def close_round(*, scope: Scope, round: int, by: str, now: datetime) -> int:
    """Close a round: everybody of its area who was not bound missed it. Returns how many."""
    found: Round | None = scope.within(Round.objects.select_for_update(), "area").filter(pk=round).first()
    if found is None:
        raise Refusal(
            "您的辖区内没有这一轮次。", "There is no such round in your areas.", field="round", value=str(round)
        )
    if found.closed_at is not None:
        raise Refusal("这一轮已经结束。", "This round was closed before.", field="round", value=str(round))
    if found.opens_at >= now:
        raise Refusal("这一轮尚未开始。", "This round has not begun.", field="round", value=str(round))
    return _close(scope, found, by=by, now=now)


def close_due(*, by: str, now: datetime) -> int:
    """Close the rounds whose time is over and whose phones had the norm's minutes to deliver. Returns how many.

    The worker does it, so that nobody who was left out waits for somebody to press a button.
    """
    rows = Round.objects.using("loop").filter(closed_at=None, closes_at__lt=now, campaign__state="running")
    return sum(_close_if_due(each.pk, each.area[:2], by=by, now=now) for each in rows)


def _close_if_due(number: int, province: str, *, by: str, now: datetime) -> bool:
    scope = system(province)
    with acting(scope), transaction.atomic():
        found = Round.objects.select_for_update().filter(pk=number, closed_at=None).first()
        if found is None or now < found.closes_at + timedelta(minutes=queries.delivery_minutes(scope, found)):
            return False
        _close(scope, found, by=by, now=now)
        return True


def _close(scope: Scope, found: Round, *, by: str, now: datetime) -> int:
    found.closed_at, found.closes_at = now, min(found.closes_at, now)
    found.save(update_fields=["closed_at", "closes_at"])
    return facts.record_many(MISSED.name, _missed(scope, found, now), by=by, now=now).created


@transaction.atomic
def end_campaign(*, scope: Scope, campaign: int, by: str, now: datetime) -> Campaign:
    """The campaign is over; its last round was closed."""
    found = _mine(scope, campaign)
    found.state = CAMPAIGN.after(found.state, "end")
    _refuse_open_round(found)
    found.ended_at = now
    found.save(update_fields=["state", "ended_at"])
    return found


@transaction.atomic
def cancel_campaign(*, scope: Scope, campaign: int, by: str, now: datetime) -> Campaign:
    """Call a campaign off. An open round closes, and nobody missed it."""
    found = _mine(scope, campaign)
    found.state, found.ended_at = CAMPAIGN.after(found.state, "cancel"), now
    found.save(update_fields=["state", "ended_at"])
    found.rounds.filter(closed_at=None).update(closed_at=now)
    return found


@transaction.atomic
def change_part(
    *, scope: Scope, part: int, by: str, now: datetime, group: str | None = None, opens_at: datetime | None = None
) -> Part:
    """Say which group a part's tubes go by, or when its turn is."""
    found: Part | None = scope.within(Part.objects.select_related("round__campaign"), "area").filter(pk=part).first()
    if found is None or found.round.closed_at is not None:
        raise Refusal(
            "没有这一进行中的区域。", "There is no such part of an open round.", field="part", value=str(part)
        )
    if group is not None and group not in found.round.campaign.pools:
        raise Refusal(
            "本行动未设此人群的混采比例。", "The campaign has no pool size for this group.", field="group", value=group
        )
    found.group, found.opens_at = group or found.group, opens_at or found.opens_at
    found.save(update_fields=["group", "opens_at"])
    return found


def count_rounds(*, by: str, now: datetime) -> int:
    """Count how far the open rounds are, part by part. Returns how many were counted; large ones wait for their turn."""
    counted = 0
    rows = Round.objects.using("loop").filter(closed_at=None, opens_at__lte=now, campaign__state="running")
    for each in rows.prefetch_related("parts"):
        parts = list(each.parts.all())
        minutes = 1 + sum(part.people for part in parts) // RECOUNT_PEOPLE
        last = min((part.counted_at for part in parts if part.counted_at), default=None)
        if last is None or last <= now - timedelta(minutes=minutes) + timedelta(seconds=30):
            _count_round(each, now=now)
            counted += 1
    return counted


def _count_round(found: Round, *, now: datetime) -> None:
    """Count one round now."""
    with transaction.atomic(using="loop"), connections["loop"].cursor() as cursor:
        cursor.execute("SELECT max(length(area)) FROM screening_part WHERE round_id = %s", [found.pk])
        about = {"round": found.pk, "area": found.area, "length": cursor.fetchone()[0], "now": now}
        about |= {"opens": found.opens_at, "closes": found.closes_at}
        about |= {
            "first": local_date(found.opens_at) - timedelta(days=1),
            "last": local_date(found.closes_at) + timedelta(days=2),
        }
        cursor.execute(statement("count_round"), about)


def _add_round(scope: Scope, campaign: Campaign, *, opens_at: datetime, closes_at: datetime | None) -> Round:
    closes = closes_at or opens_at + timedelta(hours=campaign.within_hours)
    if not opens_at < closes:
        raise Refusal(
            "结束时间应晚于开始时间。", "A round closes after it opens.", field="closes_at", value=closes.isoformat()
        )
    last = campaign.rounds.order_by("-number").values_list("number", flat=True).first()
    made: Round = Round.objects.create(
        campaign=campaign, area=campaign.area, number=(last or 0) + 1, opens_at=opens_at, closes_at=closes
    )
    Part.objects.bulk_create(_parts(scope, campaign, made))
    return made


def _parts(scope: Scope, campaign: Campaign, made: Round) -> list[Part]:
    """Towns, or a town's villages, the riskiest first, then those with most people.

    Last comes the area itself, where people or sites of it are registered in none of them.
    """
    level = Level.VILLAGE if level_of(campaign.area) is Level.TOWNSHIP else Level.TOWNSHIP
    below = list(areas.descendants(campaign.area, level=level).values_list("code", flat=True))
    length = len(below[0]) if below else len(campaign.area)
    people = queries.registered(scope, campaign.area, length)
    marked = queries.tiers(scope, campaign.area)
    rest = sum(count for code, count in people.items() if code not in set(below))
    rows = [(code, _tier(code, marked), people.get(code, 0)) for code in below if code != campaign.area]
    rows.sort(key=lambda row: (-queries.TIERS.index(row[1]), -row[2], row[0]))
    if rest or not rows or Site.objects.filter(queries.open_on(made), area=campaign.area).exists():
        rows.append((campaign.area, _tier(campaign.area, {campaign.area: marked.get(campaign.area, "none")}), rest))
    return [
        Part(
            round=made, area=code, order=number, tier=tier, people=count, opens_at=made.opens_at,
            group="sealed" if tier == "high" and "sealed" in campaign.pools else "general",
        )
        for number, (code, tier, count) in enumerate(rows, 1)
    ]  # fmt: skip


def _tier(code: str, marked: Mapping[str, str]) -> str:
    """The highest tier of an area, of anything in it, or of what includes it."""
    near = [tier for other, tier in marked.items() if other.startswith(code) or code.startswith(other)]
    return max((tier for tier in near if tier in queries.TIERS), key=queries.TIERS.index, default="none")


def _missed(scope: Scope, found: Round, now: datetime) -> Iterator[dict[str, Any]]:
    detail = {"campaign": found.campaign_id, "round": found.number}
    for row in queries.missing_people(scope, found):
        yield {
            "person": row["person"],
            "area": row["area"],
            "occurred_at": found.closes_at,
            "detail": detail,
        }


def _pools(pools: Mapping[str, int], starts_at: datetime) -> dict[str, int]:
    day = local_date(starts_at)
    allowed, alone = pool_sizes(day), numbers(BINDINGS, day).get("single_groups", [])
    if unknown := set(pools) - set(GROUPS):
        raise Refusal(
            f"没有“{sorted(unknown)[0]}”这一人群。", "There is no such group.", field="pools", value=sorted(unknown)[0]
        )
    if "general" not in pools:
        raise Refusal("请填写一般人群的每管人数。", "Say how many of everybody else share a tube.", field="general")
    for group, size in pools.items():
        if size not in ((1,) if group in alone else allowed):
            said = "1" if group in alone else "、".join(map(str, allowed))
            raise Refusal(
                f"施行中的指南只允许每管{said}人；不得将混采管再次混合。",
                f"The guide in force allows {said.replace('、', ', ')} people a tube; pools are not pooled again.",
                field=group, value=str(size),
            )  # fmt: skip
    return dict(pools)


def _refuse_open_round(campaign: Campaign) -> None:
    if (open_round := campaign.rounds.filter(closed_at=None).first()) is not None:
        raise Refusal(
            f"第{open_round.number}轮尚未结束，请先结束该轮。", f"Round {open_round.number} is open. Close it first.",
            field="round", value=str(open_round.number),
        )  # fmt: skip


def _mine(scope: Scope, campaign: int) -> Campaign:
    found: Campaign | None = scope.within(Campaign.objects.select_for_update(), "area").filter(pk=campaign).first()
    if found is None:
        raise Refusal(
            "您的辖区内没有这一行动。",
            "There is no such campaign in your areas.",
            field="campaign",
            value=str(campaign),
        )
    return found
