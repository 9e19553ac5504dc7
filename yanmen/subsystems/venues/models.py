"""Registers of venues: who has a code, what was found about check-ins, and each finished day in numbers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.base.retention import KeptAlways
from yanmen.registry.models import Account, AreaCode, Place
from yanmen.subsystems.venues.methods import words

KINDS = tuple(words.KINDS)
WHY = tuple(words.WHY)
MOST_MINUTES = 720


class Venue(models.Model):
    """A place with a printed code. The seed is part of the code: a new one makes every older print worthless."""

    retention = KeptAlways("the register of venues; of people it names who answers for one")

    place = models.OneToOneField(Place, models.PROTECT, primary_key=True, related_name="+")
    area = AreaCode()
    kind = models.CharField()
    seed = models.BinaryField(max_length=8)
    seeded_at = models.DateTimeField()
    capacity = models.PositiveIntegerField(null=True)
    stay_minutes = models.PositiveSmallIntegerField(null=True, help_text="empty: as the policy says for the kind")
    responsible = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.CharField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(blank=True, default="")
    printed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="venues_kind"),
            models.CheckConstraint(
                condition=Q(stay_minutes=None) | Q(stay_minutes__gte=1, stay_minutes__lte=MOST_MINUTES),
                name="venues_stay_is_at_most_half_a_day",
            ),
        ]
        indexes = [models.Index(fields=["area", "place"], name="venues_area")]

    def __str__(self) -> str:
        return self.place.name_zh


class Norm(models.Model):
    """The policy's numbers on venues, as SQL needs them: copied from the packs, one row a day from which they hold."""

    name = models.CharField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    parts = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "valid_from"], name="venues_norm_once")]


class Judging(models.Model):
    """A look at the check-ins that came in: those recorded up to `up_to` were judged when it was made."""

    at = models.DateTimeField()
    up_to = models.DateTimeField()
    settled_to = models.DateTimeField()
    scans = models.PositiveIntegerField()
    doubted = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="venues_judging_at")]


class Note(models.Model):
    """What inspection and the venue should look at: one a venue, reason and day, however many check-ins it is about."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="notes")
    area = AreaCode()
    why = models.CharField()
    day = models.DateField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    scans = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    homes = models.JSONField()
    noted_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(blank=True, default="")
    finding = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(why__in=WHY), name="venues_note_why"),
            models.UniqueConstraint(fields=["venue", "why", "day"], name="venues_one_note_a_day"),
        ]
        indexes = [models.Index(fields=["area", "-last_at"], name="venues_note_newest")]


class Day(models.Model):
    """A finished day of a venue in numbers: what coverage is judged by once the check-ins themselves are gone."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="days")
    area = AreaCode()
    day = models.DateField()
    scans = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    claimed = models.PositiveIntegerField()
    doubted = models.PositiveIntegerField()
    same_second = models.PositiveIntegerField()
    whole_minute = models.PositiveIntegerField()
    top_device = models.PositiveIntegerField()
    passes = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["venue", "day"], name="venues_day_once")]
        indexes = [models.Index(fields=["area", "day"], name="venues_day_area")]


class Roll(models.Model):
    """A day that was counted, and when."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()


class Hint(models.Model):
    """A reason for inspection to go and look, as found after the last counted day. Made anew every day."""

    venue = models.ForeignKey(Venue, models.PROTECT, related_name="hints")
    area = AreaCode()
    day = models.DateField()
    name = models.CharField()
    value = models.FloatField()
    limit = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["venue", "name"], name="venues_hint_once")]
        indexes = [models.Index(fields=["area", "name", "venue"], name="venues_hint_area")]
