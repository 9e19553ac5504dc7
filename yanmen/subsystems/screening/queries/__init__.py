"""Every read of screening."""

from yanmen.subsystems.screening.queries.conservation import audit
from yanmen.subsystems.screening.queries.tests_owed import Owed, Sample, awaiting_result, owed, sample

__all__ = ["Owed", "Sample", "audit", "awaiting_result", "owed", "sample"]
