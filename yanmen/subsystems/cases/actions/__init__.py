"""Every write about cases. Who and when are arguments; saying the same thing twice changes nothing."""

from yanmen.subsystems.cases.actions.bulletins import Imported, import_bulletin, import_file, withdraw_bulletin
from yanmen.subsystems.cases.actions.handling import (
    StayFound,
    admit,
    assess,
    audit_report,
    discharge,
    follow_up,
    investigate,
    trace_core,
)
from yanmen.subsystems.cases.actions.line_lists import Reading, store_line_list
from yanmen.subsystems.cases.actions.reporting import Reported, locate, reclassify, report

__all__ = [
    "Imported",
    "Reading",
    "Reported",
    "StayFound",
    "admit",
    "assess",
    "audit_report",
    "discharge",
    "follow_up",
    "import_bulletin",
    "import_file",
    "investigate",
    "locate",
    "reclassify",
    "report",
    "store_line_list",
    "trace_core",
    "withdraw_bulletin",
]
