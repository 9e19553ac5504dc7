"""Plans of posts: taken in from a file, and turned into posts one by one."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.checkpoints import queries
from yanmen.subsystems.checkpoints.actions.posts import open_post
from yanmen.subsystems.checkpoints.methods.plan_files import read_plan
from yanmen.subsystems.checkpoints.models import PlannedPost, Post, SitingPlan


def add_plan(*, scope: Scope, area: str, name: str, content: bytes, by: str, now: datetime) -> SitingPlan:
    """Take a plan in. The same file again is the same plan."""
    scope.require(area)
    document = read_plan(content)
    digest = hashlib.sha256(content).hexdigest()
    made, _ = SitingPlan.objects.get_or_create(
        area=area,
        digest=digest,
        defaults={
            "name": name.strip()[:80] or document["network"]["name"],
            "document": document,
            "added_at": now,
            "added_by": by,
        },
    )
    return made


@transaction.atomic
def open_planned(*, scope: Scope, plan: int, numbers: list[int], area: str, by: str, now: datetime) -> list[Post]:
    """Open posts of a plan, by their numbers; what is open already stays as it is."""
    found = queries.plan(scope, plan)
    if found is None:
        raise Refusal(
            "在您的辖区内没有这一方案。", "There is no such plan in your areas.", field="plan", value=str(plan)
        )
    rows = {row["number"]: row for row in found.document["posts"]}
    if unknown := sorted(set(numbers) - set(rows)):
        raise Refusal(
            "方案中没有这个编号。", "The plan has no post of that number.", field="numbers", value=str(unknown[0])
        )
    done = set(PlannedPost.objects.filter(plan=found).values_list("number", flat=True))
    opened = []
    for number in sorted(set(numbers) - done):
        row = rows[number]
        post = open_post(
            scope=scope,
            name_zh=f"{row['name'] or row['ref'] or '无名道路'}卡口{number}",
            name_en=f"Post {number}",
            area=area,
            kind=row["kind"],
            direction=found.document["direction"],
            lanes=row["lanes"],
            longitude=row["longitude"],
            latitude=row["latitude"],
            roads=[{"name": row["name"], "highway": row["highway"], "osmids": row["osmids"]}],
            by=by,
            now=now,
        )
        PlannedPost.objects.create(plan=found, area=found.area, number=number, post=post)
        opened.append(post)
    return opened
