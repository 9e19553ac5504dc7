"""A small nation and a small province, written into a folder, for tests that break one thing."""

from pathlib import Path

from yanmen.loop.policy import Policy, load_packs

SOURCE = "source: {title: {zh: 文件, en: Document}, grade: A}"
NATION = {
    "pack.yaml": """
id: nation
title: {zh: 国家, en: Nation}
area:
editions:
  - {id: ONE, title: {zh: 一, en: One}, from: 2022-01-01, to: 2022-07-01, source: {title: {zh: 一, en: One}, grade: A}}
  - {id: TWO, title: {zh: 二, en: Two}, from: 2022-07-01, source: {title: {zh: 二, en: Two}, grade: A}}
""",
    "words.yaml": """
places:
  free: {zh: 自由, en: Free, strictness: 0}
  home: {zh: 居家, en: At home, strictness: 50}
  hotel: {zh: 集中, en: In a hotel, strictness: 70}
colours:
  yellow: {zh: 黄, en: Yellow}
  red: {zh: 红, en: Red}
marks:
  colour: {zh: 颜色, en: Colour, of: colours}
""",
    "rules/desk/traveller.yaml": f"""
id: desk.traveller
title: {{zh: 旅客, en: Traveller}}
given: stay
when:
  - tier = 'high'
  - left_on >= known_on - look_back
count_from: left_on
impose: stay_and_test
ends: [days_served]
values:
  2022-01-01:
    {SOURCE}
    look_back: 14 days
    stages:
      - {{place: hotel, days: 14, tests: [1, 14]}}
      - {{place: home, days: 7, tests: [2, 7]}}
  2022-07-01:
    {SOURCE}
    look_back: 7 days
    stages: [{{place: hotel, days: 7, tests: [1, 7]}}]
    tasks: [{{kind: transfer, within_hours: 8}}, {{kind: visit, days: [1, 3]}}]
  2023-01-01: off
""",
}
PROVINCE = {
    "pack.yaml": 'id: province\ntitle: {zh: 省, en: Province}\narea: "14"\noverlays: nation\n',
    "rules/desk/traveller.yaml": f"""
overlay: desk.traveller
values:
  2022-08-01:
    until: 2022-08-31
    {SOURCE}
    marks: {{colour: red}}
""",
}


def write(folder: Path, name: str, files: dict[str, str]) -> Path:
    """One pack on disk."""
    for path, text in files.items():
        file = folder / name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder / name


def load(
    folder: Path, nation: dict[str, str] | None = None, province: dict[str, str] | None = None, *, hold: bool = True
) -> Policy:
    """Both packs, with some files replaced."""
    packs = [write(folder, "nation", NATION | (nation or {})), write(folder, "province", PROVINCE | (province or {}))]
    return load_packs(packs, hold_levels=hold)


def changed(file: str, old: str, new: str, pack: dict[str, str] = NATION) -> dict[str, str]:
    """One file of a pack with a piece of text replaced; the piece must be there."""
    assert old in pack[file]
    return {file: pack[file].replace(old, new)}


def overlay(values: str) -> dict[str, str]:
    """The province's overlay with these dated values, indented by two."""
    return {"rules/desk/traveller.yaml": "overlay: desk.traveller\nvalues:\n" + values}
