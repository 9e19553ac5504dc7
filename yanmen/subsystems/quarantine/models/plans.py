"""Plans of rooms until they are adopted, what stands in the way of a stay's right end, and how far the ledger was followed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.base.retention import Kept, KeptAlways
from yanmen.registry.models import AreaCode
from yanmen.subsystems.quarantine.models.stays import Stay

CONFLICTS = ("room_needed", "wrong_site", "no_measure")


class Plan(models.Model):
    """Who would get which room. `rows` are party, people, room; `left` people with a reason; `figures` beside the baseline's."""

    retention = Kept(30, after="made_at")

    area = AreaCode()
    made_at = models.DateTimeField()
    made_by = models.CharField()
    rows = models.JSONField(default=list)
    left = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.CharField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["area", "-made_at"], name="quarantine_plan_area")]


class Conflict(models.Model):
    """A stay cannot end when the edition says: who must look at it, and why. One is open a stay and kind."""

    retention = Kept(365, after="resolved_at")

    stay = models.ForeignKey(Stay, models.DO_NOTHING, related_name="conflicts", db_constraint=False)
    person_id = models.BigIntegerField()
    area = AreaCode()
    home_area = AreaCode()
    kind = models.CharField()
    detail = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stay", "kind"], condition=Q(resolved_at=None), name="quarantine_conflict_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=CONFLICTS), name="quarantine_conflict_kind"),
        ]
        indexes = [
            models.Index(fields=["area", "found_at"], name="quarantine_conflict_open", condition=Q(resolved_at=None))
        ]


class Followed(models.Model):
    """How far stays have followed the loop's ledger: every event up to `event`, of measures of people who stay."""

    retention = KeptAlways("one row with a number of the ledger")

    one = models.BooleanField(primary_key=True, default=True)
    event = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(one=True), name="quarantine_followed_one")]
