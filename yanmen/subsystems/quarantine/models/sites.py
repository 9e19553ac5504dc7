"""Sites, their floors and rooms, and the inspections before they open."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yanmen.base.counted import Counted
from yanmen.registry.models import AreaCode, Place
from yanmen.subsystems.quarantine.methods.courses import SITE
from yanmen.subsystems.quarantine.methods.words import SITE_KINDS, ZONES


class Site(models.Model):
    """A place where people stay apart; `ready_hours` says in how many hours it can open, from the day it is called."""

    counted = Counted(
        {"area": ("text", "area"), "kind": ("text", "kind"), "state": ("text", "state")},
        begins="created_at",
        moves=("opened_at", "closed_at"),
    )

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="+")
    area = AreaCode()
    kind = models.CharField()
    state = models.CharField(default=SITE.start)
    ready_hours = models.PositiveSmallIntegerField(default=24)
    languages = ArrayField(models.CharField(max_length=20), default=list)
    dialysis = models.BooleanField(default=False)
    phone = models.CharField(max_length=20, blank=True, default="")
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=tuple(SITE_KINDS)), name="quarantine_site_kind"),
            models.CheckConstraint(condition=Q(state__in=SITE.states), name="quarantine_site_state"),
        ]
        indexes = [models.Index(fields=["area", "kind"], name="quarantine_site_area")]

    def __str__(self) -> str:
        return str(self.place)


class Floor(models.Model):
    """A storey or a ward of a site. `level` orders them: neighbours differ by one."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="floors")
    area = AreaCode()
    level = models.SmallIntegerField()
    name = models.CharField(max_length=20)
    zone = models.CharField(default="observation")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "level"], name="quarantine_floor_once"),
            models.CheckConstraint(condition=Q(zone__in=tuple(ZONES)), name="quarantine_floor_zone"),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of the observation area; `closed_why` says why nobody may be put there.

    `state` is where it stands between two stays: clean unless its last guest has left and it is not ready again.
    """

    counted = Counted(
        {
            "area": ("text", "area"),
            "site": ("whole", "site_id"),
            "usable": (
                "yes",
                "closed_why = '' AND (SELECT f.zone FROM quarantine_floor f WHERE f.id = t.floor_id) = 'observation'",
            ),
            "clean": ("yes", "state = 'clean'"),
        },
        moves=("state_at",),
    )

    floor = models.ForeignKey(Floor, models.PROTECT, related_name="rooms")
    site = models.ForeignKey(Site, models.PROTECT, related_name="rooms")
    area = AreaCode()
    number = models.CharField(max_length=20)
    beds = models.PositiveSmallIntegerField(default=1)
    features = ArrayField(models.CharField(max_length=20), default=list)
    position = models.PositiveSmallIntegerField(default=0)
    closed_why = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(default="clean")
    state_at = models.DateTimeField(null=True)
    state_by = models.CharField(blank=True, default="")
    vacated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="quarantine_room_once"),
            models.CheckConstraint(condition=Q(beds__gte=1, beds__lte=200), name="quarantine_room_beds"),
        ]
        indexes = [models.Index(fields=["floor", "position"], name="quarantine_room_floor")]

    def __str__(self) -> str:
        return self.number


class Inspection(models.Model):
    """Somebody walked a site before it opened: `items` says of each line of the norm whether it holds."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="inspections")
    area = AreaCode()
    at = models.DateTimeField()
    by = models.CharField()
    passed = models.BooleanField()
    items = models.JSONField()
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["site", "-at"], name="quarantine_inspection_site")]
