"""Registers of the health code: codes on paper, and the signed documents that edges and telephones fetch."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from yanmen.base.retention import Kept
from yanmen.registry.models import AreaCode, Person


class PaperCode(models.Model):
    """A health code on paper: who has it, what it showed when it was printed, until when, and whether it was taken back."""

    # Not from the revocation: doors must know a paper as taken back until it has ended.
    retention = Kept(90, after="expires_at")

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    area = AreaCode()
    pseudonym = models.BinaryField()
    credential = models.BinaryField()
    colour = models.PositiveSmallIntegerField()
    hint = models.CharField()
    purpose = models.CharField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(blank=True, default="")
    revoked_reason = models.CharField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="health_code_paper_ends"),
            models.UniqueConstraint(fields=["pseudonym"], name="health_code_paper_name"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(revoked_at=None), name="health_code_one_paper_a_person"
            ),
        ]
        indexes = [
            models.Index(fields=["area", "-id"], name="health_code_paper_area"),
            models.Index(fields=["expires_at"], name="health_code_paper_expires"),
        ]


class Publication(models.Model):
    """A signed document as it was published. The newest of a name is the one that edges serve."""

    name = models.CharField()
    seq = models.PositiveBigIntegerField()
    body = models.BinaryField()
    basis = models.CharField()
    at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "seq"], name="health_code_publication_once")]
