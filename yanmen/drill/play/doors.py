"""Grid workers: the doors of those held at home, what they need, and what is asked there."""

from __future__ import annotations

from yanmen.base.ids import uuid7
from yanmen.base.refusals import Refusal
from yanmen.drill.play.town import Town
from yanmen.drill.play.whereabouts import AT_HOME, held_at
from yanmen.subsystems.grid.actions.answering import Answer, take
from yanmen.subsystems.grid.actions.cells import open_cell, register_doors
from yanmen.subsystems.grid.methods import answers
from yanmen.subsystems.grid.methods.words import HOME
from yanmen.subsystems.grid.queries.duties import CHECK_HOME, DOOR_VISIT, Resident, residents_owed
from yanmen.subsystems.grid.queries.needs import open_needs

AT_ONCE = 500
VISITS_A_DAY = 1_500
"""Assumed: doors that all grid workers together reach in a day."""
UNREACHED = 10
"""Assumed: one in so many who are held at home is not reached for some days, because a worker's round is too long."""
UNREACHED_DAYS = 4
"""Assumed: for so many days together, then their door is on another round."""
ASKS = 0.12
"""Assumed: share of those held at home, and of doors visited, who need something that day."""
NEEDED = ("food", "medicine")


def visit(town: Town) -> int:
    """Every door where something is owed, as many as there are hands for. Returns how many answers were kept."""
    grid = town.by_county.setdefault("grid", set())
    with town.acting("grid_officer") as who:
        owed = [each for each in residents_owed(who["scope"], now=town.now) if _reached(town, each)][:VISITS_A_DAY]
    for area in sorted({each.area[:6] for each in owed} - grid):
        with town.acting("grid.manager") as who:
            register_doors(area=area, **who)
            open_cell(area=area, name="演练网格", **who)
        grid.add(area)
    said = [answer for each in owed for answer in _answers(town, each)]
    kept = 0
    for start in range(0, len(said), AT_ONCE):
        with town.acting("grid_officer") as who:
            kept += sum(receipt.refusal is None for receipt in take(said=said[start : start + AT_ONCE], **who))
    return kept


def journeys(town: Town) -> int:
    """Visits and checks that journeys owe: done at the door of the traveller."""
    kinds = {"home_visit": answers.VISITED, "release_check": answers.RELEASE_CHECKED}
    said = [Answer(uuid7(town.now), kinds[task["kind"]], task["subject"], town.now, {}) for task in town.owed(*kinds)]
    kept = 0
    for start in range(0, len(said), AT_ONCE):
        with town.acting("grid_officer") as who:
            kept += sum(receipt.refusal is None for receipt in take(said=said[start : start + AT_ONCE], **who))
    return kept


def _reached(town: Town, each: Resident) -> bool:
    return (town.index.get(each.person, 0) + town.day // UNREACHED_DAYS) % UNREACHED != 0


def _answers(town: Town, each: Resident) -> list[Answer]:
    index = town.index.get(each.person, 0)
    said = []
    if each.owes(DOOR_VISIT):
        said.append(
            Answer(uuid7(town.now), answers.DOOR_VISITED, each.person, town.now, {"found": True, "celsius": 36.5})
        )
    if each.owes(CHECK_HOME):
        fit = town.chance("fit", index).random() < 0.8
        said.append(Answer(uuid7(town.now), answers.HOME_CHECKED, each.person, town.now, dict.fromkeys(HOME, fit)))
    if said and town.chance("asks", index).random() < ASKS:
        said.append(
            Answer(uuid7(town.now), answers.NEED_TOLD, each.person, town.now, {"need": "medicine", "text": "演练"})
        )
    return said


def ring(town: Town) -> int:
    """Some of those held at home ring, for they need something. Returns how many."""
    held = sorted(person for person, places in held_at(town).items() if places & AT_HOME)
    said = [
        Answer(uuid7(town.now), answers.NEED_TOLD, person, town.now, {"need": need, "text": "演练"})
        for person in held
        if (drawn := town.chance("rings for", person)).random() < ASKS and (need := drawn.choice(NEEDED))
    ][:AT_ONCE]
    with town.acting("grid.manager") as who:
        return sum(receipt.refusal is None for receipt in take(said=said, **who)) if said else 0


def meet_needs(town: Town) -> int:
    """What people at home asked for before today is brought. Returns how many."""
    with town.acting("grid_officer") as who:
        said = [
            Answer(uuid7(town.now), answers.NEED_MET, need.person, town.now, {"told": str(need.id), "how": "已送到"})
            for need in open_needs(who["scope"], now=town.now)
            if need.told_at < town.at(0)
        ][:AT_ONCE]
        try:
            return sum(receipt.refusal is None for receipt in take(said=said, **who)) if said else 0
        except Refusal:
            return 0
