"""Packs into Policy: read the folders, refuse what does not hold, merge the levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from yanmen.base.conditions import ConditionError, names_in, nearest
from yanmen.loop.policy.documents import PolicyFault, Table, read
from yanmen.loop.policy.lint import level_findings
from yanmen.loop.policy.merge import merge_rule
from yanmen.loop.policy.parts import Dated, bilingual, read_dated, read_source
from yanmen.loop.policy.words import Edition, NamedEdition, Pack, Policy, Rule, Word

RULE_KEYS = (
    "id",
    "title",
    "area",
    "given",
    "when",
    "count_from",
    "impose",
    "approval",
    "approved_by",
    "ends",
    "values",
    "note",
)
OVERLAY_KEYS = ("overlay", "area", "values", "note")
WORD_KEYS = ("zh", "en", "strictness", "note")


def packs_in(folder: Path) -> list[Path]:
    """The folders below `folder` that hold a pack."""
    return sorted(path.parent for path in folder.glob("*/pack.yaml"))


def load_packs(folders: Iterable[Path], *, hold_levels: bool = True) -> Policy:
    """Read, check and merge packs. Raises PolicyFault naming file, line and remedy.

    A level that is stricter or milder than the one above allows is refused too, unless
    `hold_levels` is False: then the lint reports it.
    """
    packs = _ordered([_pack(Path(folder)) for folder in folders])
    words = _words(packs)
    rules: dict[str, Rule] = {}
    dated: dict[str, dict[str, list[Dated]]] = {}
    for pack in packs:
        for file in _rule_files(pack):
            _take(file, pack, rules, dated)
    editions: list[Edition] = []
    for name, levels in dated.items():
        if name not in rules:
            first = next(iter(levels.values()))[0]
            raise PolicyFault(f"{first.where}: overlay: no rule {name}.{nearest(name, rules)}")
        named = _named(packs, rules[name].pack)
        editions += merge_rule(levels, words, named)
    policy = Policy(tuple(packs), words, tuple(rules.values()), tuple(editions), _asks(packs))
    refused = [str(finding) for finding in level_findings(policy) if finding.error]
    if hold_levels and refused:
        raise PolicyFault("\n".join(refused))
    return policy


def _pack(folder: Path) -> Pack:
    file = folder / "pack.yaml"
    if not file.exists():
        raise PolicyFault(f"{folder}: is no pack: it has no pack.yaml")
    table = read(file)
    table.only(("id", "title", "area", "overlays", "editions", "note"), "pack.yaml")
    zh, en = bilingual(table, "title")
    return Pack(
        id=table.need("id", str, folder.name),
        zh=zh,
        en=en,
        area=_area(table, ""),
        overlays=str(table.get("overlays") or ""),
        folder=folder,
        editions=tuple(_named_edition(row) for row in table.get("editions", [])),
    )


def _named_edition(row: Table) -> NamedEdition:
    row.only(("id", "title", "from", "to", "doc_no", "source", "note"), "edition")
    zh, en = bilingual(row, "title")
    return NamedEdition(
        id=row.need("id", str, "E9"),
        zh=zh,
        en=en,
        valid_from=row.need("from", dt.date, "2022-06-28"),
        valid_to=row.get("to"),
        source=read_source(row.need("source", Table, "{title: {zh: …, en: …}, grade: A}")),
        doc_no=str(row.get("doc_no", "")),
        note=row.get("note", {}),
    )


def _ordered(packs: list[Pack]) -> list[Pack]:
    """Nation before province before city; a pack comes after the one it overlays."""
    ids = [pack.id for pack in packs]
    for pack in packs:
        if ids.count(pack.id) > 1:
            raise PolicyFault(f"{pack.folder}/pack.yaml:1: id: {pack.id} is given to two packs")
        upper = next((other for other in packs if other.id == pack.overlays), None)
        if pack.overlays and upper is None:
            raise PolicyFault(
                f"{pack.folder}/pack.yaml:1: overlays: pack {pack.overlays} is not loaded."
                + nearest(pack.overlays, ids)
            )
        if upper and not pack.area.startswith(upper.area):
            raise PolicyFault(f"{pack.folder}/pack.yaml:1: area {pack.area} does not lie in {upper.area}")
    return sorted(packs, key=lambda pack: (len(pack.area), bool(pack.overlays), pack.id))


def _words(packs: Sequence[Pack]) -> dict[str, dict[str, Word]]:
    groups: dict[str, dict[str, Word]] = {}
    for pack in packs:
        file = pack.folder / "words.yaml"
        for group, table in read(file).items() if file.exists() else ():
            for name, row in table.items():
                word = _word(str(name), row)
                known = groups.setdefault(group, {}).get(word.name)
                if known is not None and known != word:
                    raise table.fault(f"{group}: {name} already means {known.zh} ({known.en})", name)
                groups[group][word.name] = word
    return groups


def _asks(packs: Sequence[Pack]) -> dict[str, dict[str, str]]:
    """Relations the packs ask for, with the columns they need."""
    asks: dict[str, dict[str, str]] = {}
    for pack in packs:
        path = pack.folder / "relations.yaml"
        for name, columns in read(path).items() if path.exists() else ():
            asks.setdefault(name, {"known_on": "date"}).update(columns)
    return asks


def _word(name: str, row: Table) -> Word:
    return Word(
        name=name,
        zh=row.need("zh", str, "集中隔离"),
        en=row.need("en", str, "Central quarantine"),
        strictness=int(row.get("strictness", 0)),
        notes={key: row[key] for key in row if key not in ("zh", "en", "strictness")},
    )


def _rule_files(pack: Pack) -> list[Table]:
    return [read(path) for path in sorted((pack.folder / "rules").rglob("*.yaml"))]


def _take(file: Table, pack: Pack, rules: dict[str, Rule], dated: dict[str, dict[str, list[Dated]]]) -> None:
    """One file: a rule of its own, or an overlay of an upper one."""
    area = _area(file, pack.area)
    if "overlay" in file:
        file.only(OVERLAY_KEYS, "overlay")
        name = str(file["overlay"])
        if len(area) <= len(rules[name].area if name in rules else ""):
            raise file.fault(f"area: {area or 'nation'} is not below the area of {name}", "area")
    else:
        rule = _rule(file, pack, area)
        name = rule.id
        if name in rules:
            raise file.fault(f"id: {name} already stands in {rules[name].file}", "id")
        rules[name] = rule
    levels = dated.setdefault(name, {})
    if area in levels:
        raise file.fault(f"{name} already has values for area {area or 'nation'}", "values")
    levels[area] = _values(file, pack=pack.id, rule=name, area=area)


def _rule(file: Table, pack: Pack, area: str) -> Rule:
    file.only(RULE_KEYS, "rule")
    zh, en = bilingual(file, "title")
    approval = file.get("approval", "automatic")
    if approval not in ("automatic", "proposed"):
        raise file.fault(f"approval: {approval} is neither automatic nor proposed", "approval")
    if approval == "proposed" and not file.get("approved_by"):
        raise file.fault("approval: proposed needs approved_by: with the role that approves", "approval")
    return Rule(
        id=file.need("id", str, "arrivals.from_high_risk_area"),
        pack=pack.id,
        area=area,
        zh=zh,
        en=en,
        given=file.need("given", str, "stay_in_area"),
        when=tuple(_lines(file)),
        count_from=file.need("count_from", str, "left_on"),
        impose=file.need("impose", str, "stay_and_test"),
        approval=approval,
        approved_by=str(file.get("approved_by") or ""),
        ends=tuple(file.get("ends", [])),
        file=file.where("id"),
        note=file.get("note", {}),
    )


def _lines(file: Table) -> list[str]:
    lines = file.need("when", list, "[\"tier = 'high'\"]")
    for line in lines:
        try:
            names_in(line)
        except ConditionError as error:
            raise file.fault(f"when: {error}", "when") from None
    return list(lines)


def _values(file: Table, *, pack: str, rule: str, area: str) -> list[Dated]:
    table = file.need("values", Table, "2022-06-28: {…}")
    found = []
    for when, body in table.items():
        if not isinstance(when, dt.date):
            raise table.fault(f"{when}: values stand under the day they begin, such as 2022-06-28", when)
        found.append(read_dated(body, when, table, pack=pack, rule=rule, area=area))
        if found[-1].emergency:
            raise body.fault(
                "emergency: stands in norms alone; a rule asks its relation:  mode = 'emergency'", "emergency"
            )
    if not found:
        raise file.fault("values: has no entry", "values")
    return sorted(found, key=lambda entry: entry.valid_from)


def _named(packs: Sequence[Pack], pack_id: str) -> tuple[NamedEdition, ...]:
    """The named editions a pack follows: its own, or those of the pack it overlays."""
    pack: Any = next(pack for pack in packs if pack.id == pack_id)
    while not pack.editions and pack.overlays:
        pack = next(other for other in packs if other.id == pack.overlays)
    return tuple(pack.editions)


def _area(table: Table, default: str) -> str:
    """A GB/T 2260 prefix, written as text so that leading zeros stay."""
    area = table.get("area", default)
    if area is None:
        return ""
    if not isinstance(area, str):
        raise table.fault(f'area: write the code as text: area: "{area}"', "area")
    if not area.startswith(default):
        raise table.fault(f"area: {area} does not lie in the pack's area {default}", "area")
    return area
