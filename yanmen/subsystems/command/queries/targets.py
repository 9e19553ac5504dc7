"""The units that a target names now, and what became different since an order was given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yanmen.base.refusals import Refusal
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.methods.targets import LENGTH_OF, asked
from yanmen.subsystems.command.models import Order, Receipt
from yanmen.subsystems.command.queries.statements import rows_of, statement


def question(scope: Scope, given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """A target as it is kept, within the asker's areas, and the statement that answers it. Refuses areas that are not there."""
    target = asked(given, within=scope.area)
    for area in target["areas"]:
        scope.require(area)
    if target["kind"] == "areas" and scope.area in target["areas"]:
        raise Refusal(
            "指令下达给下级单位，请从名单中去掉本级。", "An order goes to units below. Take your own area off the list.",
            field="areas", value=scope.area,
        )  # fmt: skip
    known = Area.objects.filter(valid_to=None, code__in=target["areas"]).values_list("code", flat=True)
    if strange := sorted(set(target["areas"]) - set(known)):
        raise Refusal(
            f"没有代码为 {strange[0]} 的地区，请核对代码。", f"There is no area with the code {strange[0]}. Check it.",
            field="areas", value=", ".join(strange[:12]),
        )  # fmt: skip
    return target, statement(f"target_{target['kind']}")


def counted(scope: Scope, given: Mapping[str, Any]) -> list[str]:
    """Codes of the units that a target would name if the order were given now."""
    return units(scope, question(scope, given)[0])


def units(scope: Scope, target: Mapping[str, Any]) -> list[str]:
    """Codes of the units that a kept target names now, in order. One statement, however many there are."""
    about = {"tiers": [], "kinds": [], "level": "", **target, "own": scope.area}
    about["digits"] = LENGTH_OF.get(about["level"], 0)
    return [row["code"] for row in rows_of(scope, f"target_{target['kind']}", about)]


def since(scope: Scope, order: Order) -> dict[str, list[str]]:
    """The same question asked again: units that it would name now and did not, and those that it no longer would."""
    now = set(units(scope.narrowed(order.area), order.target))
    then = set(Receipt.objects.filter(order=order).values_list("area", flat=True))
    return {"more": sorted(now - then), "gone": sorted(then - now)}


def named(scope: Scope, codes: list[str], most: int = 12) -> list[Area]:
    """The first few of these units, to show."""
    del scope
    return list(Area.objects.filter(code__in=codes[:most], valid_to=None).order_by("code"))


__all__ = ["counted", "named", "question", "since", "units"]
