"""What is installed: subsystems, the words they add, their relations, their pages, and the packs."""

import importlib
import os
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from yanmen.project.state import ROOT

if TYPE_CHECKING:
    from yanmen.loop.catalogue import Catalogue

PACKAGE = Path(__file__).resolve().parents[1]
SUBSYSTEMS = PACKAGE / "subsystems"


@cache
def subsystems() -> tuple[str, ...]:
    """Names of the folders that bring kinds or models, in alphabetical order."""
    return tuple(
        sorted(
            folder.name
            for folder in SUBSYSTEMS.iterdir()
            if (folder / "kinds.py").is_file() or (folder / "models.py").is_file()
        )
    )


def django_apps() -> list[str]:
    """Our own Django apps, lowest layer first; a subsystem needs no line in the settings."""
    layers = [f"yanmen.{name}" for name in ("registry", "loop", "desk")]
    return layers + [f"yanmen.subsystems.{name}" for name in subsystems()]


def modules(name: str) -> Iterator[tuple[str, ModuleType]]:
    """Each subsystem's module of this name, where it has one, imported."""
    for subsystem in subsystems():
        dotted = f"yanmen.subsystems.{subsystem}.{name}"
        if find_spec(dotted):
            yield subsystem, importlib.import_module(dotted)


def relation_folders() -> list[Path]:
    """Folders of named SQL that rules may ask about."""
    candidates = [PACKAGE / "loop", *(SUBSYSTEMS / name for name in subsystems())]
    return [folder / "relations" for folder in candidates if (folder / "relations").is_dir()]


def security_files() -> list[Path]:
    """Grants, policies and triggers, in the order in which they are applied."""
    candidates = [
        PACKAGE / "registry",
        PACKAGE / "loop",
        PACKAGE / "desk",
        *(SUBSYSTEMS / name for name in subsystems()),
    ]
    files = [folder / "sql" / "security.sql" for folder in candidates]
    return [file for file in files if file.is_file()]


def desk_pages() -> list[str]:
    """Modules of the desk that register pages of their own."""
    folder = PACKAGE / "desk" / "screens"
    return [f"yanmen.desk.screens.{file.stem}" for file in sorted(folder.glob("[a-z]*.py"))]


def present(dotted: str) -> bool:
    """True when a module of ours exists as a file; nothing is imported to find out."""
    path = PACKAGE.parent.joinpath(*dotted.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def packs_folder() -> Path:
    """The packs beside the source, or the copy inside an installed wheel."""
    beside = ROOT / "packs"
    return beside if beside.is_dir() else PACKAGE / "_packs"


def pack_folders() -> list[Path]:
    """Every pack of this installation; YANMEN_PACKS adds folders kept outside this repository."""
    own = sorted(folder for folder in packs_folder().iterdir() if (folder / "pack.yaml").is_file())
    extra = [Path(part) for part in os.environ.get("YANMEN_PACKS", "").split(os.pathsep) if part]
    return own + extra


def discover(catalogue: "Catalogue") -> "Catalogue":
    """Fill the catalogue with the kinds and relations of the loop and of every subsystem."""
    for layer in ("yanmen.registry.kinds", "yanmen.loop.own_kinds", "yanmen.desk.kinds"):
        if find_spec(layer):
            catalogue.add_kinds(importlib.import_module(layer))
    for _, module in modules("kinds"):
        catalogue.add_kinds(module)
    for folder in relation_folders():
        catalogue.add_relations(folder)
    if faults := catalogue.check():
        raise LookupError("\n".join(faults))
    return catalogue
