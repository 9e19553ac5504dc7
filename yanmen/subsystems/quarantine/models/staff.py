"""Who works in the closed loop of a site."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode, Person
from yanmen.subsystems.quarantine.methods.housekeeping import DUTIES
from yanmen.subsystems.quarantine.methods.words import ZONES
from yanmen.subsystems.quarantine.models.sites import Site


class Cycle(models.Model):
    """Somebody works in a zone of a site, from a day until the cycle ends. Nobody is in two cycles at once.

    What follows after leaving is a measure of the loop, not a field of this register.
    """

    retention = Kept(365, after="left_at")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, models.PROTECT, related_name="cycles")
    area = AreaCode()
    zone = models.CharField()
    duty = models.CharField()
    entered_at = models.DateTimeField()
    entered_by = models.CharField()
    ends_on = models.DateField(null=True)
    left_at = models.DateTimeField(null=True)
    left_by = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(zone__in=tuple(ZONES)), name="quarantine_cycle_zone"),
            models.CheckConstraint(condition=Q(duty__in=tuple(DUTIES)), name="quarantine_cycle_duty"),
            models.UniqueConstraint(fields=["person"], condition=Q(left_at=None), name="quarantine_one_cycle"),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("entered_at")), name="quarantine_cycle_order"
            ),
        ]
        indexes = [models.Index(fields=["site", "ends_on"], name="quarantine_cycle_site")]
