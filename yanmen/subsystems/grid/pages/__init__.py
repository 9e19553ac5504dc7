"""Screens of the grid."""

from yanmen.subsystems.grid.pages import cells, day, door, forms, missing, needs

__all__ = ["cells", "day", "door", "forms", "missing", "needs"]
