"""Long work asked for and done beside the pages; plans of runs until somebody adopts them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode

ERRANDS = ("rooms", "runs")
OPEN = ("waiting", "working")
ERRAND_STATES = (*OPEN, "done", "refused", "failed")


class Errand(models.Model):
    """A plan asked for: who asked in which role, how far it is, what it brought. One is open an area and kind."""

    retention = Kept(30, after="ended_at")

    kind = models.CharField()
    area = AreaCode()
    role = models.CharField()
    account = models.BigIntegerField(null=True)
    wanted = models.JSONField(default=dict)
    state = models.CharField(default="waiting")
    asked_at = models.DateTimeField()
    asked_by = models.CharField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    part = models.CharField(default="waiting")
    done = models.PositiveIntegerField(default=0)
    whole = models.PositiveIntegerField(default=0)
    made = models.BigIntegerField(null=True)
    told = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ERRANDS), name="quarantine_errand_kind"),
            models.CheckConstraint(condition=Q(state__in=ERRAND_STATES), name="quarantine_errand_state"),
            models.UniqueConstraint(
                fields=["area", "kind"], condition=Q(state__in=OPEN), name="quarantine_one_open_errand"
            ),
        ]
        indexes = [models.Index(fields=["kind", "area", "-asked_at"], name="quarantine_errand_area")]


class RunPlan(models.Model):
    """Runs as they would be, on which state they were planned, and whether somebody adopted them.

    `basis` digests who and what was planned, `fleet` the vehicles alone; `kept` are runs that leave so soon that they stay.
    """

    retention = Kept(30, after="made_at")

    area = AreaCode()
    made_at = models.DateTimeField()
    made_by = models.CharField()
    basis = models.CharField()
    fleet = models.CharField()
    kept = models.JSONField(default=list)
    rows = models.JSONField(default=list)
    left = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    adopted_at = models.DateTimeField(null=True)
    adopted_by = models.CharField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "-made_at"], name="quarantine_runplan_area")]
