"""Registers of checkpoints: posts, shifts and who stands there, hand-overs, plans of where posts should be."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from yanmen.base.retention import Kept
from yanmen.registry.models import Account, AreaCode, Person, Place
from yanmen.subsystems.checkpoints.kinds import CARE_DAYS
from yanmen.subsystems.checkpoints.methods import words
from yanmen.subsystems.checkpoints.methods.handing_over import COURSE, ENDED

KINDS = tuple(words.KINDS)
DIRECTIONS = tuple(words.DIRECTIONS)
MOST_LANES = 60


def no_roads() -> list[dict[str, str]]:
    """The default of a post's roads."""
    return []


class Post(models.Model):
    """A place where people and vehicles are checked; open from a moment, to another if it is known."""

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="+")
    area = AreaCode()
    kind = models.CharField()
    direction = models.CharField(default="in")
    lanes = models.PositiveSmallIntegerField(default=1)
    roads = models.JSONField(default=no_roads)
    open_from = models.DateTimeField()
    open_to = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="checkpoints_post_kind"),
            models.CheckConstraint(condition=Q(direction__in=DIRECTIONS), name="checkpoints_post_direction"),
            models.CheckConstraint(condition=Q(lanes__gte=1, lanes__lte=MOST_LANES), name="checkpoints_post_lanes"),
            models.CheckConstraint(
                condition=Q(open_to=None) | Q(open_to__gte=F("open_from")), name="checkpoints_post_days"
            ),
        ]
        indexes = [models.Index(fields=["area", "place"], name="checkpoints_post_area")]

    def __str__(self) -> str:
        return self.place.name_zh


def no_roles() -> dict[str, int]:
    """The default of how many of each duty a shift needs."""
    return {}


class Shift(models.Model):
    """Hours at a post and whom they need. Two shifts of one post never overlap: the database refuses (migration 0002)."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="shifts")
    area = AreaCode()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    needed = models.PositiveSmallIntegerField()
    duties = models.JSONField(default=no_roles)
    created_at = models.DateTimeField()
    created_by = models.CharField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="checkpoints_shift_hours"),
            models.CheckConstraint(condition=Q(needed__gte=1, needed__lte=500), name="checkpoints_shift_needed"),
        ]
        indexes = [models.Index(fields=["area", "starts_at"], name="checkpoints_shift_area")]


class Turn(models.Model):
    """Somebody's turn on a shift, with the shift's hours. Nobody is on two at once: the database refuses."""

    retention = Kept(CARE_DAYS, after="ends_at")

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="turns")
    area = AreaCode()
    account = models.ForeignKey(Account, models.PROTECT, related_name="+")
    duty = models.CharField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_at = models.DateTimeField()
    created_by = models.CharField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["shift"], name="checkpoints_turn_shift", condition=Q(released_at=None))]


class ShiftNote(models.Model):
    """What one shift tells the next. Rows are added and never changed."""

    retention = Kept(CARE_DAYS, after="at")

    shift = models.ForeignKey(Shift, models.CASCADE, related_name="notes")
    area = AreaCode()
    at = models.DateTimeField()
    by = models.CharField()
    text = models.CharField(max_length=500)


def no_reasons() -> list[dict[str, str]]:
    """The default of why somebody is handed over."""
    return []


class HandOver(models.Model):
    """A person on the way from a post to whoever answers for them. At most one is open a person."""

    retention = Kept(CARE_DAYS, after="ended_at")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    shown_name = models.CharField(blank=True, default="")
    post = models.ForeignKey(Post, models.PROTECT, related_name="hand_overs")
    area = AreaCode()
    to_area = AreaCode()
    to_place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    reasons = models.JSONField(default=no_reasons)
    state = models.CharField(default=COURSE.start)
    opened_at = models.DateTimeField()
    opened_by = models.CharField()
    leave_by = models.DateTimeField()
    arrive_by = models.DateTimeField()
    vehicle = models.CharField(blank=True, default="")
    escort = models.CharField(blank=True, default="")
    assigned_at = models.DateTimeField(null=True)
    departed_at = models.DateTimeField(null=True)
    moved_on_departure = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(blank=True, default="")
    note = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=COURSE.states), name="checkpoints_hand_over_state"),
            models.UniqueConstraint(
                fields=["person"], condition=~Q(state__in=ENDED), name="checkpoints_one_open_hand_over"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-opened_at"], name="checkpoints_hand_over_from"),
            models.Index(fields=["to_area", "-opened_at"], name="checkpoints_hand_over_to"),
        ]

    @property
    def due_at(self) -> datetime:
        """When the next step is due: leaving, then arriving."""
        return self.leave_by if self.departed_at is None else self.arrive_by


class SitingPlan(models.Model):
    """A plan of posts as it was taken in; its posts are opened one by one."""

    area = AreaCode()
    name = models.CharField()
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    added_at = models.DateTimeField()
    added_by = models.CharField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["area", "digest"], name="checkpoints_plan_once")]


class PlannedPost(models.Model):
    """A post of a plan that was opened."""

    plan = models.ForeignKey(SitingPlan, models.CASCADE, related_name="opened")
    area = AreaCode()
    number = models.PositiveIntegerField()
    post = models.ForeignKey(Post, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="checkpoints_planned_once")]
