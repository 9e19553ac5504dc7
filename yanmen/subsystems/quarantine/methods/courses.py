"""The courses of a site, a stay, a transfer, a run of a vehicle and a room between two stays: which act leads where."""

from yanmen.base.flow import Flow

SITE = Flow(
    "site",
    {
        "planned": {"pass": "ready", "give_up": "closed"},
        "ready": {"open": "open", "fail": "planned", "give_up": "closed"},
        "open": {"wind_down": "closing", "fail": "closing"},
        "closing": {"open": "open", "close": "ready"},
        "closed": {},
    },
)
STAY = Flow(
    "stay",
    {
        "assigned": {"admit": "admitted", "cancel": "cancelled"},
        "admitted": {"leave": "left"},
        "left": {},
        "cancelled": {},
    },
)
TRANSFER = Flow(
    "transfer",
    {
        "requested": {"release": "released", "refuse": "refused", "cancel": "cancelled"},
        "released": {"accept": "approved", "refuse": "refused", "cancel": "cancelled"},
        "approved": {"plan": "planned", "cancel": "cancelled"},
        "planned": {"unplan": "approved", "pick_up": "picked_up", "cancel": "cancelled"},
        "picked_up": {"arrive": "arrived", "bring_back": "returned"},
        "arrived": {},
        "returned": {},
        "refused": {},
        "cancelled": {},
    },
)
"""Released by those who answer for the person, accepted by those who receive them."""
RUN = Flow(
    "run",
    {
        "planned": {"depart": "out", "cancel": "cancelled"},
        "out": {"finish": "disinfecting"},
        "disinfecting": {"disinfect": "done"},
        "done": {},
        "cancelled": {},
    },
)
ROOM = Flow(
    "room",
    {
        "vacated": {"strip": "stripped"},
        "stripped": {"disinfect": "disinfected"},
        "disinfected": {"inspect": "clean", "fail": "stripped"},
        "clean": {},
    },
)
"""A room between two stays: linen and waste out, disinfected, looked at by somebody else."""
OPEN_TRANSFER = ("requested", "released", "approved", "planned", "picked_up")
STAYING = ("assigned", "admitted")

SITE_STATES = {
    "planned": {"zh": "筹备中", "en": "Being prepared"},
    "ready": {"zh": "验收合格，备用", "en": "Inspected, on standby"},
    "open": {"zh": "启用", "en": "Open"},
    "closing": {"zh": "只出不进", "en": "Winding down"},
    "closed": {"zh": "已退出", "en": "Closed"},
}
STAY_STATES = {
    "assigned": {"zh": "已分配，未入住", "en": "Given, not arrived"},
    "admitted": {"zh": "在住", "en": "Staying"},
    "left": {"zh": "已离开", "en": "Left"},
    "cancelled": {"zh": "已取消", "en": "Cancelled"},
}
TRANSFER_STATES = {
    "requested": {"zh": "已申请", "en": "Requested"},
    "released": {"zh": "转出方已同意", "en": "Released by the sending side"},
    "approved": {"zh": "接收方已同意", "en": "Approved by both sides"},
    "planned": {"zh": "已排车", "en": "Has a vehicle"},
    "picked_up": {"zh": "已上车", "en": "Picked up"},
    "arrived": {"zh": "已送达", "en": "Arrived"},
    "returned": {"zh": "已送回", "en": "Brought back"},
    "refused": {"zh": "未同意", "en": "Refused"},
    "cancelled": {"zh": "已取消", "en": "Cancelled"},
}
RUN_STATES = {
    "planned": {"zh": "待发车", "en": "Planned"},
    "out": {"zh": "途中", "en": "Out"},
    "disinfecting": {"zh": "终末消毒", "en": "Being disinfected"},
    "done": {"zh": "已完成", "en": "Done"},
    "cancelled": {"zh": "已取消", "en": "Cancelled"},
}
ROOM_STATES = {
    "vacated": {"zh": "已腾空，待清理", "en": "Vacated"},
    "stripped": {"zh": "已清理布草和废物", "en": "Linen and waste out"},
    "disinfected": {"zh": "已终末消毒", "en": "Disinfected"},
    "clean": {"zh": "验收合格", "en": "Clean"},
}
