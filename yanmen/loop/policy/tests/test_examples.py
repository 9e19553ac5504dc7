"""The examples of every pack hold, cover what they should, and would notice a changed number."""

from collections.abc import Mapping
from typing import Any

from yanmen.loop.policy import Policy
from yanmen.loop.policy.examples import Example, run_examples

Columns = Mapping[str, Mapping[str, str]]


def test_every_example_of_every_pack_holds(
    policy: Policy, examples: list[Example], columns: Columns, cursor: Any
) -> None:
    failures = run_examples(policy, examples, columns, cursor)
    assert not failures, "\n".join(map(str, failures))
