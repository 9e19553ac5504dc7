"""YAML as policy packs use it: plain data in which every key still knows its file and line.

Only `true` and `false` are booleans (`off` stays the word off), dates are dates, and a key that
stands twice in one table is refused instead of silently winning.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from yanmen.base.conditions import nearest


class PolicyFault(ValueError):
    """A pack does not hold; each line of the message names file, line and remedy."""


class Table(dict[Any, Any]):
    """A YAML mapping that remembers where each key was written."""

    file: str = ""
    line: int = 0
    lines: dict[Any, int]

    def where(self, key: object = None) -> str:
        """file:line of a key, or of the table itself."""
        return f"{self.file}:{self.lines.get(key, self.line)}"

    def fault(self, message: str, key: object = None) -> PolicyFault:
        """A fault that points at a key of this table."""
        return PolicyFault(f"{self.where(key)}: {message}")

    def only(self, allowed: Iterable[str], what: str) -> None:
        """Refuse keys that this kind of table does not have."""
        names = list(allowed)
        for key in self:
            if key not in names:
                raise self.fault(f"{key}: {what} has no such key.{nearest(str(key), names)}", key)

    def need(self, key: str, kind: type | tuple[type, ...], example: str) -> Any:
        """A key that must be there and of a kind; the message shows how it is written."""
        value = self.get(key)
        if key not in self or not isinstance(value, kind) or isinstance(value, bool) != (kind is bool):
            raise self.fault(f"{key}: is missing or malformed. Write for example  {key}: {example}", key)
        return value


class _Resolver(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """The safe loader with YAML 1.2's idea of truth: yes, no, on and off are words."""


_Resolver.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Resolver.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])


def read(path: Path) -> Table:
    """One YAML file whose top is a table."""
    found = read_any(path)
    if not isinstance(found, Table):
        raise PolicyFault(f"{path}:1: the file must be a table of `key: value` lines")
    return found


def read_any(path: Path) -> Any:
    """One YAML file: Tables, lists, and plain dates, numbers and texts."""
    return parse(path.read_text(encoding="utf-8"), str(path))


def parse(text: str, file: str) -> Any:
    """The same from a text; `file` is what errors call it."""
    loader = _Resolver(text)
    try:
        node = loader.get_single_node()
        return _plain(node, loader, file) if node is not None else Table()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise PolicyFault(f"{file}:{line}: this is not YAML: {error.problem}") from None
    finally:
        loader.dispose()


def _plain(node: yaml.Node, loader: _Resolver, file: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _table(node, loader, file)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, loader, file) for item in node.value]
    try:
        value = loader.construct_object(node)
    except ValueError as error:
        raise PolicyFault(f"{file}:{node.start_mark.line + 1}: {node.value}: {error}") from None
    if isinstance(value, dt.datetime):
        raise PolicyFault(f"{file}:{node.start_mark.line + 1}: write a day such as 2022-06-28, without a time")
    return value


def _table(node: yaml.MappingNode, loader: _Resolver, file: str) -> Table:
    table = Table()
    table.file, table.line, table.lines = file, node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        key = _plain(key_node, loader, file)
        line = key_node.start_mark.line + 1
        if isinstance(key, (list, dict)):
            raise PolicyFault(f"{file}:{line}: a key must be a word, a number or a date")
        if key in table:
            raise PolicyFault(
                f"{file}:{line}: {key} stands twice (first in line {table.lines[key]}). Remove one of them."
            )
        table.lines[key] = line
        table[key] = _plain(value_node, loader, file)
    return table
