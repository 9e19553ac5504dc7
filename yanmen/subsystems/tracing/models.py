"""Follow-up teams, and the doors each of them goes to on a day."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode, Household, Person

STOP_DAYS = 30


class Team(models.Model):
    """People who visit contacts together, from a place of their own; `capacity` is the doors they can do in a day."""

    area = AreaCode()
    name = models.CharField(max_length=80)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    capacity = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "name"], condition=Q(closed_at=None), name="tracing_one_team_of_a_name"
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="tracing_team_does_something"),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
                name="tracing_team_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Stop(models.Model):
    """A door on a team's round of a day: a household with all its members, or somebody who lives alone.

    A round that is planned anew drops the stops of the one before; they are kept as long as the others.
    """

    retention = Kept(STOP_DAYS, after="planned_at")

    team = models.ForeignKey(Team, models.PROTECT, related_name="stops")
    area = AreaCode()
    day = models.DateField()
    position = models.PositiveSmallIntegerField()
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    metres = models.FloatField(null=True)
    planned_at = models.DateTimeField()
    planned_by = models.CharField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "household"], condition=Q(dropped_at=None), name="tracing_household_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["day", "person"], condition=Q(dropped_at=None), name="tracing_person_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(household=None, person__isnull=False) | Q(household__isnull=False, person=None),
                name="tracing_stop_is_one_door",
            ),
        ]
        indexes = [
            models.Index(fields=["day", "area"], name="tracing_stop_day"),
            models.Index(fields=["team", "day", "position"], name="tracing_stop_round"),
        ]
