"""Registering people and finding them again. Secrets are sealed on the way in and opened only with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import psycopg
from django.db import connection

from yanmen.base import identity
from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.registry.access import log_access
from yanmen.registry.details import ID_TYPES as ID_TYPES
from yanmen.registry.details import SEXES as SEXES
from yanmen.registry.details import Details as Details
from yanmen.registry.drills import fit_here, is_drill
from yanmen.registry.models import Household, Person
from yanmen.registry.scope import Scope, acting
from yanmen.registry.vault import ring

_SECRET_FIELDS = ("id_number", "phone")
_BATCH = 2000
_REGISTER = (Path(__file__).parent / "sql" / "register_people.sql").read_text("utf-8")
_COLUMNS = (
    "id", "name", "sex", "born_on", "id_type", "id_number_sealed", "id_number_index", "phone_sealed", "phone_index",
    "area", "address", "guardian", "household", "post", "synthetic",
)  # fmt: skip


@dataclass(frozen=True)
class Registered:
    """A person in the register: created now, or matched by the document."""

    person: int
    created: bool


def register_person(
    *,
    name: str,
    sex: str = "",
    born_on: date | None = None,
    id_type: str = "",
    id_number: str = "",
    phone: str = "",
    area: str,
    address: str = "",
    guardian: Person | None = None,
    household: Household | None = None,
    post: str = "",
    synthetic: bool = False,
    by: str,
    now: datetime,
) -> Person:
    """The person with this document, created if there is none. `area` answers for them from now on."""
    details = Details(
        name=name, sex=sex, born_on=born_on, id_type=id_type, id_number=id_number, phone=phone, area=area,
        address=address, guardian=guardian.pk if guardian else None, household=household.pk if household else None,
        post=post, synthetic=synthetic,
    )  # fmt: skip
    (found,) = register_people([details], by=by, now=now)
    if isinstance(found, Refusal):
        raise found
    return Person.objects.get(pk=found.person)


def register_people(
    rows: Sequence[Details], *, by: str, now: datetime, take_over: bool = True
) -> list[Registered | Refusal]:
    """Register many at once, in the current scope: an answer for each row, in the order given.

    A person known by the document is matched wherever they are registered; if another area was responsible, `area`
    takes over and a move is recorded, unless they were only met here (`take_over=False`). Blanks in the register are
    filled from the row, nothing is overwritten.
    """
    answers: list[Registered | Refusal] = []
    for start in range(0, len(rows), _BATCH):
        answers += _register_batch(rows[start : start + _BATCH], by, now, take_over)
    return answers


def register_households(homes: Sequence[tuple[str, str]], *, now: datetime) -> list[int]:
    """Register households by area and address, in the current scope; their numbers, in the order given."""
    rows = [Household(area=area, address=address, created_at=now) for area, address in homes]
    return [made.pk for made in Household.objects.bulk_create(rows, batch_size=_BATCH)]


def index_of(id_number: str) -> bytes:
    """The blind index of a normalised document number."""
    return ring().blind_index(id_number, "id_number")


def phone_index_of(phone: str) -> bytes:
    """The blind index of a normalised telephone number."""
    return ring().blind_index(phone, "phone")


def seal_into(person: Person, field: str, clear: str) -> None:
    """Put a secret into its two columns; the person must already have its number."""
    sealed, index = _sealed(field, clear, person.pk)
    setattr(person, f"{field}_sealed", sealed)
    setattr(person, f"{field}_index", index)


def unsealed(person: Person, field: str) -> str:
    """A secret in clear, for code that masks it or was given a reason; `reveal` is what the doors call."""
    return unsealed_text(getattr(person, f"{field}_sealed"), field, person.pk)


def unsealed_text(sealed: bytes | None, field: str, person: int) -> str:
    """The same from a column that was read by itself."""
    return ring().unseal(bytes(sealed), _context(field, person)) if sealed else ""


def masked(person: Person, field: str) -> str:
    """A secret as lists and exports show it."""
    return identity.mask(unsealed(person, field))


def reveal(scope: Scope, person: Person | int, field: str, *, reason: str, now: datetime) -> str:
    """A secret in clear. Needs a reason and leaves a trace before it is shown."""
    if field not in _SECRET_FIELDS:
        raise ValueError(f'"{field}" is not sealed. Sealed are: {", ".join(_SECRET_FIELDS)}.')
    if not reason.strip():
        raise Refusal("请写明查看理由。", "Give a reason for seeing this.", field="reason")
    pk = person if isinstance(person, int) else person.pk
    with acting(scope, now=now):
        found = Person.objects.filter(pk=pk).first()
        if found is None:
            raise Refusal(
                "没有此人，或不在您的辖区。", "There is no such person in your areas.", field="person", value=str(pk)
            )
        log_access(scope, f"reveal {field}", person=found, reason=reason, now=now)
        return unsealed(found, field)


def find_by_id_number(scope: Scope, number: str, *, id_type: str = identity.RESIDENT) -> Person | None:
    """The person with this document, if in the asker's areas."""
    index = index_of(identity.document_number(id_type, number))
    found: Person | None = scope.within(Person.objects, "area").filter(id_number_index=index, id_type=id_type).first()
    return found


