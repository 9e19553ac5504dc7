"""Transfers of people, and the vehicles and runs that take them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode, Person, Place
from yanmen.subsystems.quarantine.methods.courses import OPEN_TRANSFER, RUN, TRANSFER
from yanmen.subsystems.quarantine.methods.words import GROUPS, VEHICLES
from yanmen.subsystems.quarantine.models.stays import Stay


class Vehicle(models.Model):
    """A vehicle for transfers and where it stands between two runs."""

    area = AreaCode()
    plate = models.CharField(max_length=20)
    kind = models.CharField(default="van")
    seats = models.PositiveSmallIntegerField()
    longitude = models.FloatField()
    latitude = models.FloatField()
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plate"], condition=Q(closed_at=None), name="quarantine_plate_once"),
            models.CheckConstraint(condition=Q(kind__in=tuple(VEHICLES)), name="quarantine_vehicle_kind"),
            models.CheckConstraint(condition=Q(seats__gte=1, seats__lte=100), name="quarantine_vehicle_seats"),
        ]

    def __str__(self) -> str:
        return self.plate


class Run(models.Model):
    """One way of a vehicle: from its stand by the doors to the places, and its disinfection. One group of people at a time."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="runs")
    area = AreaCode()
    group = models.CharField()
    state = models.CharField(default=RUN.start)
    departs_at = models.DateTimeField()
    back_at = models.DateTimeField()
    free_at = models.DateTimeField()
    metres = models.FloatField(default=0)
    driver = models.CharField(max_length=64, blank=True, default="")
    departed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    disinfected_at = models.DateTimeField(null=True)
    disinfected_by = models.CharField(blank=True, default="")
    planned_at = models.DateTimeField()
    planned_by = models.CharField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RUN.states), name="quarantine_run_state"),
            models.CheckConstraint(condition=Q(group__in=tuple(GROUPS)), name="quarantine_run_group"),
        ]
        indexes = [models.Index(fields=["area", "state"], name="quarantine_run_area")]


class Transfer(models.Model):
    """Somebody is brought from one place to another, point to point. Seen by the side that sends and the side that receives."""

    retention = Kept(180, after="ended_at")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    party = models.BigIntegerField()
    area = AreaCode()
    to_area = AreaCode()
    group = models.CharField(default="contact")
    stay = models.ForeignKey(Stay, models.PROTECT, null=True, related_name="transfers")
    from_text = models.CharField(max_length=200)
    from_longitude = models.FloatField()
    from_latitude = models.FloatField()
    to_place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    to_text = models.CharField(max_length=200, blank=True, default="")
    to_longitude = models.FloatField()
    to_latitude = models.FloatField()
    needs = ArrayField(models.CharField(max_length=20), default=list)
    measure = models.BigIntegerField(null=True)
    state = models.CharField(default=TRANSFER.start)
    requested_at = models.DateTimeField()
    requested_by = models.CharField()
    ready_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(blank=True, default="")
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="transfers")
    position = models.PositiveSmallIntegerField(null=True)
    pick_up_at = models.DateTimeField(null=True)
    arrive_at = models.DateTimeField(null=True)
    picked_up_at = models.DateTimeField(null=True)
    picked_up_by = models.CharField(blank=True, default="")
    arrived_at = models.DateTimeField(null=True)
    received_by = models.CharField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(blank=True, default="")
    why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TRANSFER.states), name="quarantine_transfer_state"),
            models.CheckConstraint(condition=Q(group__in=tuple(GROUPS)), name="quarantine_transfer_group"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=OPEN_TRANSFER), name="quarantine_one_open_transfer"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("planned", "picked_up", "arrived", "returned")) | Q(run__isnull=False),
                name="quarantine_carried_by_a_run",
            ),
        ]
        indexes = [
            models.Index(fields=["area", "state"], name="quarantine_transfer_from"),
            models.Index(fields=["to_area", "state"], name="quarantine_transfer_to"),
            models.Index(fields=["run", "position"], name="quarantine_transfer_run"),
            models.Index(fields=["ended_at"], name="quarantine_transfer_ended"),
        ]
