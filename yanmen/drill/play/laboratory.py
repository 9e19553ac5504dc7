"""From the sites to the results: boxes, trips, racks, plates, the machine's file, two signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from yanmen.drill.play.at_once import at_once
from yanmen.drill.play.furnishing import LOT
from yanmen.drill.play.swabs import Desk, Swabs
from yanmen.drill.play.town import Town
from yanmen.subsystems.screening import actions
from yanmen.subsystems.screening.actions.laboratory import Placed
from yanmen.subsystems.screening.actions.racks import pack_rack, receive_rack

RACK, BOX = 250, 1_000
CONTROLS = ("negative", "negative", "negative", "weak_positive", "positive")
SIZES = ((96, "ABCDEFGH", 12), (384, "ABCDEFGHIJKLMNOP", 24))
POOLED, ALONE = 28.5, 25.0
LEVELS = {"negative": None, "weak_positive": 33.0, "positive": 24.0}
HANDS = 2
"""So many pack boxes at the same time."""


@dataclass(frozen=True)
class Plate:
    """Tubes that go on a plate together; its file swaps the names of the first so many pairs."""

    number: int
    tubes: Sequence[str]
    size: int
    wells: list[str]
    swap: int


@dataclass
class Benches:
    """The laboratories, what waits in each, and boxes on the way."""

    town: Town
    swabs: Swabs
    waiting: dict[int, list[str]] = field(default_factory=dict)
    on_the_way: list[tuple[int, int, list[str]]] = field(default_factory=list)
    runs: int = 0
    lose: int = 0
    """So many of the next boxes get lost on the way."""
    swap: int = 0
    """So many pairs of tubes the machine's file names the wrong way round, on the next plates."""

    def pack(self) -> int:
        """Every site packs its tubes into boxes for a laboratory and sends them. Returns how many boxes."""
        self.town.staff("sampling")
        desks = list(self.swabs.desks.values())
        halves = [desks[half::HANDS] for half in range(min(HANDS, len(desks)))]
        packed = at_once(*(partial(self._pack, half) for half in halves))
        sent = sorted((box for half in packed for box in half), key=lambda box: box[0])
        self.on_the_way += [box[1:] for box in sent]
        return len(sent)

    def _pack(self, desks: Sequence[Desk]) -> list[tuple[tuple[int, int], int, int, list[str]]]:
        """Boxes of some sites: which of which site, for which laboratory, its number, its tubes."""
        laboratories, sent = self.town.by_county["laboratories"], []
        for desk in desks:
            tubes, desk.tubes = desk.tubes, []
            for start in range(0, len(tubes), BOX):
                some = tubes[start : start + BOX]
                goal = laboratories[(desk.phone.number + start // BOX) % len(laboratories)]
                with self.town.acting("sampling") as who:
                    box = actions.create_box(site=desk.phone.place, laboratory=goal, capacity=BOX, **who)
                    for first in range(0, len(some), RACK):
                        rack = pack_rack(box=box.pk, tubes=some[first : first + RACK], rack=f"R{first // RACK}", **who)
                        if rack.refused:
                            raise next(iter(rack.refused.values()))
                    actions.close_box(box=box.pk, **who)
                    actions.send_box(box=box.pk, **who)
                sent.append(((desk.phone.number, start), goal, box.pk, some))
        return sent

    def carry(self) -> None:
        """Couriers take the boxes, a trip to each laboratory."""
        for goal in self.town.by_county["laboratories"]:
            boxes = [box for to, box, _ in self.on_the_way if to == goal]
            if boxes:
                with self.town.acting("screening.courier") as who:
                    actions.depart(boxes=boxes, vehicle=f"晋A演{goal:04d}", courier="演练转运员", **who)

    def receive(self) -> tuple[int, list[tuple[int, list[str]]]]:
        """Boxes are opened and counted. Returns how many tubes came, and the boxes that did not come, with their tubes."""
        self.town.staff("laboratory")
        arriving: dict[int, list[tuple[int, list[str]]]] = {}
        lost = []
        for goal, box, tubes in self.on_the_way:
            if self.lose and len(tubes) >= 3:
                self.lose -= 1
                lost.append((box, tubes))
            else:
                arriving.setdefault(goal, []).append((box, tubes))
        self.on_the_way = []
        return sum(at_once(*(partial(self._receive, goal, boxes) for goal, boxes in arriving.items()))), lost

    def _receive(self, goal: int, boxes: Sequence[tuple[int, list[str]]]) -> int:
        """Boxes of one laboratory."""
        for box, tubes in boxes:
            with self.town.acting("laboratory") as who:
                actions.receive_box(box=box, **who)
                for first in range(0, len(tubes), RACK):
                    receive_rack(box=box, tubes=tubes[first : first + RACK], **who)
                actions.mark_missing(box=box, **who)
                actions.reconcile_box(box=box, **who)
            alone = [tube for tube in tubes if len(self.swabs.contents[tube].people) == 1]
            pools = [tube for tube in tubes if len(self.swabs.contents[tube].people) > 1]
            self.waiting[goal] = alone + self.waiting.get(goal, []) + pools
        return sum(len(tubes) for _, tubes in boxes)

    def read(self) -> dict[str, int]:
        """Each laboratory reads what it can in a day, plate by plate, and releases what it read."""
        for role in ("laboratory", "laboratory.reviewer"):
            self.town.staff(role)
        capacity = self.town.scenario.capacity
        most = max(1, capacity.wells_a_day // max(1, capacity.laboratories))
        plates: dict[int, list[Plate]] = {}
        for bench in sorted(self.waiting):
            now, self.waiting[bench] = self.waiting[bench][:most], self.waiting[bench][most:]
            plates[bench] = self._laid_out(now)
        found = [each for lab in at_once(*(partial(self._run, *each) for each in plates.items())) for each in lab]
        for bench, run, number, swapped, _ in found:
            if swapped:
                self._plant_swap(bench, run, number, swapped)
        return {
            "tubes": sum(len(plate.tubes) for own in plates.values() for plate in own),
            "plates": len(found),
            "told": sum(released.told for *_, released in found),
            "held": sum(released.held for *_, released in found),
        }

    def _laid_out(self, tubes: Sequence[str]) -> list[Plate]:
        """Tubes on plates, large ones as long as they are needed."""
        plates, start = [], 0
        while start < len(tubes):
            wells, letters, columns = SIZES[len(tubes) - start > 96]
            some = tubes[start : start + wells - len(CONTROLS)]
            swap = min(self.swap, len(some) // 2)
            self.swap -= swap
            self.runs += 1
            names = [f"{row}{column}" for column in range(1, columns + 1) for row in letters]
            plates.append(Plate(self.runs, some, wells, names, swap))
            start += len(some)
        return plates

    def _run(self, bench: int, plates: Sequence[Plate]) -> list[tuple[int, int, int, list[str], Any]]:
        """The plates of one laboratory, one after the other."""
        return [(bench, *self._plate(bench, plate)) for plate in plates]

    def _plate(self, bench: int, laid: Plate) -> tuple[int, int, list[str], Any]:
        """The run's key, its number, tubes that its file swaps, and what was released."""
        code = f"R{laid.number}"
        controls = dict(
            zip(self.town.chance("controls", laid.number).sample(laid.wells, len(CONTROLS)), CONTROLS, strict=True)
        )
        free = [well for well in laid.wells if well not in controls]
        plate = [Placed(well, tube=tube) for well, tube in zip(free, laid.tubes, strict=False)]
        plate += [Placed(well, control=kind, control_lot=LOT) for well, kind in controls.items()]
        with self.town.acting("laboratory") as who:
            run = actions.load_run(
                laboratory=bench,
                code=code,
                instrument="PCR-1",
                kit="双靶标",
                lot="L1",
                plate=plate,
                wells=laid.size,
                **who,
            )
            content, swapped = self._file(plate, laid.swap)
            actions.read_file(run=run.pk, content=content, name=f"{code}.csv", **who)
            for mismatch in self._mismatches(run.pk, who):
                actions.settle_mismatch(run=run.pk, finding=mismatch, note="核对板图，按板图定", **who)
            actions.accept_run(run=run.pk, **who)
            for violation in run.violations.filter(resolved_at=None):
                actions.settle_violation(violation=violation.pk, note="更换质控品后复测在控", **who)
        with self.town.acting("laboratory.reviewer") as who:
            return run.pk, laid.number, swapped, actions.release_run(run=run.pk, **who)

    def _file(self, plate: list[Placed], swap: int) -> tuple[bytes, list[str]]:
        """What the machine writes; where tubes are swapped, its file names the neighbour's."""
        names = [each.tube or each.control for each in plate]
        swapped = []
        for pair in range(0, 2 * swap, 2):
            names[pair], names[pair + 1] = names[pair + 1], names[pair]
            swapped += [plate[pair].tube, plate[pair + 1].tube]
        lines = ["Well,Sample Name,Target Name,CT"]
        for each, name in zip(plate, names, strict=True):
            level = LEVELS[each.control] if each.control else self._level(each.tube)
            for target, more in (("ORF1ab", 0.0), ("N", 0.7)):
                lines.append(f"{each.position},{name},{target},{'Undetermined' if level is None else level + more}")
            lines.append(f"{each.position},{name},IC,24.1")
        return "\n".join(lines).encode(), swapped

    def _level(self, tube: str) -> float | None:
        content = self.swabs.contents[tube]
        if not content.positive:
            return None
        return ALONE if len(content.people) == 1 else POOLED

    def _mismatches(self, run: int, who: dict[str, Any]) -> list[int]:
        from yanmen.subsystems.screening.queries.laboratory import mismatches

        return list(mismatches(who["scope"], run).filter(resolved_at=None).values_list("pk", flat=True))

    def _plant_swap(self, bench: int, run: int, number: int, tubes: list[str]) -> None:
        self.town.plant(
            "swapped_tube",
            (f"检测批次R{number}仪器文件中{len(tubes)}支管的样本名互换", f"In the file of run R{number} {len(tubes)} tubes are named the wrong way round"),
            {"laboratory": bench, "run": run, "tubes": tubes},
        )  # fmt: skip
