"""Orders, and what became of each in every unit it was given to; requests upward."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from yanmen.base.retention import KeptAlways
from yanmen.registry.models import AreaCode

URGENCIES = ("express", "urgent", "ordinary")
ORDER_STATES = ("open", "recalled", "superseded")
STEPS = ("issued", "received", "read", "accepted", "split", "done", "verified")
RECEIPT_STATES = (*STEPS, "recalled")
OUTCOMES = ("granted", "partly", "refused")
WANTED = ("teams", "supplies", "rooms", "decision", "other")


def no_terms() -> dict[str, Any]:
    """The default of a JSON column."""
    return {}


class Order(models.Model):
    """One order as it was given. Its target is frozen: the question, what was given to it, the moment, the count; never edited afterwards.

    A sub-order names the receipt it comes from; `root` is the order at the top of its tree.
    """

    retention = KeptAlways("what was ordered, under which clause, to whom and until when")

    area = AreaCode()
    root = models.ForeignKey("self", models.PROTECT, null=True, related_name="below", db_index=False)
    parent = models.ForeignKey("Receipt", models.PROTECT, null=True, related_name="orders")
    title = models.CharField(max_length=200)
    text = models.TextField()
    document = models.CharField(max_length=200)
    clauses = ArrayField(models.CharField(max_length=200), default=list)
    urgency = models.CharField()
    target = models.JSONField()
    target_sql = models.TextField()
    target_count = models.PositiveIntegerField()
    end = models.JSONField(default=no_terms)
    due_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField()
    state = models.CharField(default="open")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(blank=True, default="")
    closed_why = models.CharField(blank=True, default="", max_length=400)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(urgency__in=URGENCIES), name="command_order_urgency"),
            models.CheckConstraint(condition=Q(state__in=ORDER_STATES), name="command_order_state"),
            models.CheckConstraint(condition=Q(target_count__gt=0), name="command_order_for_somebody"),
        ]
        indexes = [
            models.Index(fields=["area", "-issued_at"], name="command_order_area"),
            models.Index(fields=["root"], name="command_order_root"),
        ]

    def __str__(self) -> str:
        return self.title


class Receipt(models.Model):
    """An order in the hands of one unit: each step with its moment and its hand, and by when it should have come."""

    retention = KeptAlways("who had an order in hand when; accounts as numbers")

    order = models.ForeignKey(Order, models.PROTECT, related_name="receipts", db_index=False)
    root_id = models.BigIntegerField()
    area = AreaCode()
    state = models.CharField(default="issued")
    due_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    receive_by = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    received_by = models.CharField(blank=True, default="")
    read_due = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(blank=True, default="")
    accept_due = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.CharField(blank=True, default="")
    split_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(blank=True, default="")
    done_note = models.CharField(blank=True, default="", max_length=1000)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(blank=True, default="")
    returned_at = models.DateTimeField(null=True)
    returned_why = models.CharField(blank=True, default="", max_length=400)
    returns = models.PositiveSmallIntegerField(default=0)
    step_due = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "area"], name="command_receipt_once"),
            models.CheckConstraint(condition=Q(state__in=RECEIPT_STATES), name="command_receipt_state"),
        ]
        indexes = [
            models.Index(fields=["root_id", "area"], name="command_receipt_tree"),
            models.Index(fields=["area", "-issued_at"], name="command_receipt_area"),
            models.Index(fields=["step_due"], name="command_receipt_due", condition=Q(step_due__isnull=False)),
        ]


class Request(models.Model):
    """What a unit asks of the one above: teams, supplies, rooms or a decision; seen, and granted or refused with a reason."""

    retention = KeptAlways("what was asked of the level above, and what it answered when")

    area = AreaCode()
    to_area = AreaCode()
    kind = models.CharField()
    text = models.TextField()
    amount = models.PositiveIntegerField(null=True)
    needed_at = models.DateTimeField(null=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="requests")
    asked_at = models.DateTimeField()
    asked_by = models.CharField()
    due_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(blank=True, default="")
    outcome = models.CharField(blank=True, default="")
    reason = models.CharField(blank=True, default="", max_length=1000)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=WANTED), name="command_request_kind"),
            models.CheckConstraint(condition=Q(outcome__in=("", *OUTCOMES)), name="command_request_outcome"),
        ]
        indexes = [
            models.Index(fields=["area", "-asked_at"], name="command_request_area"),
            models.Index(fields=["to_area", "due_at"], name="command_request_open", condition=Q(answered_at=None)),
        ]
