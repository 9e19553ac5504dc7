"""Screens of the grid."""

from yanmen.subsystems.grid.pages import cells, conflicts, day, door, forms, missing, needs, overdue, phone

__all__ = ["cells", "conflicts", "day", "door", "forms", "missing", "needs", "overdue", "phone"]
