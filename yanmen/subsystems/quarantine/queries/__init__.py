"""Every read of quarantine, within the asker's areas."""

from yanmen.subsystems.quarantine.queries.conservation import audit

__all__ = ["audit"]
