"""The kernel's tables. Written by the named SQL in ``sql/``; read through ``reading.py``.

Rows carry plain numbers and area codes instead of foreign keys: facts and measures are
written a hundred thousand at a time, and may live on another shard than the register.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yanmen.base.counted import Counted
from yanmen.base.retention import Kept, KeptAlways, KeptByKind

OPEN = ("proposed", "in_force")


class AreaCode(models.CharField):  # type: ignore[type-arg]
    """A GB/T 2260 path code, compared byte by byte so that a prefix is an index range."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 12)
        options.setdefault("db_collation", "C")
        super().__init__(**options)


class Fact(models.Model):
    """Something that happened. Never edited; a mistake is corrected by a further fact."""

    retention = KeptByKind()

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    person_id = models.BigIntegerField(null=True)
    place_id = models.BigIntegerField(null=True)
    area = AreaCode()
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.TextField()
    detail = models.JSONField(default=dict, db_default={})
    corrects = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index("person_id", "kind", name="fact_of_person", condition=Q(person_id__isnull=False)),
            models.Index("kind", "area", "occurred_at", name="fact_of_area"),
            models.Index("occurred_at", "id", name="fact_latest"),
            models.Index("corrects", name="fact_corrects", condition=Q(corrects__isnull=False)),
            models.Index("recorded_by", "kind", name="fact_by_recorder"),
            BrinIndex("recorded_at", name="fact_recorded"),
        ]


class Edition(models.Model):
    """The values of one rule, in one area, from one day: merged over all packs, immutable."""

    pack = models.TextField()
    rule = models.TextField()
    area = AreaCode(blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    digest = models.CharField(max_length=64, unique=True)
    body = models.JSONField()


class EditionStage(models.Model):
    """A stretch of a measure: days counted from day 0, both ends included."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="stages")
    ordinal = models.SmallIntegerField()
    place = models.TextField(blank=True)
    from_day = models.IntegerField()
    to_day = models.IntegerField(null=True)
    is_last = models.BooleanField()
    marks = models.JSONField(default=dict)

    class Meta:
        db_table = "loop_edition_stage"
        constraints = [models.UniqueConstraint(fields=["edition", "ordinal"], name="stage_once")]


class EditionTask(models.Model):
    """A task that the edition asks for: on a day, within hours, or every so many days."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="tasks")
    kind = models.TextField()
    ordinal = models.IntegerField()
    day = models.IntegerField(null=True)
    within_hours = models.FloatField(null=True)
    every_days = models.IntegerField(null=True)
    role = models.TextField()

    class Meta:
        db_table = "loop_edition_task"
        constraints = [models.UniqueConstraint(fields=["edition", "kind", "ordinal"], name="edition_task_once")]


class RuleState(models.Model):
    """Which editions of a rule the loop last applied: a difference wakes whom it may touch."""

    rule = models.TextField(primary_key=True)
    editions = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "loop_rule_state"


class Measure(models.Model):
    """An obligation: one for a rule, a subject and a reason."""

    retention = KeptAlways("what was imposed on whom, and under which clause: what people contest in court")

    rule = models.TextField()
    kind = models.TextField()
    subject_type = models.TextField()
    subject = models.BigIntegerField()
    reason = models.TextField()
    area = AreaCode()
    state = models.TextField()
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="+", db_index=False)
    count_from = models.DateField()
    last_day = models.DateField(null=True)
    known_on = models.DateField()
    next_change = models.DateField(null=True)
    over_hold = models.BooleanField(default=False, db_default=False)
    since_at = models.DateTimeField()
    evidence = ArrayField(models.UUIDField())
    imposed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "subject_type", "rule", "reason"], name="measure_once"),
            models.CheckConstraint(condition=Q(state__in=[*OPEN, "completed", "lifted"]), name="measure_state"),
        ]
        indexes = [
            models.Index("next_change", name="measure_due", condition=Q(state__in=OPEN)),
            models.Index("subject_type", "subject", name="measure_open_subject", condition=Q(state__in=OPEN)),
            models.Index("area", "kind", name="measure_open_area", condition=Q(state__in=OPEN)),
            models.Index("imposed_at", "id", name="measure_open_latest", condition=Q(state__in=OPEN)),
        ]


class Event(models.Model):
    """The ledger: what was done to a measure and how it stood after. Only ever appended."""

    retention = KeptAlways("the hash chain: a missing row would look like a forged one")

    turn = models.BigIntegerField()
    at = models.DateTimeField()
    act = models.TextField()
    measure_id = models.BigIntegerField()
    rule = models.TextField()
    kind = models.TextField()
    subject_type = models.TextField()
    subject = models.BigIntegerField()
    reason = models.TextField()
    area = AreaCode()
    state = models.TextField()
    edition_id = models.BigIntegerField()
    count_from = models.DateField()
    last_day = models.DateField(null=True)
    known_on = models.DateField()
    over_hold = models.BooleanField()
    evidence = ArrayField(models.UUIDField())
    note = models.TextField()

    class Meta:
        indexes = [
            models.Index("turn", name="event_of_turn"),
            models.Index("subject", "subject_type", name="event_of_subject"),
            models.Index("measure_id", "id", name="event_of_area", condition=Q(subject_type="area")),
        ]


