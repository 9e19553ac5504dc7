"""Policy as data: packs of dated, sourced rules, merged from nation to city, linted and tested."""

from yanmen.loop.policy.documents import PolicyFault
from yanmen.loop.policy.lint import Finding, check_conditions
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
    "Finding",
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
    "check_conditions",
    "load_packs",
    "packs_in",
]
