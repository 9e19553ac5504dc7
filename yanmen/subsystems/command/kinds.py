"""The words that command adds: orders and what units say of them, requests upward, who is on duty; modes of an area."""

from yanmen.loop.kinds import FactKind, MeasureKind, Role, TaskKind

YEARS_10 = 3650
_ABOUT = {"order": "bigint", "answers": "text"}

ORDER_ISSUED = FactKind(
    name="command.order_issued",
    zh="指令已下达",
    en="An order was given to a unit",
    subject="area",
    retention_days=YEARS_10,
    detail=_ABOUT | {"urgency": "text", "due_at": "timestamptz", "clock_from": "timestamptz"},
)
ORDER_ACCEPTED = FactKind(
    name="command.order_accepted",
    zh="指令已受领",
    en="A unit accepted an order",
    subject="area",
    retention_days=YEARS_10,
    detail=_ABOUT,
)
ORDER_DONE = FactKind(
    name="command.order_done",
    zh="指令已报办结",
    en="A unit reported an order done",
    subject="area",
    retention_days=YEARS_10,
    detail=_ABOUT | {"note": "text"},
)
ORDER_VERIFIED = FactKind(
    name="command.order_verified",
    zh="指令办结已核实",
    en="An order was verified as done",
    subject="area",
    retention_days=YEARS_10,
    detail=_ABOUT,
)
ORDER_RETURNED = FactKind(
    name="command.order_returned",
    zh="指令办结被退回",
    en="What a unit reported done was sent back",
    subject="area",
    retention_days=YEARS_10,
    detail=_ABOUT | {"urgency": "text", "reason": "text", "due_at": "timestamptz", "clock_from": "timestamptz"},
)
ORDER_RECALLED = FactKind(
    name="command.order_recalled",
    zh="指令已撤回",
    en="An order was recalled",
    subject="area",
    retention_days=YEARS_10,
    detail=_ABOUT | {"reason": "text"},
)

ORDER = MeasureKind(
    name="command_order",
    zh="指挥部指令",
    en="Order of a command centre",
    subject="area",
    basis_zh="《中华人民共和国突发事件应对法》",
    basis_en="Emergency Response Law",
)
CARRY_OUT_ORDER = TaskKind(
    name="carry_out_order",
    zh="办结指挥部指令",
    en="Carry out an order of the command centre",
    role="command.unit",
    done_by=("command.order_done",),
)

UNIT = Role(name="command.unit", zh="指令承办联络员", en="Officer who carries out orders")
