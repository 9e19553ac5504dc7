"""Campaigns: who is to be tested, in which rounds, in which order of areas."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yanmen.base.counted import Counted
from yanmen.registry.models import AreaCode
from yanmen.subsystems.screening.methods.courses import CAMPAIGN


class Campaign(models.Model):
    """Testing of an area on somebody's order. ``pools`` says how many people share a tube, by group (see ``methods.words``)."""

    area = AreaCode()
    name_zh = models.CharField()
    name_en = models.CharField(blank=True, default="")
    basis = models.CharField()
    pools = models.JSONField()
    within_hours = models.PositiveSmallIntegerField()
    state = models.CharField(default=CAMPAIGN.start)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CAMPAIGN.states), name="screening_campaign_state"),
            models.CheckConstraint(
                condition=Q(within_hours__gte=1, within_hours__lte=240), name="screening_campaign_hours"
            ),
        ]
        indexes = [models.Index(fields=["area", "-starts_at"], name="screening_campaign_area")]

    def __str__(self) -> str:
        return self.name_zh

    def name(self, language: str) -> str:
        """The name in the reader's language."""
        return self.name_en if language.startswith("en") and self.name_en else self.name_zh


class Round(models.Model):
    """One round of a campaign. What is bound in its areas between opening and closing belongs to it."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="rounds")
    area = AreaCode()
    number = models.PositiveSmallIntegerField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "number"], name="screening_round_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="screening_round_hours"),
        ]
        indexes = [models.Index(fields=["area", "opens_at"], name="screening_round_area")]


class Part(models.Model):
    """An area within a round, in its order: risk first. ``people`` were registered there when the round was made.

    ``sampled`` counts those of them who were bound, ``sampled_here`` everybody bound at a site there, up to ``counted_at``.
    """

    counted = Counted(
        {
            "area": ("text", "area"),
            "people": ("whole", "people"),
            "sampled": ("whole", "sampled"),
            "opens_at": ("moment", "opens_at"),
        },
        begins="opens_at",
        moves=("counted_at",),
    )

    round = models.ForeignKey(Round, models.CASCADE, related_name="parts")
    area = AreaCode()
    order = models.PositiveIntegerField()
    tier = models.CharField(default="none")
    group = models.CharField(default="general")
    people = models.PositiveIntegerField()
    opens_at = models.DateTimeField()
    sampled = models.PositiveIntegerField(default=0)
    sampled_here = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "area"], name="screening_part_once")]
        indexes = [models.Index(fields=["area"], name="screening_part_area")]
