"""Plate maps as people type or paste them: a well and what stands in it on each line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yanmen.base.refusals import Refusal
from yanmen.subsystems.screening.methods.plates import drawn, positions
from yanmen.subsystems.screening.methods.words import CONTROLS

SHORT = {"ntc": "negative", "nc": "negative", "pc": "positive", "wp": "weak_positive"}
Stands = tuple[str, str, str, str]
"""Position, tube, control, lot of the control: a tube or a control."""


def parse_map(text: str) -> list[Stands]:
    """Lines of `A1, T001` or `D6, NC` or `E9, WP, lot`: by comma, tab or semicolon; a heading line is passed over."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.replace("\t", ",").replace(";", ",").replace("，", ",").split(",")]
        if not any(cells) or (number == 1 and not cells[0][1:].isdigit()):
            continue
        if len(cells) < 2 or not cells[1]:
            raise Refusal(
                f"第{number}行应为“孔位,采样管或质控”。", f"Line {number}: write a well, then a tube or a control.",
                field="plate", value=line[:40],
            )  # fmt: skip
        found.append(stands(cells[0], cells[1], cells[2] if len(cells) > 2 else ""))
    return found


def stands(position: str, said: str, lot: str = "") -> Stands:
    """What is meant by one cell: `NC`, `WP`, 阴性质控 or a control's name; `WP:C1` with its lot; anything else is a tube."""
    name, colon, its_lot = said.partition(":")
    control = control_named(name)
    if control:
        return position, "", control, its_lot.strip() if colon else lot
    return position, said, "", ""


def control_named(said: str) -> str:
    """The control of this name, or nothing."""
    plain = said.strip().casefold()
    titles = {title["zh"]: name for name, title in CONTROLS.items()} | {name: name for name in CONTROLS}
    return SHORT.get(plain) or titles.get(plain, "")


def proposed(tubes: Sequence[str], controls: Iterable[tuple[str, str]], wells: int, seed: str) -> list[Stands]:
    """Tubes down the columns, controls at positions drawn from the seed among all that are used."""
    material = list(controls)
    tubes = tubes[: wells - len(material)]
    used = positions(wells)[: len(tubes) + len(material)]
    where = drawn(len(material), wells, used, seed)
    found = [(at, "", control, lot) for at, (control, lot) in zip(where, material, strict=True)]
    free = [at for at in used if at not in where]
    return found + [(at, tube, "", "") for at, tube in zip(free, tubes, strict=True)]


def written(position: str, tube: str, control: str, lot: str) -> str:
    """One line of a map, as `parse_map` reads it."""
    return f"{position},{tube}" if tube else ",".join(part for part in (position, short(control), lot) if part)


def short(control: str) -> str:
    """The letters by which people know a control."""
    return next(letters for letters, name in reversed(SHORT.items()) if name == control).upper()
