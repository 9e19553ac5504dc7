"""Changing the key that seals: a new key first, then every row, then the old key goes."""

from django.db import connections, transaction

from yanmen.base.sealing import key_name
from yanmen.registry.models import Person
from yanmen.registry.people import seal_into, unsealed
from yanmen.registry.vault import replace_ring, ring

_CHUNK = 2000
_FIELDS = ("id_number", "phone")


def rotate(name: str) -> int:
    """Make `name` the sealing key and seal everything with it; says how many people changed.

    It may be stopped and started again: rows sealed with the old key open until the last one has changed. Other
    processes learn the new key when they restart, so stop them first; the search index and its key do not change.
    """
    if name not in ring().sealing:
        replace_ring(ring().rotated(name))
    changed, last = 0, 0
    while True:
        with transaction.atomic(using="owner"):
            rows = Person.objects.using("owner").select_for_update().filter(pk__gt=last).order_by("pk")[:_CHUNK]
            people = list(rows)
            stale = [each for each in people if _reseal(each)]
            columns = [f"{field}_sealed" for field in _FIELDS]
            Person.objects.using("owner").bulk_update(stale, columns, batch_size=500)
        if not people:
            break
        changed, last = changed + len(stale), people[-1].pk
    for old in set(ring().sealing) - {name}:
        replace_ring(ring().without(old))
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE registry_person")
    return changed


def _reseal(person: Person) -> bool:
    stale = [field for field in _FIELDS if _sealed_with_old(person, field)]
    for field in stale:
        seal_into(person, field, unsealed(person, field))
    return bool(stale)


def _sealed_with_old(person: Person, field: str) -> bool:
    sealed = getattr(person, f"{field}_sealed")
    return sealed is not None and key_name(bytes(sealed)) != ring().current
