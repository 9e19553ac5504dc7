"""A new subsystem passes every check from its first commit."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from yanmen.project.state import ROOT
from yanmen.project.testing import FOLDER

PARTS = [
    "yanmen",
    "packs",
    "tools",
    "tests/architecture",
    "docs/reference",
    "pyproject.toml",
    "conftest.py",
    "README.md",
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """This repository somewhere else, with a subsystem made by the tool."""
    target = tmp_path_factory.mktemp("copy")
    ignore = shutil.ignore_patterns("__pycache__", "vendor", "*.mo")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=ignore)
        elif source.exists():
            shutil.copy(source, target / part)
    if (ROOT / ".mypy_cache").is_dir():  # mypy takes from it what has the same content
        shutil.copytree(ROOT / ".mypy_cache", target / ".mypy_cache")
    run(target, "tools/new_subsystem.py", "water_quality", "--zh", "水质监测")
    return target


def run(folder: Path, *command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in (FOLDER, "YANMEN_HOME")}
    environment |= {"PYTHONPATH": str(folder), "YANMEN_HOME": str(folder / ".yanmen")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def test_it_is_clean_under_ruff(copy):
    run(copy, "-m", "ruff", "check", "yanmen/subsystems/water_quality")
    run(copy, "-m", "ruff", "format", "--check", "yanmen/subsystems/water_quality")


def test_it_keeps_the_import_contracts(copy):
    run(copy, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")


def test_it_is_clean_under_mypy(copy):
    run(copy, "-m", "mypy", "-p", "yanmen.subsystems.water_quality")


def test_its_own_tests_and_those_of_the_architecture_pass(copy):
    done = run(
        copy,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"),
        *("yanmen/subsystems/water_quality", "tests/architecture/test_boundaries.py"),
    )
    assert " passed" in done


def test_its_words_stand_in_the_glossary(copy):
    assert "水质监测" in (copy / "docs" / "reference" / "glossary.md").read_text("utf-8")
