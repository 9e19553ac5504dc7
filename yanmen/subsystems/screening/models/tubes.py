"""Tubes, and what may be wrong with them. Who is in a tube is said by bulk facts (``screening.bound``) alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.base.counted import Counted
from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode, Person
from yanmen.subsystems.screening.methods.words import CONDITIONS, FINDINGS, TUBE_RESULTS
from yanmen.subsystems.screening.models.campaigns import Round
from yanmen.subsystems.screening.models.laboratory import Run
from yanmen.subsystems.screening.models.places import Laboratory, Site
from yanmen.subsystems.screening.models.transport import Box

DAYS = 365


class Tube(models.Model):
    """A tube from its first binding (or its arrival at a laboratory) to its result: a moment for every gate it passed.

    ``area`` is where this sampling took place; ``capacity`` how many people it holds, ``members`` how many it has.
    """

    retention = Kept(DAYS, after="first_at")
    counted = Counted(
        {
            "area": ("text", "area"),
            "members": ("whole", "members"),
            "first_at": ("moment", "first_at"),
            "released_at": ("moment", "released_at"),
            "result": ("text", "result"),
        },
        begins="released_at",
        moves=("released_at",),
        only="released_at IS NOT NULL",
    )

    code = models.CharField(primary_key=True, max_length=40, db_collation="C")
    area = AreaCode()
    site = models.ForeignKey(Site, models.PROTECT, null=True, db_index=False, related_name="tubes")
    round = models.ForeignKey(Round, models.PROTECT, null=True, db_index=False, related_name="tubes")
    capacity = models.PositiveSmallIntegerField()
    members = models.PositiveSmallIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    device = models.BigIntegerField(null=True)
    box = models.ForeignKey(Box, models.PROTECT, null=True, related_name="tubes")
    rack = models.CharField(blank=True, default="")
    boxed_at = models.DateTimeField(null=True)
    typed = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True)
    laboratory = models.ForeignKey(Laboratory, models.PROTECT, null=True, db_index=False, related_name="tubes")
    lab_area = AreaCode(blank=True, default="")
    received_at = models.DateTimeField(null=True)
    condition = models.CharField(blank=True, default="")
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="tubes")
    logged_at = models.DateTimeField(null=True)
    measured_at = models.DateTimeField(null=True)
    result = models.CharField(blank=True, default="")
    released_at = models.DateTimeField(null=True)
    told = models.UUIDField(null=True)
    void_at = models.DateTimeField(null=True)
    void_why = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=100), name="screening_tube_capacity"),
            models.CheckConstraint(condition=Q(condition__in=("", *CONDITIONS)), name="screening_tube_condition"),
            models.CheckConstraint(condition=Q(result__in=("", *TUBE_RESULTS)), name="screening_tube_result"),
            models.CheckConstraint(condition=Q(released_at=None) | ~Q(result=""), name="screening_tube_released"),
        ]
        indexes = [
            models.Index(fields=["area", "first_at"], name="screening_tube_area"),
            models.Index(fields=["round", "area"], name="screening_tube_round"),
            models.Index(
                fields=["laboratory", "received_at"],
                name="screening_tube_waiting",
                condition=Q(released_at=None, void_at=None),
            ),
            models.Index(fields=["first_at"], name="screening_tube_open", condition=Q(released_at=None, void_at=None)),
            models.Index(fields=["site", "first_at"], name="screening_tube_site"),
            models.Index(
                fields=["laboratory", "released_at"], name="screening_tube_told", condition=Q(released_at__isnull=False)
            ),
            models.Index(fields=["void_at"], name="screening_tube_void", condition=Q(void_at__isnull=False)),
        ]

    @property
    def gate(self) -> str:
        """The last gate it passed, a word of ``GATES``."""
        passed = (
            ("void", self.void_at),
            ("released", self.released_at),
            ("measured", self.measured_at),
            ("logged", self.logged_at),
            ("received", self.received_at),
            ("sent", self.sent_at),
            ("boxed", self.boxed_at),
        )
        return next((name for name, at in passed if at), "sampled")


class Finding(models.Model):
    """Something that may be wrong with a tube, open until somebody says what became of it. ``key`` makes a repeat the same."""

    retention = Kept(DAYS, after="found_at")
    counted = Counted(
        {
            "area": ("text", "area"),
            "kind": ("text", "kind"),
            "found_at": ("moment", "found_at"),
            "resolved_at": ("moment", "resolved_at"),
        },
        begins="found_at",
        moves=("resolved_at",),
    )

    kind = models.CharField()
    tube = models.CharField(max_length=40, db_collation="C")
    area = AreaCode()
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, null=True, related_name="+")
    key = models.CharField(default="")
    detail = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(blank=True, default="")
    note = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "tube", "key"], name="screening_finding_once"),
            models.CheckConstraint(condition=Q(kind__in=tuple(FINDINGS)), name="screening_finding_kind"),
        ]
        indexes = [
            models.Index(fields=["area", "found_at"], name="screening_finding_open", condition=Q(resolved_at=None)),
            models.Index(fields=["tube"], name="screening_finding_tube"),
        ]


class Look(models.Model):
    """How far the bindings that came in have been looked at: every one before ``up_to``, once."""

    up_to = models.DateTimeField()
    at = models.DateTimeField()
    bindings = models.PositiveIntegerField()