def search(scope: Scope, text: str, *, limit: int = 50) -> list[Person]:
    """People of the asker's areas by document, telephone number, register number or beginning of the name."""
    rows = scope.within(Person.objects, "area").order_by("pk")
    text = text.strip()
    if not text:
        return []
    plain = "".join(text.split()).upper()
    indexes = [index_of(plain)]
    try:
        rows_by_phone = rows.filter(phone_index=phone_index_of(identity.phone_number(plain)))
    except Refusal:
        rows_by_phone = rows.none()
    exact = rows.filter(id_number_index__in=indexes) | rows_by_phone
    if plain.isascii() and plain.isdigit() and len(plain) < 10:
        exact = exact | rows.filter(pk=int(plain))
    return list(exact[:limit]) or list(rows.filter(name__startswith=text)[:limit])


def hand_over(people: Sequence[int], *, area: str, by: str, now: datetime) -> int:
    """Make another area responsible; each change leaves a move. Says how many changed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_hand_over(%s, %s, %s, %s)", [list(people), area, by, now])
        return int(cursor.fetchone()[0])


def _register_batch(rows: Sequence[Details], by: str, now: datetime, take_over: bool) -> list[Registered | Refusal]:
    today, drill = local_date(now), is_drill()
    answers: list[Registered | Refusal | None] = [None] * len(rows)
    ready: dict[int, Details] = {}
    for place, row in enumerate(rows):
        try:
            ready[place] = fit_here(row.checked(today), drill=drill)
        except Refusal as refusal:
            answers[place] = refusal
    documents = {place: (index_of(row.id_number), row.id_type) for place, row in ready.items() if row.id_number}
    known = _known_documents([index for index, _ in documents.values()])
    fresh = _first_of_each(ready, documents, known)
    made = _create([ready[place] for place in fresh], now)
    taken = [place for place, pk in zip(fresh, made, strict=True) if pk is None]
    if set(documents) - set(fresh) or taken:  # a batch at the same moment, or an earlier row, may have registered them
        known = _known_documents([index for index, _ in documents.values()])
    for place, pk in zip(fresh, made, strict=True):
        if pk is not None:
            answers[place] = Registered(pk, created=True)
    matched = [place for place in ready if answers[place] is None]
    moves = _match(matched, ready, documents, known, answers)
    for area, people in moves.items() if take_over else ():
        hand_over(people, area=area, by=by, now=now)
    _fill_blanks({found.person: ready[place] for place in matched if isinstance(found := answers[place], Registered)})
    return [answer for answer in answers if answer is not None]


@dataclass(frozen=True)
class _Known:
    person: int
    area: str
    name: str
    born_on: date | None


_Documents = dict[int, tuple[bytes, str]]


def _known_documents(indexes: list[bytes]) -> dict[tuple[bytes, str], _Known]:
    if not indexes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM registry_known_documents(%s)", [indexes])
        return {
            (bytes(document), id_type): _Known(person, area, name, born_on)
            for document, id_type, person, area, name, born_on in cursor.fetchall()
        }


def _first_of_each(
    ready: dict[int, Details], documents: _Documents, known: dict[tuple[bytes, str], _Known]
) -> list[int]:
    """Rows to create: without a document, or the first with a document nobody has yet."""
    seen = set(known)
    fresh = []
    for place in ready:
        document = documents.get(place)
        if document is None or document not in seen:
            fresh.append(place)
        if document is not None:
            seen.add(document)
    return fresh


def _create(rows: Sequence[Details], now: datetime) -> list[int | None]:
    """Insert; the number of each, or None where somebody else registered the document in the same moment."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('registry_person', 'id')) FROM generate_series(1, %s)", [len(rows)]
        )
        numbers = [number for (number,) in cursor.fetchall()]
        columns = zip(*(_columns(number, row) for number, row in zip(numbers, rows, strict=True)), strict=True)
        bound = psycopg.Cursor(cursor.connection)  # the server takes the arrays as they are: no text is made of them
        with connection.wrap_database_errors:
            bound.execute(_REGISTER, {"now": now, **dict(zip(_COLUMNS, map(list, columns), strict=True))})
        there = {number for (number,) in bound.fetchall()}
    return [number if number in there else None for number in numbers]


