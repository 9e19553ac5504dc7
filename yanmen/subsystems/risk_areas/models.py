"""Registers of risk areas: the versions of the key-area list, who receives it, and what became of each delivery."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.base.retention import KeptAlways
from yanmen.registry.models import AreaCode


class KeyAreaList(models.Model):
    """One version of the list of an area, as it stood when it was published. It never changes afterwards."""

    area = AreaCode()
    version = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    published_by = models.CharField()
    digest = models.CharField(max_length=64)
    document = models.BinaryField()
    algorithm = models.CharField()
    key_id = models.BinaryField()
    signature = models.BinaryField()
    note = models.CharField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "version"], name="risk_areas_version_once")]
        indexes = [models.Index(fields=["area", "-version"], name="risk_areas_latest")]

    def __str__(self) -> str:
        return f"{self.area} v{self.version}"


def no_rules() -> list[str]:
    """The default of a JSON list; the field `list` below hides the built-in name."""
    return []


class KeyArea(models.Model):
    """An area on one version of the list."""

    list = models.ForeignKey(KeyAreaList, models.CASCADE, related_name="entries")
    area = AreaCode()
    tier = models.CharField()
    since = models.DateField()
    until = models.DateField(null=True)
    rules = models.JSONField(default=no_rules)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "area"], name="risk_areas_area_once_a_list")]


class Receiver(models.Model):
    """A unit below that gets every version: at its desk, and by webhook if it has an address."""

    retention = KeptAlways("a unit and the key of its webhook; no person")
    sealed_columns = {"key_sealed": "risk_areas.receiver"}

    area = AreaCode()
    name_zh = models.CharField()
    name_en = models.CharField(blank=True, default="")
    url = models.URLField(blank=True, default="", max_length=500)
    key_sealed = models.BinaryField(null=True)
    acknowledge_within = models.PositiveIntegerField(default=60, help_text="minutes")
    created_at = models.DateTimeField()
    created_by = models.CharField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "name_zh"], condition=Q(closed_at=None), name="risk_areas_receiver_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class Delivery(models.Model):
    """One version for one receiver: sent, received, acknowledged, and by when it should have been."""

    list = models.ForeignKey(KeyAreaList, models.CASCADE, related_name="deliveries")
    receiver = models.ForeignKey(Receiver, models.PROTECT, related_name="deliveries")
    area = AreaCode()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "receiver"], name="risk_areas_delivery_once")]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="risk_areas_to_send", condition=Q(delivered_at=None)),
            models.Index(fields=["area", "due_at"], name="risk_areas_owed", condition=Q(acknowledged_at=None)),
        ]


class Attempt(models.Model):
    """One try to reach a receiver's address. Rows are added and never changed."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveIntegerField(null=True)
    fault = models.CharField(blank=True, default="")
