"""Every read of the grid, within the asker's areas."""

from yanmen.subsystems.grid.queries.overdue import audit

__all__ = ["audit"]
