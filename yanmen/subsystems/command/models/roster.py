"""Who is on duty when, and what was handed over to the next."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode

DUTIES = ("leader", "officer")


def no_items() -> dict[str, Any]:
    """The default of a JSON column."""
    return {}


class Shift(models.Model):
    """Somebody on duty in an area from one moment to another. A leader of the shift answers, an officer sits at the desk."""

    retention = Kept(365, after="ends_at")
    sealed_columns = {"phone_sealed": "command.shift"}

    area = AreaCode()
    duty = models.CharField(default="officer")
    account = models.BigIntegerField(null=True)
    name = models.CharField(max_length=60)
    phone_sealed = models.BinaryField(null=True)
    phone_tail = models.CharField(max_length=4, blank=True, default="")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    written_at = models.DateTimeField()
    written_by = models.CharField()
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="command_shift_ends"),
            models.CheckConstraint(condition=Q(duty__in=DUTIES), name="command_shift_duty"),
        ]
        indexes = [models.Index(fields=["area", "starts_at"], name="command_shift_area")]


class Handover(models.Model):
    """The desk was handed over: from whom to whom, with a note and what was open at that moment."""

    retention = Kept(365, after="at")

    area = AreaCode()
    at = models.DateTimeField()
    by = models.CharField()
    from_name = models.CharField(max_length=60)
    to_name = models.CharField(max_length=60)
    note = models.TextField(blank=True, default="")
    items = models.JSONField(default=no_items)
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["area", "-at"], name="command_handover_area")]
