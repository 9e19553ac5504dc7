"""The census figures of the drill."""

import csv
from pathlib import Path

import numpy as np
import pytest

from yanmen.base.refusals import Refusal
from yanmen.drill.world.figures import BANDS, FILE, figures, of
from yanmen.project import discovery

TABULATION = Path(__file__).resolve().parents[5] / "shared" / "data" / "shanxi"
COLUMNS = {"agriculture": "AGHU", "manufacturing": "MANU", "trade": "SALE", "transport": "TRMA", "catering": "ACCA", "education": "EDUC", "health": "HESO"}  # fmt: skip


def test_the_counties_hold_the_province():
    known = figures()
    assert len(known) == 121
    assert sum(each.population for each in known.values()) == 34_915_616
    assert all(abs(each.ages.sum() - 1) < 0.0011 for each in known.values())
    assert all(abs(each.generations.sum() - 1) < 0.0003 for each in known.values())
    assert all(each.industries.sum() == pytest.approx(1) for each in known.values())


def test_a_county_without_figures_is_named_with_what_to_do():
    with pytest.raises(Refusal, match=r"999999.*census\.csv") as refused:
        of(figures(), "999999")
    assert "999999" in refused.value.zh


@pytest.mark.skipif(not TABULATION.is_dir(), reason="the census tabulation is not beside this checkout")
def test_every_figure_is_the_tabulation_s():
    tables = {name: _table(name) for name in ("population", "ages", "households", "employment")}
    for code, county in figures().items():
        people, ages, homes, work = (table[code] for table in tables.values())
        assert county.population == int(people["POPU"])
        assert county.men * 100 / (1 - county.men) == pytest.approx(float(people["POPU_WM"]))
        told = [float(value) for name, value in ages.items() if name.startswith("AGES_")][4:]
        assert np.allclose(county.ages, [told[0] + told[1], *told[2:]])
        assert len(told) == len(BANDS) + 1
        assert (county.household_size, county.one_person) == (float(homes["HHLD_S"]), float(homes["HHLD_1P"]))
        assert np.allclose(county.generations, [float(homes[f"HHLD_{name}"]) for name in ("1G", "2G", "3G", "4GP")])
        assert county.employed == float(work["EMPL_OCCU"])
        assert np.allclose(county.industries[:7], [float(work[f"EMPL_INDU_{name}"]) for name in COLUMNS.values()])


def _table(name: str) -> dict[str, dict[str, str]]:
    with (TABULATION / f"{name}.csv").open(encoding="utf-8") as source:
        return {row["CODE"]: row for row in csv.DictReader(source)}


def test_the_figures_are_read_where_the_packs_are_said_to_lie(tmp_path):
    folder = tmp_path / "shanxi"
    folder.mkdir()
    text = (discovery.packs_folder() / FILE).read_text("utf-8").splitlines()
    (folder / "census.csv").write_text("\n".join(text[:2]), "utf-8")
    assert list(figures(tmp_path)) == ["140105"]
