"""What a pack must hold to before it may load: sources, grades, names, levels, prohibitions, examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from yanmen.base.conditions import ConditionError, compile_line, nearest
from yanmen.loop.policy.examples import Example
from yanmen.loop.policy.levels import Difference, differences, upper_of
from yanmen.loop.policy.prohibitions import Prohibition, load_prohibitions
from yanmen.loop.policy.words import Edition, Policy, Rule

KERNEL_ENDS = ("days_served",)


class Names(Protocol):
    """The names a catalogue knows; `loop.catalogue.Catalogue` is one."""

    measures: Any
    tasks: Any
    roles: Any
    ends: Any
    relations: Any
    statuses: Any


@dataclass(frozen=True)
class Finding:
    """One thing to mend, or (`error=False`) one thing to know."""

    id: str
    where: str
    zh: str
    en: str
    error: bool = True

    def __str__(self) -> str:
        return f"{self.where}: [{self.id}] {self.en}"


def lint(policy: Policy, *, names: Names | None = None, examples: Iterable[Example] = ()) -> list[Finding]:
    """Every finding over all packs, errors first."""
    findings = [*_conditions(policy, names), *_sources(policy), *_weak(policy)]
    findings += [*level_findings(policy, names), *_files(policy), *_examples(policy, list(examples))]
    if names is not None:
        findings += [finding for rule in policy.rules for finding in _names(policy, rule, names)]
    return sorted(dict.fromkeys(findings), key=lambda finding: (not finding.error, finding.where))


def exemptions(policy: Policy) -> list[Mapping[str, Any]]:
    """Every exemption by name, with the rule and area that use it."""
    found = {}
    for edition in policy.editions:
        for exemption in edition.exemptions:
            found[edition.rule, edition.area, exemption["en"]] = {
                "rule": edition.rule,
                "area": edition.area,
                **exemption,
            }
    return list(found.values())


def check_conditions(policy: Policy, columns: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Compile every line of every rule in every edition; answers with what does not compile."""
    faults: list[str] = []
    for rule in policy.rules:
        if rule.given not in columns:
            faults.append(f"{rule.file}: given: {rule.given} names no relation.{nearest(rule.given, columns)}")
            continue
        for edition in policy.of(rule.id):
            faults += _compiled(rule, edition, columns[rule.given])
    return list(dict.fromkeys(faults))


def _compiled(rule: Rule, edition: Edition, columns: Mapping[str, str]) -> list[str]:
    faults = []
    for line in () if edition.off else rule.when:
        try:
            compile_line(line, columns, edition.values)
        except ConditionError as error:
            faults.append(f"{rule.file}: when (as of {edition.valid_from}): {error}")
    return faults


def _conditions(policy: Policy, names: Names | None) -> Iterator[Finding]:
    built = {} if names is None else {name: r.types for name, r in names.relations.items()}
    columns = policy.columns(built)
    for fault in check_conditions(policy, columns):
        where, _, text = fault.partition(": ")
        yield Finding("condition", where, f"条件无法使用：{text}", text)
    for name, asked in policy.asks.items():
        for column in asked:
            if name in built and column not in built[name]:
                text = f"relation {name} lacks the column {column} that a pack asks for"
                yield Finding("relation-column", name, f"关系 {name} 缺少政策包所需的列 {column}", text)
    if names is not None:
        for rule in policy.rules:
            if rule.given in policy.asks and rule.given not in built:
                text = f"{rule.id} waits: no desk provides {rule.given} yet"
                yield Finding("waiting", rule.file, f"{rule.id} 暂不执行：尚无 {rule.given}", text, error=False)


def _sources(policy: Policy) -> Iterator[Finding]:
    for edition in policy.editions:
        if not edition.source.en:
            yield Finding(
                "source",
                edition.where,
                "缺少来源：写明文件、条款和等级",
                "no source: write source: {title: …, grade: …}, or name the edition in pack.yaml",
            )


def _weak(policy: Policy) -> Iterator[Finding]:
    """Grade C and general knowledge never decide silently."""
    rules = {rule.id: rule for rule in policy.rules}
    for edition in policy.editions:
        weak = edition.weak or (["off"] if edition.off and edition.source.weak else [])
        if weak and not edition.marked and rules[edition.rule].approval == "automatic":
            said = ", ".join(f"{name} ({edition.grades.get(name, edition.source.grade)})" for name in weak)
            yield Finding(
                "weak-grade",
                edition.where,
                f"{said} 不是可靠来源：写 decides: marked（页面上标明），或改为须批准",
                f"{said} would decide silently: write decides: marked, or approval: proposed",
            )


