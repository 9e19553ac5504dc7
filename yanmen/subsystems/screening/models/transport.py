"""Boxes of tubes and their way to the laboratory."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.registry.models import AreaCode
from yanmen.subsystems.screening.methods.courses import BOX
from yanmen.subsystems.screening.models.places import Laboratory, Site


class Trip(models.Model):
    """A vehicle's way to one laboratory with the boxes it took on."""

    area = AreaCode()
    laboratory = models.ForeignKey(Laboratory, models.PROTECT, related_name="trips")
    lab_area = AreaCode()
    vehicle = models.CharField(max_length=20)
    courier = models.CharField(max_length=64)
    departed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["area", "-departed_at"], name="screening_trip_area")]


class Box(models.Model):
    """A box from packing to reconciling; its list is locked once it is sent. Seen by both ends."""

    code = models.CharField(max_length=40, unique=True, db_collation="C")
    area = AreaCode()
    site = models.ForeignKey(Site, models.PROTECT, related_name="boxes")
    laboratory = models.ForeignKey(Laboratory, models.PROTECT, related_name="boxes")
    lab_area = AreaCode()
    capacity = models.PositiveIntegerField()
    state = models.CharField(default=BOX.start)
    trip = models.ForeignKey(Trip, models.PROTECT, null=True, related_name="boxes")
    coldest = models.FloatField()
    warmest = models.FloatField()
    packed_by = models.CharField()
    created_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(blank=True, default="")
    reconciled_at = models.DateTimeField(null=True)
    lost_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BOX.states), name="screening_box_state"),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=2000), name="screening_box_capacity"),
        ]
        indexes = [
            models.Index(fields=["area", "-created_at"], name="screening_box_area"),
            models.Index(fields=["lab_area", "-created_at"], name="screening_box_lab"),
        ]

    def __str__(self) -> str:
        return self.code


class Temperature(models.Model):
    """What the thermometer of a box said."""

    box = models.ForeignKey(Box, models.CASCADE, related_name="temperatures")
    at = models.DateTimeField()
    celsius = models.FloatField()
    by = models.CharField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["box", "at"], name="screening_temperature_once"),
            models.CheckConstraint(
                condition=Q(celsius__gte=-100, celsius__lte=100), name="screening_temperature_bounds"
            ),
        ]
