"""Every write of the grid: answers at doors, edits of households, grids and doors, lists compared, forms registered."""

from yanmen.subsystems.grid.actions.answering import Answer, Receipt, answer, take
from yanmen.subsystems.grid.actions.cells import (
    change_cell,
    close_cell,
    give_doors,
    open_cell,
    place_door,
    register_doors,
)
from yanmen.subsystems.grid.actions.editing import Change, EditReceipt, edit, take_edits
from yanmen.subsystems.grid.actions.forms import Wanted, ask_form, end_form
from yanmen.subsystems.grid.actions.lists import compare_list, compare_seen, settle_finding
from yanmen.subsystems.grid.actions.settling import settle_conflict

__all__ = [
    "Answer", "Change", "EditReceipt", "Receipt", "Wanted", "answer", "ask_form", "change_cell", "close_cell", "compare_list",
    "compare_seen", "edit", "end_form", "give_doors", "open_cell", "place_door", "register_doors", "settle_conflict", "settle_finding",
    "take", "take_edits",
]  # fmt: skip
