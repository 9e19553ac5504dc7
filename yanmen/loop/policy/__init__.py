"""Policy as data: packs of dated, sourced rules, merged from nation to city, linted and tested."""

from yanmen.loop.policy.documents import PolicyFault
from yanmen.loop.policy.lint import Finding, check_conditions, lint
from yanmen.loop.policy.load import load_packs, packs_in
from yanmen.loop.policy.words import (
    Days,
    Edition,
    Hours,
    NamedEdition,
    Pack,
    Policy,
    Rule,
    Source,
    Stage,
    TaskClock,
    Word,
)

__all__ = [
    "Days",
    "Edition",
    "Hours",
    "NamedEdition",
    "Pack",
    "Policy",
    "PolicyFault",
    "Rule",
    "Source",
    "Stage",
    "TaskClock",
    "Word",
    "Finding", "check_conditions", "lint",
    "load_packs",
    "packs_in",
]
