"""Every read of tracing, within the asker's areas."""

from yanmen.subsystems.tracing.queries.judged import FOUND, PAGE, Found, around_case, exposures_of, person, standing

__all__ = ["FOUND", "PAGE", "Found", "around_case", "exposures_of", "person", "standing"]
