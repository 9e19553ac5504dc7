"""Reports that were written: drafts, and what was published and stays as it was."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.base.retention import KeptAlways
from yanmen.registry.models import AreaCode


class Report(models.Model):
    """One report of an area and a day, in both languages. A draft is written over by the next; what was published never changes."""

    retention = KeptAlways("what an authority told the public, with its figures; nobody is named in it")

    id = models.UUIDField(primary_key=True)
    kind = models.CharField()
    area = AreaCode()
    day = models.DateField()
    known_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField()
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["area", "-day"], name="reports_of_area")]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "day", "kind"], condition=Q(published_at=None), name="reports_one_draft_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} {self.area}"