class Task(models.Model):
    """One act that one role in one area owes by a deadline. It goes with the fact that closed it."""

    retention = KeptByKind()
    counted = Counted(
        {
            "kind": ("text", "kind"),
            "role": ("text", "role"),
            "area": ("text", "area"),
            "subject_type": ("text", "subject_type"),
            "measure": ("whole", "measure_id"),
            "opens_at": ("moment", "opens_at"),
            "due_at": ("moment", "due_at"),
            "state": ("text", "state"),
            "closed_at": ("moment", "closed_at"),
        },
        begins="opens_at",
        moves=("closed_at",),
    )

    measure_id = models.BigIntegerField()
    kind = models.TextField()
    ordinal = models.IntegerField()
    subject_type = models.TextField()
    subject = models.BigIntegerField()
    area = AreaCode()
    role = models.TextField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.TextField(default="open", db_default="open")
    done_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    escalated_to = AreaCode(null=True)
    climbs_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["measure_id", "kind", "ordinal"], name="task_once"),
            models.CheckConstraint(condition=Q(state__in=["open", "done", "cancelled", "failed"]), name="task_state"),
        ]
        indexes = [
            models.Index("subject", "subject_type", name="task_of_subject"),
            models.Index("due_at", name="task_due", condition=Q(state="open")),
            models.Index("climbs_at", name="task_climbs", condition=Q(state="failed", climbs_at__isnull=False)),
            models.Index("role", "area", "due_at", name="task_worklist", condition=Q(state__in=["open", "failed"])),
        ]


class StatusValue(models.Model):
    """A cache of the fold, only of what differs (or once differed) from the default."""

    retention = KeptAlways("computed anew from the measures at any time")
    counted = Counted(
        {
            "status": ("text", "status"),
            "value": ("text", "value"),
            "area": ("text", "area"),
            "subject_type": ("text", "subject_type"),
            "since": ("moment", "since"),
        },
        begins="since",
        moves=("since",),
    )

    subject_type = models.TextField()
    subject = models.BigIntegerField()
    status = models.TextField()
    value = models.TextField()
    area = AreaCode()
    version = models.BigIntegerField()
    since = models.DateTimeField()
    because = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "loop_status"
        constraints = [models.UniqueConstraint(fields=["subject", "subject_type", "status"], name="status_once")]
        indexes = [
            models.Index("version", name="status_version"),
            models.Index("status", "value", "area", name="status_counts"),
        ]


class Wake(models.Model):
    """A subject whose facts changed: the loop looks at it in its next turn."""

    retention = KeptAlways("taken by the next turn, within seconds")

    subject_type = models.TextField()
    subject = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(models.F("subject") % 64, name="wake_shard")]


class Turn(models.Model):
    """What one turn of the loop did."""

    at = models.DateTimeField()
    as_of = models.DateField()
    subjects = models.IntegerField()
    imposed = models.IntegerField()
    proposed = models.IntegerField()
    revised = models.IntegerField()
    lifted = models.IntegerField()
    completed = models.IntegerField()
    over_held = models.IntegerField()
    tasks_opened = models.IntegerField()
    tasks_closed = models.IntegerField()
    tasks_failed = models.IntegerField()
    statuses = models.IntegerField()
    seconds = models.FloatField()


class Seal(models.Model):
    """A link of the hash chain: the digest of a turn's ledger rows and of the link before."""

    turn = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    events = models.IntegerField()
    digest = models.BinaryField()
    previous = models.BinaryField()


class DailySeal(models.Model):
    """A day's last link, and the day's facts, under the signing key."""

    day = models.DateField(primary_key=True)
    digest = models.BinaryField()
    facts = models.BigIntegerField()
    facts_digest = models.BinaryField()
    key_id = models.TextField()
    signature = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "loop_daily_seal"


class Disposal(models.Model):
    """The receipt for rows whose retention is over: how many of a kind and day were deleted, signed.

    A large day goes in several parts. Where ordinary facts went, the receipt says what is left of the sealed day.
    """

    kind = models.TextField()
    day = models.DateField()
    part = models.IntegerField(default=0, db_default=0)
    facts = models.BigIntegerField()
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    checksum = models.BigIntegerField()
    left_facts = models.BigIntegerField(null=True)
    left_digest = models.BinaryField(null=True)
    disposed_at = models.DateTimeField()
    key_id = models.TextField()
    signature = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "day", "part"], name="disposed_once")]


class Outbox(models.Model):
    """What edges and subscribers follow, in sequence. Who comes back later than this takes a new snapshot."""

    retention = Kept(30, after="at")

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    topic = models.TextField()
    body = models.JSONField()


class Alarm(models.Model):
    """An attempt that was refused, or a shape that inspection should look at."""

    at = models.DateTimeField(db_default=Now())
    kind = models.TextField()
    actor = models.TextField()
    count = models.IntegerField()
    detail = models.JSONField(default=dict, db_default={})
    transaction_id = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)


class EdgeRun(models.Model):
    """From when to when an edge was heard of: a row each time one starts. It says so itself, every few seconds, and says farewell."""

    retention = Kept(90, after="heard_at")

    name = models.TextField()
    started_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "started_at"], name="edge_run_once")]
        indexes = [models.Index("heard_at", name="edge_run_open", condition=Q(ended_at=None))]
