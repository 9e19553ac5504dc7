"""Two records, one person? Candidates are proposed, people decide, decisions are remembered and can be undone.

`Person.same_as` is never typed in: a trigger derives it from the decisions in force, so undoing restores exactly what
the others say. Each act returns the numbers of all people it concerned, for the caller to wake.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Q

from yanmen.base.refusals import Refusal
from yanmen.registry.models import MatchDecision, Person
from yanmen.registry.scope import Scope

_CANDIDATES = (Path(__file__).parent / "sql" / "candidates.sql").read_text("utf-8")
REASONS = {
    "phone": ("电话相同", "Same telephone number"),
    "born_on": ("出生日期相同、姓名相近", "Same birth date, similar name"),
    "name": ("同城同名，出生日期不矛盾", "Same name in the same city, birth dates do not contradict"),
}


@dataclass(frozen=True)
class Candidate:
    """A record that may be the same person, how sure (0–1) and why."""

    person: int
    score: float
    reasons: tuple[str, ...]


def candidates(scope: Scope, person: Person | int, *, limit: int = 20) -> list[Candidate]:
    """Records in the asker's areas that may be this person, likeliest first. Decided pairs do not come back."""
    pk = person if isinstance(person, int) else person.pk
    parameters: dict[str, int | str] = {"person": pk, "area": scope.area, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, parameters)
        return [Candidate(number, float(score), tuple(reasons)) for number, score, reasons in cursor.fetchall()]


def decide_same(*, left: int, right: int, by: str, now: datetime) -> tuple[int, ...]:
    """These two records are one person. Refused if somebody decided that members of their groups are different."""
    members = sorted({*group_of(left), *group_of(right)})
    against = (
        MatchDecision.objects.filter(left__in=members, right__in=members, same=False, undone_at=None)
        .exclude(left=min(left, right), right=max(left, right))
        .first()
    )
    if against is not None:
        raise Refusal(
            f"已有决定：{against.left_id} 与 {against.right_id} 不是同一人。请先撤销该决定。",
            f"It was decided that {against.left_id} and {against.right_id} are different people. Undo that first.",
            field="person",
            value=f"{against.left_id}, {against.right_id}",
        )
    return _decide(left, right, same=True, by=by, now=now)


def decide_different(*, left: int, right: int, by: str, now: datetime) -> tuple[int, ...]:
    """These two records are two people; they are not proposed again. Refused while others tie them together."""
    before = {*group_of(left), *group_of(right)}
    with transaction.atomic():
        _supersede(left, right, by, now)
        if right in group_of(left):
            raise _still_tied(left, right)
        return tuple(sorted(before | {*_decide(left, right, same=False, by=by, now=now)}))


def undo(*, decision: int, by: str, now: datetime) -> tuple[int, ...]:
    """Take a decision back. It stays on record; the pair may be proposed again."""
    found = MatchDecision.objects.filter(pk=decision, undone_at=None).first()
    if found is None:
        raise Refusal(
            "没有这项决定，或已撤销。", "There is no such decision in force.", field="decision", value=str(decision)
        )
    before = set(group_of(found.left_id))
    MatchDecision.objects.filter(pk=decision).update(undone_by=by, undone_at=now)
    return tuple(sorted(before | {found.left_id, found.right_id}))


def group_of(person: int) -> tuple[int, ...]:
    """All records of one person, oldest first; the first is the one the others point to."""
    row = Person.objects.filter(pk=person).values_list("same_as", flat=True)
    if not row:
        raise Refusal(
            "没有此人，或不在您的辖区。", "There is no such person in your areas.", field="person", value=str(person)
        )
    root = row[0] or person
    members = Person.objects.filter(Q(pk=root) | Q(same_as=root)).order_by("pk")
    return tuple(members.values_list("pk", flat=True))


def decisions_on(person: int) -> "list[MatchDecision]":
    """Every decision about this record, undone ones included, newest first."""
    return list(MatchDecision.objects.filter(Q(left=person) | Q(right=person)).order_by("-at", "-pk"))


def _decide(left: int, right: int, *, same: bool, by: str, now: datetime) -> tuple[int, ...]:
    if left == right:
        raise Refusal("请选择两条不同的记录。", "Choose two different records.", field="person", value=str(left))
    for pk in (left, right):
        group_of(pk)
    left, right = min(left, right), max(left, right)
    if not MatchDecision.objects.filter(left=left, right=right, same=same, undone_at=None).exists():
        _supersede(left, right, by, now)
        MatchDecision.objects.create(left_id=left, right_id=right, same=same, by=by, at=now)
    return tuple(sorted({*group_of(left), *group_of(right)}))


def _supersede(left: int, right: int, by: str, now: datetime) -> None:
    """A new decision on a pair replaces the former one, which stays on record as undone."""
    former = MatchDecision.objects.filter(left=min(left, right), right=max(left, right), undone_at=None)
    former.update(undone_by=by, undone_at=now)


def _still_tied(left: int, right: int) -> Refusal:
    return Refusal(
        "两条记录仍由其他“同一人”决定相连。请先撤销那些决定。",
        "Other decisions still tie these two records together. Undo those first.",
        field="person",
        value=f"{left}, {right}",
    )
