"""Medical waste: sealed, weighed by one and taken by another, stored, loaded, disposed of. What is lost is said to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.loop.policies import numbers
from yanmen.registry.scope import Scope
from yanmen.subsystems.quarantine.actions.sites import locked
from yanmen.subsystems.quarantine.methods.housekeeping import WASTE, WASTE_KINDS
from yanmen.subsystems.quarantine.models import Room, WasteBag, WasteLoad
from yanmen.subsystems.quarantine.queries.waste import NORM

MOST_BAGS, HEAVIEST = 500, Decimal(500)


@transaction.atomic
def seal_bags(
    *, scope: Scope, site: int, codes: Sequence[str], by: str, now: datetime, kind: str = "infectious", room: str = "",
    layers: int = 2,
) -> list[WasteBag]:  # fmt: skip
    """Bags were filled, sealed and labelled. A label is used once, anywhere."""
    found = locked(scope, site)
    labels = list(dict.fromkeys(code.strip().upper()[:40] for code in codes if code.strip()))
    if not labels or len(labels) > MOST_BAGS:
        raise Refusal(f"请填写1至{MOST_BAGS}个袋号。", f"Give from 1 to {MOST_BAGS} labels.", field="codes")
    if kind not in WASTE_KINDS:
        raise Refusal("请选择废物类别。", "Choose the kind of waste.", field="kind", value=kind[:40])
    least = numbers(NORM, local_date(now)).get("layers", 1)
    if layers < least:
        raise Refusal(f"须用{least}层包装。", f"{least} layers of bag are needed.", field="layers", value=str(layers))
    lies_in = _room(found.pk, room)
    rows = [
        WasteBag(code=code, site=found, area=found.area, room=lies_in, kind=kind, layers=layers, sealed_at=now, sealed_by=by)
        for code in labels
    ]  # fmt: skip
    try:
        with transaction.atomic():
            return WasteBag.objects.bulk_create(rows)
    except IntegrityError as error:
        raise Refusal(
            "袋号已使用过，请核对。", "A label was used before: check it.", field="codes", value=labels[0]
        ) from error


@transaction.atomic
def weigh_bag(*, scope: Scope, code: str, kg: Decimal, by: str, now: datetime) -> WasteBag:
    """The first signature: who gives the bag away says what it weighs."""
    if not 0 < kg <= HEAVIEST:
        raise Refusal(
            f"重量应大于0、不超过{HEAVIEST}千克。", f"Above 0 and up to {HEAVIEST} kg.", field="kg", value=str(kg)
        )
    return _stepped(_held(scope, [code]), "weigh", kg=kg, weighed_at=now, weighed_by=by)[0]


@transaction.atomic
def take_bags(*, scope: Scope, codes: Iterable[str], by: str, now: datetime) -> int:
    """The second signature: somebody else takes the bags into the store."""
    bags = _held(scope, codes)
    if own := next((bag for bag in bags if bag.weighed_by == by), None):
        raise Refusal(
            f"{own.pk}由您称重，请由另一人签收。", f"You weighed {own.pk}: somebody else takes it.", field="by", value=own.pk
        )  # fmt: skip
    return len(_stepped(bags, "take", taken_at=now, taken_by=by))


@transaction.atomic
def give_back_bags(*, scope: Scope, codes: Iterable[str], by: str, now: datetime) -> int:
    """What was weighed does not agree: the bags go back, to be weighed anew."""
    return len(_stepped(_held(scope, codes), "give_back", kg=None, weighed_at=None, weighed_by=""))


@transaction.atomic
def load_bags(
    *, scope: Scope, site: int, codes: Iterable[str], manifest: str, plate: str, carrier: str, plant: str, by: str, now: datetime
) -> WasteLoad:  # fmt: skip
    """Bags go from the store onto a vehicle, with their manifest; every bag of one site."""
    found, bags = locked(scope, site), _held(scope, codes)
    said = {"manifest": manifest, "plate": plate, "carrier": carrier, "plant": plant}
    if empty := next((name for name, value in said.items() if not value.strip()), None):
        raise Refusal(
            "请填写联单号、车牌、承运人和处置单位。", "Give manifest, vehicle, carrier and plant.", field=empty
        )
    if stranger := next((bag for bag in bags if bag.site_id != found.pk), None):
        raise Refusal("袋子属于另一隔离点。", "The bag belongs to another site.", field="codes", value=stranger.pk)
    if WasteLoad.objects.filter(manifest=manifest.strip()).exists():
        raise Refusal("联单号已使用。", "The manifest was used before.", field="manifest", value=manifest[:40])
    weight = sum((bag.kg or Decimal(0) for bag in bags), Decimal(0))
    about: dict[str, Any] = {name: value.strip()[:40 if name == "manifest" else 20 if name == "plate" else 64] for name, value in said.items()}  # fmt: skip
    made = WasteLoad.objects.create(
        site=found, area=found.area, bags=len(bags), kg=weight, loaded_at=now, loaded_by=by, **about
    )
    _stepped(bags, "load", load=made)
    return made


@transaction.atomic
def dispose_load(
    *, scope: Scope, load: int, received_bags: int, received_kg: Decimal, by: str, now: datetime, receipt: str = ""
) -> WasteLoad:  # fmt: skip
    """The plant says how many bags it received and what they weighed. Its numbers are kept as told, and compared."""
    found: WasteLoad | None = scope.within(WasteLoad.objects.select_for_update(), "area").filter(pk=load).first()
    if found is None or found.disposed_at is not None:
        raise Refusal(
            "没有这一车，或已处置。", "There is no such load, or it is disposed of.", field="load", value=str(load)
        )
    if received_bags < 0 or received_kg < 0:
        raise Refusal("数量不能为负。", "Numbers are not negative.", field="received_bags", value=str(received_bags))
    if not receipt.strip():
        raise Refusal("请填写处置单位的回执号。", "Give the receipt of the plant.", field="receipt")
    found.received_bags, found.received_kg, found.receipt = received_bags, received_kg, receipt.strip()[:80]
    found.disposed_at, found.disposed_by = now, by
    found.save(update_fields=["received_bags", "received_kg", "receipt", "disposed_at", "disposed_by"])
    _stepped(list(WasteBag.objects.select_for_update().filter(load=found, state="loaded").order_by("pk")), "dispose")
    return found


@transaction.atomic
def lose_bag(*, scope: Scope, code: str, why: str, by: str, now: datetime) -> WasteBag:
    """Nobody knows where a bag is: it is missing until it is found, and everybody who balances sees it."""
    if not why.strip():
        raise Refusal("请写明情况。", "Say what is known.", field="why")
    return _stepped(_held(scope, [code]), "lose", lost_at=now, lost_by=by, lost_why=why.strip()[:200])[0]


@transaction.atomic
def find_bag(*, scope: Scope, code: str, by: str, now: datetime) -> WasteBag:
    """A missing bag is there again: it is weighed anew."""
    gone: dict[str, Any] = {
        "kg": None,
        "weighed_at": None,
        "weighed_by": "",
        "taken_at": None,
        "taken_by": "",
        "load": None,
    }
    return _stepped(_held(scope, [code]), "find", sealed_at=now, sealed_by=by, lost_at=None, **gone)[0]


def _held(scope: Scope, codes: Iterable[str]) -> list[WasteBag]:
    wanted = sorted({code.strip().upper()[:40] for code in codes if code.strip()})
    found = {bag.pk: bag for bag in scope.within(WasteBag.objects.select_for_update(), "area").filter(pk__in=wanted).order_by("pk")}  # fmt: skip
    if absent := next((code for code in wanted if code not in found), None if wanted else ""):
        raise Refusal("辖区内没有这个袋号。", "There is no such label in your areas.", field="codes", value=absent)
    if not wanted:
        raise Refusal("请选择袋子。", "Choose bags.", field="codes")
    return [found[code] for code in wanted]


def _stepped(bags: list[WasteBag], act: str, **values: Any) -> list[WasteBag]:
    for bag in bags:
        bag.state = WASTE.after(bag.state, act)
        for name, value in values.items():
            setattr(bag, name, value)
    WasteBag.objects.bulk_update(bags, ["state", *values])
    return bags


def _room(site: int, number: str) -> Room | None:
    if not number.strip():
        return None
    found = Room.objects.filter(site=site, number=number.strip()).first()
    if found is None:
        raise Refusal("本点没有这个房间。", "There is no such room here.", field="room", value=number[:20])
    return found
