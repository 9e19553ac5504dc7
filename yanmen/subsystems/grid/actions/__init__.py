"""Every write of the grid: answers at doors, grids and doors, lists compared, forms registered."""

from yanmen.subsystems.grid.actions.answering import Answer, Receipt, answer, take
from yanmen.subsystems.grid.actions.cells import (
    change_cell,
    close_cell,
    give_doors,
    open_cell,
    place_door,
    register_doors,
)
from yanmen.subsystems.grid.actions.forms import Wanted, ask_form, end_form
from yanmen.subsystems.grid.actions.lists import compare_list, compare_seen, settle_finding

__all__ = [
    "Answer", "Receipt", "Wanted", "answer", "ask_form", "change_cell", "close_cell", "compare_list", "compare_seen", "end_form",
    "give_doors", "open_cell", "place_door", "register_doors", "settle_finding", "take",
]  # fmt: skip