def _columns(number: int, row: Details) -> tuple[object, ...]:
    id_number = _sealed("id_number", row.id_number, number)
    phone = _sealed("phone", row.phone, number)
    return (
        number, row.name, row.sex, row.born_on, row.id_type, *id_number, *phone, row.area, row.address,
        row.guardian, row.household, row.post, row.synthetic,
    )  # fmt: skip


def _sealed(field: str, clear: str, number: int) -> tuple[bytes | None, bytes | None]:
    keys = ring()
    return (keys.seal(clear, _context(field, number)), keys.blind_index(clear, field)) if clear else (None, None)


def _match(
    places: list[int],
    ready: dict[int, Details],
    documents: _Documents,
    known: dict[tuple[bytes, str], _Known],
    answers: list[Registered | Refusal | None],
) -> dict[str, list[int]]:
    """Answer for those who are known; says whom each area would take over."""
    moves: dict[str, list[int]] = {}
    for place in places:
        there, row = known[documents[place]], ready[place]
        if there.name != row.name:
            answers[place] = _other_name(there.name, row.name)
            continue
        answers[place] = Registered(there.person, created=False)
        if there.area != row.area:
            moves.setdefault(row.area, []).append(there.person)
    return moves


def _fill_blanks(matched: dict[int, Details]) -> None:
    if not matched:
        return
    changed = []
    for person in Person.objects.filter(pk__in=list(matched)):
        row, before = matched[person.pk], _fillable(person)
        person.address = person.address or row.address
        person.post = person.post or row.post
        person.guardian_id = person.guardian_id or row.guardian
        person.household_id = person.household_id or row.household
        if row.phone and person.phone_index is None:
            seal_into(person, "phone", row.phone)
        if _fillable(person) != before:
            changed.append(person)
    if changed:
        fields = ["address", "post", "guardian", "household", "phone_sealed", "phone_index"]
        Person.objects.bulk_update(changed, fields, batch_size=500)


def _fillable(person: Person) -> tuple[object, ...]:
    return (person.address, person.post, person.guardian_id, person.household_id, person.phone_index)


def _other_name(known: str, given: str) -> Refusal:
    hidden = identity.mask_name(known)
    return Refusal(
        f"该证件号已登记为“{hidden}”，与所填姓名不同。请核对证件原件。",
        f'This document is registered under another name ("{hidden}"). Compare with the document itself.',
        field="name",
        value=identity.mask_name(given),
    )


def _context(field: str, number: int) -> str:
    return f"registry_person.{field}:{number}"
