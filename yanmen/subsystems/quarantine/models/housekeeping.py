"""Rooms between two stays, linen and medical waste: every step with its moment and its signature."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yanmen.registry.models import AreaCode
from yanmen.subsystems.quarantine.methods.housekeeping import LINEN_ACTS, LINEN_PLACES, WASTE, WASTE_KINDS
from yanmen.subsystems.quarantine.models.sites import Room, Site


class RoomStep(models.Model):
    """A room came to another state between two stays."""

    room = models.ForeignKey(Room, models.PROTECT, related_name="steps")
    site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    area = AreaCode()
    state = models.CharField()
    at = models.DateTimeField()
    by = models.CharField()
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["room", "-at"], name="quarantine_room_steps"),
            models.Index(fields=["site", "-at"], name="quarantine_site_steps"),
        ]


class LinenMove(models.Model):
    """So many sets of linen went from one place to another. What a place holds is the sum of what came and went."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="linen")
    area = AreaCode()
    act = models.CharField()
    source = models.CharField()
    target = models.CharField()
    sets = models.PositiveIntegerField()
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="+")
    partner = models.CharField(max_length=80, blank=True, default="")
    at = models.DateTimeField()
    by = models.CharField()
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(act__in=tuple(LINEN_ACTS)), name="quarantine_linen_act"),
            models.CheckConstraint(
                condition=Q(source__in=tuple(LINEN_PLACES))
                & Q(target__in=tuple(LINEN_PLACES))
                & ~Q(source=F("target")),
                name="quarantine_linen_places",
            ),
            models.CheckConstraint(condition=Q(sets__gte=1, sets__lte=100_000), name="quarantine_linen_sets"),
        ]
        indexes = [models.Index(fields=["site", "-at"], name="quarantine_linen_site")]


class WasteLoad(models.Model):
    """Bags on one vehicle to one plant: what was loaded, and what the plant says that it received."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="waste_loads")
    area = AreaCode()
    manifest = models.CharField(max_length=40)
    plate = models.CharField(max_length=20)
    carrier = models.CharField(max_length=64)
    plant = models.CharField(max_length=80)
    bags = models.PositiveIntegerField()
    kg = models.DecimalField(max_digits=9, decimal_places=2)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField()
    received_bags = models.PositiveIntegerField(null=True)
    received_kg = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    disposed_at = models.DateTimeField(null=True)
    disposed_by = models.CharField(blank=True, default="")
    receipt = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["manifest"], name="quarantine_manifest_once"),
            models.CheckConstraint(
                condition=Q(disposed_at=None) | Q(received_bags__isnull=False, received_kg__isnull=False),
                name="quarantine_load_received",
            ),
        ]
        indexes = [models.Index(fields=["site", "-loaded_at"], name="quarantine_load_site")]


class WasteBag(models.Model):
    """A bag of medical waste from its sealing to its disposal. Who takes it is never who weighed it."""

    code = models.CharField(max_length=40, primary_key=True)
    site = models.ForeignKey(Site, models.PROTECT, related_name="waste_bags")
    room = models.ForeignKey(Room, models.PROTECT, null=True, related_name="+")
    area = AreaCode()
    kind = models.CharField(default="infectious")
    layers = models.PositiveSmallIntegerField(default=2)
    state = models.CharField(default=WASTE.start)
    kg = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    sealed_at = models.DateTimeField()
    sealed_by = models.CharField()
    weighed_at = models.DateTimeField(null=True)
    weighed_by = models.CharField(blank=True, default="")
    taken_at = models.DateTimeField(null=True)
    taken_by = models.CharField(blank=True, default="")
    load = models.ForeignKey(WasteLoad, models.PROTECT, null=True, related_name="on_it")
    lost_at = models.DateTimeField(null=True)
    lost_by = models.CharField(blank=True, default="")
    lost_why = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=WASTE.states), name="quarantine_waste_state"),
            models.CheckConstraint(condition=Q(kind__in=tuple(WASTE_KINDS)), name="quarantine_waste_kind"),
            models.CheckConstraint(
                condition=~Q(state__in=("stored", "loaded", "disposed"))
                | (Q(kg__gt=0) & ~Q(weighed_by="") & ~Q(taken_by="") & ~Q(weighed_by=F("taken_by"))),
                name="quarantine_waste_two_signatures",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("loaded", "disposed")) | Q(load__isnull=False), name="quarantine_waste_carried"
            ),
        ]
        indexes = [models.Index(fields=["site", "state"], name="quarantine_waste_site")]
