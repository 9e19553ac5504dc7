"""Where people are sampled and where tubes are read: each stands on a place of the registry."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yanmen.registry.models import AreaCode, Place
from yanmen.subsystems.screening.methods.words import SITES

MOST_WAITING = 5000
"""People in the queue of one site that anybody may report."""


def no_hours() -> list[dict[str, str]]:
    """The default of a site's hours."""
    return []


class Site(models.Model):
    """A sampling site. ``hours`` lists ``{"days": "1-5", "from": "08:00", "to": "18:00"}``; empty: as a campaign says.

    The queue is two columns and no fact: no rule asks for it, the next report replaces it, and after half an hour nobody
    does; what a site did is counted from its bindings.
    """

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="+")
    area = AreaCode()
    kind = models.CharField()
    desks = models.PositiveSmallIntegerField(default=1)
    hours = models.JSONField(default=no_hours)
    open_from = models.DateTimeField()
    open_to = models.DateTimeField(null=True)
    queue_people = models.PositiveSmallIntegerField(null=True)
    queue_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=tuple(SITES)), name="screening_site_kind"),
            models.CheckConstraint(condition=Q(desks__gte=1, desks__lte=200), name="screening_site_desks"),
            models.CheckConstraint(
                condition=Q(open_to=None) | Q(open_to__gte=F("open_from")), name="screening_site_days"
            ),
            models.CheckConstraint(
                condition=Q(queue_people=None, queue_at=None)
                | Q(queue_people__lte=MOST_WAITING, queue_at__isnull=False),
                name="screening_site_queue",
            ),
        ]
        indexes = [models.Index(fields=["area", "place"], name="screening_site_area")]

    def __str__(self) -> str:
        return self.place.name_zh


class Laboratory(models.Model):
    """A laboratory and what it can do: tubes a day, and the hours a tube usually takes from receipt to release."""

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="+")
    area = AreaCode()
    tubes_a_day = models.PositiveIntegerField()
    hours_a_run = models.FloatField(default=4)
    open_from = models.DateTimeField()
    open_to = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tubes_a_day__gte=1), name="screening_laboratory_tubes"),
            models.CheckConstraint(condition=Q(hours_a_run__gt=0), name="screening_laboratory_hours"),
        ]
        indexes = [models.Index(fields=["area", "place"], name="screening_laboratory_area")]

    def __str__(self) -> str:
        return self.place.name_zh
