"""Runs of a laboratory: plates, wells, controls, and what the control rules found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from yanmen.registry.models import AreaCode
from yanmen.subsystems.screening.methods.courses import RUN
from yanmen.subsystems.screening.methods.words import CONTROLS, TUBE_RESULTS
from yanmen.subsystems.screening.models.places import Laboratory


class Run(models.Model):
    """A plate on an instrument. One person accepts it, another releases it. ``digest`` is the instrument file's SHA-256,
    ``receipt`` what became of its rows."""

    laboratory = models.ForeignKey(Laboratory, models.PROTECT, related_name="runs")
    area = AreaCode()
    code = models.CharField(max_length=60)
    instrument = models.CharField(max_length=80)
    kit = models.CharField(max_length=80)
    lot = models.CharField(max_length=80)
    wells = models.PositiveSmallIntegerField(default=96)
    state = models.CharField(default=RUN.start)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField()
    measured_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True, default="")
    file_name = models.CharField(blank=True, default="")
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(blank=True, default="")
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(blank=True, default="")
    note = models.CharField(blank=True, default="")
    receipt = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["laboratory", "code"], name="screening_run_once"),
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="screening_run_file_once"),
            models.CheckConstraint(condition=Q(state__in=RUN.states), name="screening_run_state"),
            models.CheckConstraint(condition=Q(wells__in=(96, 384)), name="screening_run_wells"),
            models.CheckConstraint(
                condition=Q(released_at=None) | ~Q(released_by="") & ~Q(released_by=models.F("accepted_by")),
                name="screening_run_two_people",
            ),
        ]
        indexes = [models.Index(fields=["area", "-loaded_at"], name="screening_run_area")]


class Well(models.Model):
    """A well: a tube or a control, the Ct of each target (null: no curve), how it was read, and why that is in doubt."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="plate")
    position = models.CharField(max_length=4)
    tube = models.CharField(max_length=40, blank=True, default="", db_collation="C")
    control = models.CharField(blank=True, default="")
    control_lot = models.CharField(max_length=80, blank=True, default="")
    targets = models.JSONField(default=dict)
    result = models.CharField(blank=True, default="")
    doubts = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="screening_well_once"),
            models.UniqueConstraint(fields=["run", "tube"], condition=~Q(tube=""), name="screening_well_tube_once"),
            models.CheckConstraint(condition=Q(control__in=("", *CONTROLS)), name="screening_well_control"),
            models.CheckConstraint(condition=Q(result__in=("", *TUBE_RESULTS)), name="screening_well_result"),
            models.CheckConstraint(
                condition=Q(tube="") & ~Q(control="") | ~Q(tube="") & Q(control=""), name="screening_well_one"
            ),
        ]
        indexes = [models.Index(fields=["tube"], name="screening_well_tube", condition=~Q(tube=""))]


class ControlLot(models.Model):
    """Mean and standard deviation of a control's Ct for one target, and how they were found."""

    laboratory = models.ForeignKey(Laboratory, models.PROTECT, related_name="lots")
    area = AreaCode()
    lot = models.CharField(max_length=80)
    control = models.CharField()
    target = models.CharField(max_length=40)
    mean = models.FloatField()
    deviation = models.FloatField()
    how = models.CharField(default="assigned")
    valid_from = models.DateTimeField()
    created_by = models.CharField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["laboratory", "lot", "control", "target", "valid_from"], name="screening_lot_once"
            ),
            models.CheckConstraint(condition=Q(deviation__gt=0), name="screening_lot_deviation"),
            models.CheckConstraint(
                condition=Q(how__in=("assigned", "observed", "transferred")), name="screening_lot_how"
            ),
        ]


class Violation(models.Model):
    """A control rule that a run broke. While one is open nothing of that run is released."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="violations")
    area = AreaCode()
    rule = models.CharField()
    control = models.CharField()
    target = models.CharField(max_length=40)
    lot = models.CharField(max_length=80)
    values = models.JSONField(default=list)
    found_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.CharField(blank=True, default="")
    note = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "rule", "control", "target"], name="screening_violation_once")
        ]
        indexes = [
            models.Index(fields=["area", "found_at"], name="screening_violation_open", condition=Q(resolved_at=None))
        ]
