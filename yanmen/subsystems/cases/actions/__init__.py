"""Every write about cases. Who and when are arguments; saying the same thing twice changes nothing."""

from yanmen.subsystems.cases.actions.bulletins import Imported, import_bulletin, import_file, withdraw_bulletin
from yanmen.subsystems.cases.actions.course import admit, discharge, record_death, take_back_death, tell_course
from yanmen.subsystems.cases.actions.exposures import Confirmed, ExposureSaid, confirm_exposures
from yanmen.subsystems.cases.actions.handling import (
    StayFound,
    assess,
    audit_report,
    follow_up,
    investigate,
    trace_core,
)
from yanmen.subsystems.cases.actions.line_list_exports import ENDINGS, export_line_list, unpacked
from yanmen.subsystems.cases.actions.line_list_files import (
    apply_file,
    bring_in,
    preview_file,
    refused_lines,
    told,
    upload,
)
from yanmen.subsystems.cases.actions.line_list_rows import Change, Reading
from yanmen.subsystems.cases.actions.line_lists import Stored, store_line_list
from yanmen.subsystems.cases.actions.merging import merge, unmerge
from yanmen.subsystems.cases.actions.moving import hand_over
from yanmen.subsystems.cases.actions.reporting import Reported, locate, reclassify, report
from yanmen.subsystems.cases.actions.sources import take_back_source, tell_source

__all__ = [
    "ENDINGS",
    "Change",
    "Confirmed",
    "ExposureSaid",
    "Imported",
    "Reading",
    "Reported",
    "StayFound",
    "Stored",
    "admit",
    "apply_file",
    "assess",
    "audit_report",
    "bring_in",
    "confirm_exposures",
    "discharge",
    "export_line_list",
    "follow_up",
    "hand_over",
    "import_bulletin",
    "import_file",
    "investigate",
    "locate",
    "merge",
    "preview_file",
    "reclassify",
    "record_death",
    "refused_lines",
    "report",
    "store_line_list",
    "take_back_death",
    "take_back_source",
    "tell_course",
    "tell_source",
    "told",
    "trace_core",
    "unmerge",
    "unpacked",
    "upload",
    "withdraw_bulletin",
]
