"""In a drill nobody is real: whoever comes through a door is marked as made up, and documents that may be somebody's are refused."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from yanmen.base.drill_mark import mark_of
from yanmen.base.identity import RESIDENT, SYNTHETIC_PREFIX, mask
from yanmen.base.refusals import Refusal
from yanmen.registry.details import Details


def is_drill() -> bool:
    """Whether this installation is a drill."""
    return mark_of(settings.YANMEN_HOME) is not None


def fit_here(details: Details, *, drill: bool) -> Details:
    """The same details in a real installation. In a drill marked as synthetic, or refused with a document that may be real."""
    if not drill:
        return details
    resident = details.id_type == RESIDENT
    if details.id_number and not (details.id_number.startswith(SYNTHETIC_PREFIX) if resident else details.synthetic):
        raise Refusal(
            f"这是演练环境，不接收可能属于真人的证件。请到正式系统登记；演练请使用 {SYNTHETIC_PREFIX} 开头的虚构身份证号。",
            "This is a drill: no document that may be a real person's is taken in. Register them in the real system;"
            f" for the drill use a made-up identity number beginning with {SYNTHETIC_PREFIX}.",
            field="id_number",
            value=mask(details.id_number),
        )
    return replace(details, synthetic=True)
