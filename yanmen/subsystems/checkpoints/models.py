"""Registers of checkpoints: the posts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yanmen.registry.models import AreaCode, Place
from yanmen.subsystems.checkpoints.methods import words

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
