"""`yanmen policy`: what officers run before they publish."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from yanmen.loop.policy import load_packs
from yanmen.loop.policy.tests.packs import NATION, PROVINCE, changed, write
from yanmen.project.cli import main
from yanmen.project.commands.policy import examine
from yanmen.project.discovery import pack_folders

RULE = "rules/desk/traveller.yaml"
EXAMPLE = """
- name: Lin is held for seven days
  zh: 林某管理7天
  rule: desk.traveller
  as_of: 2022-08-02
  given: {{tier: high, left_on: 2022-08-01, known_on: 2022-08-02}}
  then: {{release: {release}}}
"""


def nation(folder: Path, **replaced: str) -> Path:
    files = NATION | {"relations.yaml": "stay: {tier: text, left_on: date}\n"} | replaced
    return write(folder, "nation", files)


def examined(folders: list[Path]) -> tuple[int, str]:
    """The exit code and what was told, on a wide console."""
    told = io.StringIO()
    policy = load_packs(folders, hold_levels=False)
    return examine(policy, numbers=False, console=Console(file=told, width=300)), told.getvalue()


def test_the_packs_of_this_repository_pass(db: str) -> None:
    code, told = examined(pack_folders())
    assert code == 0, told
    assert "All hold" in told
    assert "层层加码" in told  # the exempted ones are listed


def test_an_example_that_fails_is_named_and_ends_with_one(db: str, tmp_path: Path) -> None:
    good = nation(tmp_path / "good", **{"examples/a.yaml": EXAMPLE.format(release="2022-08-08")})
    assert "Lin is held" not in examined([good])[1]
    bad = nation(tmp_path / "bad", **{"examples/a.yaml": EXAMPLE.format(release="2022-08-09")})
    code, told = examined([bad])
    assert code == 1
    assert "Lin is held for seven days" in told
    assert "expected 2022-08-09, found 2022-08-08" in told


def test_a_pack_that_cannot_be_read_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = nation(tmp_path, **changed(RULE, "given: stay", "givn: stay"))
    assert main(["policy", "check", str(broken)]) == 1
    assert 'traveller.yaml:4: givn: rule has no such key. Did you mean "given"?' in capsys.readouterr().err


def test_over_control_is_reported_with_everything_else(db: str, tmp_path: Path) -> None:
    code, told = examined([nation(tmp_path), write(tmp_path, "province", PROVINCE | _longer())])
    assert code == 1
    assert "stricter than the level above: days: 10 / nation: 7" in told


def _longer() -> dict[str, str]:
    return changed(
        RULE, "    marks: {colour: red}\n", "    stages: [{place: hotel, days: 10, tests: [1, 7]}]\n", PROVINCE
    )


def test_two_editions_are_shown_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "diff", "E9", "T20", "--json"]) == 0
    told = capsys.readouterr().out
    assert '"before": [\n      "central_quarantine day 0 to 7"\n    ]' in told
    assert main(["policy", "diff", "E9", "T21"]) == 1
    assert "neither an edition (E8, E9" in capsys.readouterr().err
