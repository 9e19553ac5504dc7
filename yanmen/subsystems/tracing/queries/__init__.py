"""Every read of tracing, within the asker's areas."""

from yanmen.subsystems.tracing.queries.judged import (
    FOUND,
    PAGE,
    Found,
    around_case,
    excluded,
    exposures_of,
    person,
    standing,
)

__all__ = ["FOUND", "PAGE", "Found", "around_case", "excluded", "exposures_of", "person", "standing"]
