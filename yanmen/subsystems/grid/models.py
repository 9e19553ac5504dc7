"""The registers of the grid: doors, the grids they belong to, lists compared, forms that offices want filled."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from yanmen.base.retention import Kept
from yanmen.registry.models import Account, AreaCode, Household, Person
from yanmen.subsystems.grid.methods import merging
from yanmen.subsystems.grid.methods.words import OUTCOMES, SIDES

FINDING_DAYS = 90
EDIT_DAYS = 365


class Cell(models.Model):
    """A grid (网格): doors that one worker walks. Deputies, numbers of accounts, stand in."""

    retention = Kept(365, after="closed_at")

    area = AreaCode()
    name = models.CharField(max_length=80)
    worker = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    deputies = ArrayField(models.BigIntegerField(), default=list)
    opened_at = models.DateTimeField()
    opened_by = models.CharField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "name"], condition=Q(closed_at=None), name="grid_cell_once"),
        ]
        indexes = [models.Index(fields=["worker"], name="grid_cell_worker")]

    def __str__(self) -> str:
        return self.name


class Door(models.Model):
    """A household, or an address without one. `position` is its place on the walk where somebody set one, else 0."""

    area = AreaCode()
    cell = models.ForeignKey(Cell, models.SET_NULL, null=True, related_name="doors")
    household = models.OneToOneField(Household, models.PROTECT, null=True, related_name="+")
    address = models.CharField(max_length=200)
    building = models.CharField(max_length=40, blank=True, default="")
    entrance = models.CharField(max_length=20, blank=True, default="")
    floor = models.SmallIntegerField(null=True)
    room = models.CharField(max_length=20, blank=True, default="")
    position = models.PositiveIntegerField(default=0)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["area", "address"], condition=Q(household=None), name="grid_door_of_an_address_once"
            ),
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None) | Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                name="grid_door_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["area", "building"], name="grid_door_area"),
            models.Index(fields=["cell"], name="grid_door_cell"),
        ]

    def __str__(self) -> str:
        return self.address


class Edit(models.Model):
    """What a worker said of one field of a household or of somebody in it. Rows are only added.

    In force is the newest row that came into force; `before` is the key of the one that was in force when it came, so a row is followed
    by one at most. A conflict is settled by a row of its own, which says the value that was kept.
    """

    retention = Kept(EDIT_DAYS, after="recorded_at")
    sealed_columns = {"sealed": "grid_edit.value:{key}"}

    key = models.UUIDField(unique=True)
    area = AreaCode()
    door = models.ForeignKey(Door, models.PROTECT, related_name="edits")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    field = models.CharField(max_length=40)
    value = models.CharField(max_length=300, blank=True, default="")
    sealed = models.BinaryField(null=True)
    digest = models.BinaryField(null=True)
    seen = models.UUIDField(null=True)
    said_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    by = models.CharField()
    outcome = models.CharField()
    before = models.UUIDField(null=True)
    settles = models.UUIDField(null=True, unique=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=merging.OUTCOMES), name="grid_edit_outcome"),
            models.CheckConstraint(
                condition=Q(outcome=merging.SETTLED, settles__isnull=False)
                | (~Q(outcome=merging.SETTLED) & Q(settles__isnull=True)),
                name="grid_edit_settles",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=merging.CONFLICT) | Q(before__isnull=False), name="grid_edit_conflicts_with"
            ),
            models.CheckConstraint(condition=Q(sealed=None) | Q(value=""), name="grid_edit_secret_once"),
            models.UniqueConstraint(
                fields=["door", "person", "field", "before"],
                condition=Q(outcome__in=merging.IN_FORCE),
                nulls_distinct=False,
                name="grid_edit_one_after_another",
            ),
        ]
        indexes = [
            models.Index(fields=["door", "person", "field", "-id"], name="grid_edit_of"),
            models.Index(
                fields=["area", "recorded_at"], condition=Q(outcome=merging.CONFLICT), name="grid_edit_conflict"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.key}"


class Comparison(models.Model):
    """A list held against the register, or the register against who was seen. The receipts sum to the lines."""

    area = AreaCode()
    title = models.CharField(max_length=120)
    kind = models.CharField()
    at = models.DateTimeField()
    by = models.CharField()
    lines = models.PositiveIntegerField(default=0)
    matched = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    not_registered = models.PositiveIntegerField(default=0)
    unclear = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    registered = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    refused = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("list", "seen")), name="grid_comparison_kind"),
            models.CheckConstraint(
                condition=Q(lines=F("matched") + F("repeated") + F("not_registered") + F("unclear") + F("rejected")),
                name="grid_receipts_sum_to_lines",
            ),
        ]
        indexes = [models.Index(fields=["area", "-at"], name="grid_comparison_area")]

    def __str__(self) -> str:
        return self.title


class Finding(models.Model):
    """Somebody is on one side and not on the other; what came of looking for them."""

    retention = Kept(FINDING_DAYS, after="comparison.at")

    comparison = models.ForeignKey(Comparison, models.CASCADE, related_name="findings")
    area = AreaCode()
    side = models.CharField()
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    line = models.PositiveIntegerField(null=True)
    name = models.CharField(max_length=80, blank=True, default="")
    address = models.CharField(max_length=200, blank=True, default="")
    masked = models.CharField(max_length=80, blank=True, default="")
    seen_at = models.DateTimeField(null=True)
    outcome = models.CharField(blank=True, default="")
    note = models.CharField(max_length=200, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(side__in=tuple(SIDES)), name="grid_finding_side"),
            models.CheckConstraint(condition=Q(outcome__in=("", *OUTCOMES)), name="grid_finding_outcome"),
        ]
        indexes = [models.Index(fields=["comparison", "side", "id"], name="grid_finding_list")]


class Form(models.Model):
    """A form that an office wants the grid to fill. Only `questions` are asked; `known` says where the others are answered already."""

    area = AreaCode()
    title = models.CharField(max_length=120)
    office = models.CharField(max_length=120)
    purpose = models.CharField(max_length=300, blank=True, default="")
    questions = models.JSONField()
    known = models.JSONField(default=list)
    every_days = models.PositiveSmallIntegerField()
    doors = models.PositiveIntegerField()
    minutes_asked = models.FloatField()
    minutes = models.FloatField()
    made_at = models.DateTimeField()
    made_by = models.CharField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "title"], condition=Q(ended_at=None), name="grid_form_once"),
            models.CheckConstraint(condition=Q(every_days__gte=1), name="grid_form_rhythm"),
        ]
        indexes = [models.Index(fields=["area", "ends_on"], name="grid_form_area")]

    def __str__(self) -> str:
        return self.title