def level_findings(policy: Policy, names: Names | None = None) -> Iterator[Finding]:
    """Each lower level against the one above it, and against the declared prohibitions."""
    rules = {rule.id: rule for rule in policy.rules}
    nine = load_prohibitions(policy)
    for edition in policy.editions:
        rule = rules[edition.rule]
        subject = _subject(rule, names)
        upper = upper_of(policy, edition)
        found = differences(policy, upper, edition) if upper else []
        yield from (_level_finding(d, upper, edition, nine, subject) for d in found if upper)
        for prohibition in nine:
            if prohibition.breaks(policy, rule, edition, upper, subject):
                yield _prohibited(prohibition, rule, edition)


def _subject(rule: Rule, names: Names | None) -> str:
    kind = None if names is None else names.measures.get(rule.impose)
    return str(getattr(kind, "subject", "person"))


def _level_finding(
    difference: Difference, upper: Edition, edition: Edition, nine: list[Prohibition], subject: str
) -> Finding:
    sort = "over-control" if difference.over else "under-control"
    law = next((p for p in nine if difference.over and p.forbids_more(difference.sort, edition, subject)), None)
    zh = "严于上级（层层加码）" if difference.over else "低于上级要求"
    en = "stricter than the level above" if difference.over else "milder than the level above"
    dates = f"{edition.valid_from}–{edition.valid_to or '…'}"
    detail = f"{difference.key}: {difference.lower} / {upper.area or 'nation'}: {difference.upper} ({dates})"
    if law is not None:
        zh, en = f"{zh}；{law.zh}", f"{en}; {law.en}"
    return _exempted(
        law.id if law else sort, edition, f"{edition.rule}: {zh}：{detail}", f"{edition.rule}: {en}: {detail}"
    )


def _prohibited(prohibition: Prohibition, rule: Rule, edition: Edition) -> Finding:
    return _exempted(prohibition.id, edition, f"{rule.id}: {prohibition.zh}", f"{rule.id}: {prohibition.en}")


def _exempted(name: str, edition: Edition, zh: str, en: str) -> Finding:
    """An exemption that covers every day of the edition turns an error into something to know."""
    last = None if edition.valid_to is None else edition.valid_to - dt.timedelta(1)
    for exemption in edition.exemptions:
        if last is not None and exemption["until"] >= last:
            zh, en = f"{zh}（豁免：{exemption['zh']}，{exemption['document']}）", f"{en} (exempt: {exemption['en']})"
            return Finding(name, edition.where, zh, en, error=False)
    remedy = "Stay within it, or name an exemption with document and until"
    return Finding(name, edition.where, f"{zh}。请改回，或写明豁免的名称、文件和期限", f"{en}. {remedy}.")


def _names(policy: Policy, rule: Rule, names: Names) -> Iterator[Finding]:
    waiting = rule.given not in names.relations
    for sort, shelf, wanted in (
        ("impose", names.measures, [rule.impose]),
        ("ends", [*names.ends, *KERNEL_ENDS], rule.ends),
        ("approved_by", names.roles, [rule.approved_by] if rule.approved_by else []),
        ("tasks", names.tasks, _tasks(policy, rule)),
        ("role", names.roles, [c.role for e in policy.of(rule.id) for c in e.tasks if c.role]),
    ):
        for name in dict.fromkeys(wanted):
            if name not in shelf:
                text = f"{sort}: {name} is not known.{nearest(name, shelf)}"
                yield Finding("name", rule.file, f"{sort}：没有 {name}", text, error=not waiting)
    column = dict(names.relations[rule.given].types).get(rule.count_from) if not waiting else "date"
    if column != "date":
        text = f"count_from: {rule.count_from} is no date column of {rule.given}"
        yield Finding("name", rule.file, f"count_from：{rule.count_from} 不是 {rule.given} 的日期列", text)


def _tasks(policy: Policy, rule: Rule) -> list[str]:
    editions = policy.of(rule.id)
    tested = ["test"] if any(edition.tests for edition in editions) else []
    return tested + [clock.kind for edition in editions for clock in edition.tasks]


def _files(policy: Policy) -> Iterator[Finding]:
    for rule in policy.rules:
        path = Path(rule.file.rsplit(":", 1)[0])
        if rule.id != f"{path.parent.name}.{path.stem}":
            text = f"id: {rule.id} should stand in rules/{rule.id.replace('.', '/')}.yaml"
            yield Finding("file", rule.file, f"{rule.id} 应在 rules/{rule.id.replace('.', '/')}.yaml", text)


def _examples(policy: Policy, examples: list[Example]) -> Iterator[Finding]:
    shown = {(example.rule, example.area) for example in examples}
    for edition in policy.editions if examples else ():
        if (edition.rule, edition.area) not in shown:
            where = edition.area or "the nation"
            text = f"{edition.rule} has no example for {where}: add one that an officer can check"
            yield Finding("example", edition.where, f"{edition.rule} 在 {edition.area or '全国'} 没有示例", text)
