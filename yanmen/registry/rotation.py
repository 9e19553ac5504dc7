"""Changing the key that seals: a new key first, then every row, then the old key goes.

A model with sealed columns names them in `sealed_columns`: for each the one place where its value opens, as it was sealed, with the
row's own columns in braces (`registry_person.phone:{id}`).
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.db import connections, transaction
from django.db.models import Model

from yanmen.base.sealing import key_name
from yanmen.registry.vault import replace_ring, ring

_CHUNK = 2000


def rotate(name: str) -> int:
    """Make `name` the sealing key and seal everything with it; says how many rows changed.

    It may be stopped and started again: rows sealed with the old key open until the last one has changed. Other
    processes learn the new key when they restart, so stop them first; the search index and its key do not change.
    """
    if name not in ring().sealing:
        replace_ring(ring().rotated(name))
    changed = sum(_reseal_all(model, columns) for model, columns in sealed_models().items())
    for old in set(ring().sealing) - {name}:
        replace_ring(ring().without(old))
    return changed


def sealed_models() -> dict[type[Model], Mapping[str, str]]:
    """The models with sealed columns, and where the value of each opens."""
    found = {model: getattr(model, "sealed_columns", None) for model in apps.get_models()}
    return {model: columns for model, columns in found.items() if columns}


def _reseal_all(model: type[Model], columns: Mapping[str, str]) -> int:
    changed, last = 0, 0
    rows = model._default_manager.using("owner").order_by("pk")
    while True:
        with transaction.atomic(using="owner"):
            part = list(rows.select_for_update().filter(pk__gt=last)[:_CHUNK])
            stale = [row for row in part if _reseal(row, columns)]
            model._default_manager.using("owner").bulk_update(stale, list(columns), batch_size=500)
        if not part:
            break
        changed, last = changed + len(stale), part[-1].pk
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE {model._meta.db_table}")
    return changed


def _reseal(row: Any, columns: Mapping[str, str]) -> bool:
    stale = [column for column in columns if _sealed_with_old(getattr(row, column))]
    for column in stale:
        place = columns[column].format_map(vars(row))
        setattr(row, column, ring().seal(ring().unseal(bytes(getattr(row, column)), place), place))
    return bool(stale)


def _sealed_with_old(sealed: Any) -> bool:
    return sealed is not None and key_name(bytes(sealed)) != ring().current
