"""Every write of screening."""

from yanmen.subsystems.screening.actions.releasing import Released, correct_tube, release_run
from yanmen.subsystems.screening.actions.results import (
    Reading,
    correct_result,
    leave_post,
    record_result,
    record_results,
    record_sample,
    result_id,
    take_post,
)

__all__ = [
    "Reading",
    "Released",
    "correct_result",
    "correct_tube",
    "leave_post",
    "record_result",
    "record_results",
    "record_sample",
    "release_run",
    "result_id",
    "take_post",
]
