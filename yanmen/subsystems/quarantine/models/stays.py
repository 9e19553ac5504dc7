"""Who is in which room from when to when."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import Q

from yanmen.base.counted import Counted
from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode, Person
from yanmen.subsystems.quarantine.methods.courses import STAY
from yanmen.subsystems.quarantine.methods.words import GROUPS
from yanmen.subsystems.quarantine.models.sites import Room, Site


class Stay(models.Model):
    """Somebody has a room. `during` is the person's time, `holds` the room's: it goes on until the room is clean again.

    The database lets nobody be in two rooms at once, nor two parties in one, nor more people than beds. A party is a household,
    or a child with whoever cares for it; it is named by one of its people. Seen by the site's area and by the person's own.
    """

    retention = Kept(365, after="ended_at")
    counted = Counted(
        {
            "area": ("text", "area"),
            "room": ("whole", "room_id"),
            "state": ("text", "state"),
            "assigned_at": ("moment", "assigned_at"),
            "admitted_at": ("moment", "admitted_at"),
            "ended_at": ("moment", "ended_at"),
            "holds_until": ("moment", "upper(holds)"),
        },
        begins="assigned_at",
        moves=("assigned_at", "admitted_at", "ended_at"),
    )

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    party = models.BigIntegerField()
    site = models.ForeignKey(Site, models.PROTECT, related_name="stays")
    room = models.ForeignKey(Room, models.PROTECT, related_name="stays")
    area = AreaCode()
    home_area = AreaCode()
    group = models.CharField(default="contact")
    measure = models.BigIntegerField(null=True)
    needs = ArrayField(models.CharField(max_length=20), default=list)
    during = DateTimeRangeField()
    holds = DateTimeRangeField()
    state = models.CharField(default=STAY.start)
    assigned_at = models.DateTimeField()
    assigned_by = models.CharField()
    admitted_at = models.DateTimeField(null=True)
    admitted_by = models.CharField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(blank=True, default="")
    why = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STAY.states), name="quarantine_stay_state"),
            models.CheckConstraint(condition=Q(group__in=tuple(GROUPS)), name="quarantine_stay_group"),
        ]
        indexes = [
            models.Index(fields=["site", "state"], name="quarantine_stay_site"),
            models.Index(fields=["home_area", "state"], name="quarantine_stay_home"),
            models.Index(fields=["person", "-assigned_at"], name="quarantine_stay_person"),
        ]
