"""The keys that cases of a line list get, so that the same line, list and link always mean the same facts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yanmen.base.clock import BEIJING
from yanmen.subsystems.cases.methods.derived_ids import derived_id

_EPOCH = datetime(2020, 1, 1, tzinfo=BEIJING)
"""Keys that follow from a number alone have no day of their own."""


def key_in_source(source: str, number: str) -> UUID:
    """The case of this number in every list of this source, whatever else its line says."""
    return derived_id(_EPOCH, "line_list_source", source, number)


def key_unlisted(digest: str, number: str) -> UUID:
    """Somebody whom a file without a source names and does not list."""
    return derived_id(_EPOCH, "line_list_unlisted", digest, number)


def id_of_course(kind: str, key: str) -> UUID:
    """The fact of this kind that lists tell of a case."""
    return derived_id(_EPOCH, "line_list", kind, key)


def id_of_link(infector: str, case: str) -> UUID:
    """The fact that the first infected the second."""
    return derived_id(_EPOCH, "line_list_link", infector, case)


def is_key(text: str) -> bool:
    """Whether a text can be the key of a case."""
    try:
        return str(UUID(text)) == text.casefold()
    except ValueError:
        return False
