"""The examples of every pack hold, cover what they should, and would notice a changed number."""

from collections.abc import Mapping
from typing import Any

from yanmen.loop.policy import Policy
from yanmen.loop.policy.coverage import covered, survivors
from yanmen.loop.policy.examples import Example, run_examples

Columns = Mapping[str, Mapping[str, str]]


def test_every_example_of_every_pack_holds(
    policy: Policy, examples: list[Example], columns: Columns, cursor: Any
) -> None:
    failures = run_examples(policy, examples, columns, cursor)
    assert not failures, "\n".join(map(str, failures))


def test_every_class_of_every_edition_is_shown_by_a_named_example(policy: Policy, examples: list[Example]) -> None:
    table = covered(policy, examples)
    assert len(table) >= 38
    assert not [key for key, names in table.items() if not names]


def test_a_changed_number_makes_a_named_example_fail(
    policy: Policy, examples: list[Example], columns: Columns, cursor: Any
) -> None:
    alive = survivors(policy, examples, columns, cursor)
    assert not alive, "no example notices:\n" + "\n".join(map(str, alive))
