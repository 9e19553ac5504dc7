"""The numbers of who infected whom, out of what a policy says: no number of a disease stands here.

Norms: `tracing.transmission.<disease>` says how an infection passes on in time, `tracing.chains` where the evidence of settings
begins. `serial`, `incubation` and `infecting` are mean and standard deviation in days; `serial` and `infecting` are gammas from
`serial_from` and `infecting_from` days on, the incubation is lognormal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from yanmen.base.diseases import COVID
from yanmen.base.refusals import Refusal
from yanmen.subsystems.tracing.methods.attribution import Belief, Setting
from yanmen.subsystems.tracing.methods.delays import gamma_delay, lognormal_delay

TRANSMISSION, CHAINS = "tracing.transmission", "tracing.chains"


@dataclass(frozen=True)
class Prior:
    """What is believed before the cases are looked at, and how many cases it counts as."""

    belief: Belief
    unknown_share: float
    counts_as: float
    variant: str


def transmission_norm(disease: str) -> str:
    """The norm that says how a disease passes on; without a name it is COVID-19."""
    return f"{TRANSMISSION}.{disease or COVID}"


def prior_of(
    transmission: Mapping[str, Any], chains: Mapping[str, Any], *, asked_days: int, disease: str = ""
) -> Prior:
    """What two norms say. Refuses a disease that no policy in use has numbers for."""
    if not transmission or not chains:
        raise Refusal(
            "现行政策没有该病的传播时间参数，请装载相应的政策包。",
            "No policy in use says how this disease passes on: load a pack with its numbers.",
            field="disease", value=disease or COVID,
        )  # fmt: skip
    settings = {
        via: Setting(found, chance)
        for via, found, chance in zip(chains["settings"], chains["found"], chains["chance"], strict=True)
    }
    incubation = lognormal_delay(*transmission["incubation"])
    infecting = gamma_delay(*transmission["infecting"], shift=transmission["infecting_from"])
    belief = Belief(
        serial=gamma_delay(*transmission["serial"], shift=transmission["serial_from"]),
        R=1.0,
        background=1.0,
        found=sum(each.found for each in settings.values()),
        chance=sum(each.chance for each in settings.values()) / len(settings),
        incubation=incubation,
        infecting=infecting,
        asked_days=asked_days,
        settings=settings,
        never_found=chains["never_found"],
    )
    return Prior(belief, transmission["unknown_share"], transmission["counts_as"], str(transmission.get("variant", "")))
