"""Every register that can be imported and exported, by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from yanmen.registry import people_files, place_files
from yanmen.registry.export import export
from yanmen.registry.importing import Importer
from yanmen.registry.scope import Scope, acting


@dataclass(frozen=True)
class Register:
    """How a register is read from files and written to them."""

    importer: Importer
    rows: Callable[[Scope], Iterator[list[str]]]


REGISTERS = {
    "people": Register(people_files.PEOPLE, people_files.people_rows),
    "places": Register(place_files.PLACES, place_files.place_rows),
    "organisations": Register(place_files.ORGANISATIONS, place_files.organisation_rows),
    "households": Register(place_files.HOUSEHOLDS, place_files.household_rows),
}


def export_register(
    kind: str, *, scope: Scope, now: datetime, form: str = "csv", language: str = "zh", reason: str = ""
) -> bytes:
    """One register of the asker's areas as a file that imports back unchanged."""
    register = REGISTERS[kind]
    with acting(scope, now=now):
        rows = register.rows(scope)
        return export(register.importer, rows, scope=scope, now=now, form=form, language=language, reason=reason)
