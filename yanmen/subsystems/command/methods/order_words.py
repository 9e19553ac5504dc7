"""What states, hops, grades of urgency and kinds of request are called."""

from __future__ import annotations


def _both(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


STATES = {
    "issued": _both("未收到", "Not received"),
    "received": _both("已收到", "Received"),
    "read": _both("已阅知", "Read"),
    "accepted": _both("已受领", "Accepted"),
    "split": _both("已分解", "Passed on"),
    "done": _both("已报办结", "Reported done"),
    "verified": _both("已核实", "Verified"),
    "recalled": _both("已撤回", "Recalled"),
}
ORDER_STATES = {
    "open": _both("办理中", "Open"),
    "recalled": _both("已撤回", "Recalled"),
    "superseded": _both("已被替代", "Replaced"),
}
HOP_TITLES = {
    "receive": _both("收到", "Receiving"),
    "read": _both("阅知", "Reading"),
    "accept": _both("受领", "Accepting"),
    "done": _both("办结", "Carrying out"),
    "verify": _both("核实", "Verifying"),
}
URGENCY = {
    "express": _both("特急", "Express"),
    "urgent": _both("加急", "Urgent"),
    "ordinary": _both("平急", "Ordinary"),
}
LEVEL_TITLES = {
    2: _both("省", "Province"),
    4: _both("市", "City"),
    6: _both("县（市、区）", "County"),
    9: _both("乡镇（街道）", "Township"),
    12: _both("村（社区）", "Village"),
}
WANTED = {
    "teams": _both("队伍", "Teams"),
    "supplies": _both("物资", "Supplies"),
    "rooms": _both("房间", "Rooms"),
    "decision": _both("请示决定", "A decision"),
    "other": _both("其他", "Something else"),
}
OUTCOME = {
    "granted": _both("同意", "Granted"),
    "partly": _both("部分同意", "Granted in part"),
    "refused": _both("不同意", "Refused"),
}
DUTY = {"leader": _both("带班领导", "Leader on duty"), "officer": _both("值班员", "Officer on duty")}
ITEMS = {
    "tasks_overdue": _both("逾期任务", "Tasks overdue"),
    "orders_unread": _both("未阅知的指令", "Orders nobody read"),
    "orders_to_do": _both("本单位待办指令", "Orders in hand here"),
    "hops_late": _both("逾期环节", "Hops that are late"),
    "to_verify": _both("待核实的办结", "Claims to verify"),
    "requests_open": _both("待答复的请求", "Requests to answer"),
}
