"""Registers of cases: the daily reports that were taken in, with every figure they state."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode


class Bulletin(models.Model):
    """One day's report of one area's health commission, as it was imported."""

    area = AreaCode()
    day = models.DateField()
    digest = models.CharField(max_length=64)
    file_name = models.CharField(blank=True, default="")
    figures = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    facts = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField()
    imported_by = models.CharField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(blank=True, default="")
    withdrawn_reason = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "day"], condition=Q(withdrawn_at=None), name="cases_one_bulletin_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.area}"


class BulletinItem(models.Model):
    """A kind's count in one place; the area itself carries the headline."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="items")
    kind = models.CharField()
    area = AreaCode()
    headline = models.BooleanField(default=False)
    count = models.PositiveIntegerField()
    converted = models.BooleanField(default=False)
    imported = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["bulletin", "kind"], name="cases_bulletin_kind")]


class LineListFile(models.Model):
    """A line list that somebody brought in: it waits with its content until it is applied, then keeps its receipt.

    `content` (as sent) is emptied when the list is applied or given up; `refused` (CSV) holds the refused lines, to be corrected and sent again.
    Both are compressed. `told` is what was read and stored, in numbers and by column.
    """

    retention = Kept(90, after="sent_at")

    id = models.UUIDField(primary_key=True)
    area = AreaCode()
    name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    sent_at = models.DateTimeField()
    sent_by = models.CharField()
    asked = models.JSONField(default=dict)
    content = models.BinaryField(null=True)
    applied_at = models.DateTimeField(null=True)
    batch = models.BigIntegerField(null=True)
    told = models.JSONField(default=dict)
    refused = models.BinaryField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "sent_at"], name="cases_line_list_of_area")]

    @property
    def corrected_lines(self) -> int:
        """How many lines corrected a case; files brought in earlier tell each of them and no number."""
        return int(self.told.get("corrected_lines", len(self.told.get("corrected", ()))))

    def __str__(self) -> str:
        return f"{self.name} {self.area}"
