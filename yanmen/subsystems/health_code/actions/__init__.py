"""Every write of the health code: appeals, devices, papers, what the edges are told. None of them sets a colour."""

from yanmen.subsystems.health_code.actions.appealing import Repair, contest, refuse_setting, reject, uphold
from yanmen.subsystems.health_code.actions.publishing import publish_documents

__all__ = ["Repair", "contest", "publish_documents", "refuse_setting", "reject", "uphold"]
