"""Every write of the health code: appeals, devices, papers, what the edges are told. None of them sets a colour."""

from yanmen.subsystems.health_code.actions.appealing import Repair, contest, refuse_setting, reject, uphold
from yanmen.subsystems.health_code.actions.common import Certified, Enrolled
from yanmen.subsystems.health_code.actions.entering import Key, ask_code, enter
from yanmen.subsystems.health_code.actions.equipping import (
    Opened,
    equip,
    open_enrolment,
    revoke_devices,
    revoke_own,
    shut_out_departed,
)
from yanmen.subsystems.health_code.actions.printing import issue_paper, revoke_paper
from yanmen.subsystems.health_code.actions.publishing import publish_documents

__all__ = [
    "Certified",
    "Enrolled",
    "Key",
    "Opened",
    "Repair",
    "ask_code",
    "contest",
    "enter",
    "equip",
    "issue_paper",
    "open_enrolment",
    "publish_documents",
    "refuse_setting",
    "reject",
    "revoke_devices",
    "revoke_own",
    "revoke_paper",
    "shut_out_departed",
    "uphold",
]
