"""The glossary: every word of the field with its code name, from the kinds themselves."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from yanmen.loop.catalogue import Catalogue
from yanmen.loop.policy.words import Policy

HEAD = """# Glossary · 术语表

Made by `yanmen glossary` from the kinds that loop, desk and subsystems declare and from the packs; do not edit.
One word an idea: code, screens and documents use the names below.
由 `yanmen glossary` 根据程序中登记的各类名称自动生成，请勿手工修改。
"""


class Titled(Protocol):
    """A word with its code name and both titles."""

    @property
    def name(self) -> str: ...
    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


def markdown(words: Catalogue, policy: Policy) -> str:
    """The whole page."""
    parts = [HEAD]
    parts += _section("Facts · 事实", words.facts.values())
    parts += _section("Measures · 措施", words.measures.values())
    parts += _section("Tasks · 任务", words.tasks.values())
    parts += _section("Statuses · 状态", words.statuses.values())
    parts += _section("Roles · 岗位", words.roles.values())
    parts += _section("Relations: what rules may ask about · 关系（规则可查询的内容）", words.relations.values())
    parts += _section("Ends of measures · 解除条件", words.ends.values())
    for shelf in sorted(policy.words):
        parts += _table(
            f"Words of the packs: {shelf} · 政策用词",
            [(name, word.zh, word.en) for name, word in policy.words[shelf].items()],
        )
    parts += _table("Rules · 规则", [(rule.id, rule.zh, rule.en) for rule in policy.rules])
    return "\n".join(parts)


def _section(title: str, kinds: Iterable[Titled]) -> list[str]:
    return _table(title, [(kind.name, kind.zh, kind.en) for kind in kinds])


def _table(title: str, rows: Sequence[tuple[str, str, str]]) -> list[str]:
    if not rows:
        return []
    lines = [f"## {title}", "", "| 中文 | English | code |", "|---|---|---|"]
    lines += [f"| {zh} | {en} | `{name}` |" for name, zh, en in sorted(rows)]
    return [*lines, ""]
