"""The courses of a campaign, a box and a run: which act leads from which state to which; nothing is left out."""

from yanmen.base.flow import Flow

CAMPAIGN = Flow(
    "campaign",
    {
        "planned": {"start": "running", "cancel": "cancelled"},
        "running": {"end": "ended", "cancel": "cancelled"},
        "ended": {},
        "cancelled": {},
    },
)
BOX = Flow(
    "box",
    {
        "draft": {"close": "ready", "discard": "discarded"},
        "ready": {"reopen": "draft", "send": "sent", "discard": "discarded"},
        "sent": {"recall": "ready", "depart": "in_transit", "lose": "lost"},
        "in_transit": {"receive": "received", "lose": "lost"},
        "received": {"reconcile": "reconciled"},
        "lost": {"find": "received"},
        "reconciled": {},
        "discarded": {},
    },
)
RUN = Flow(
    "run",
    {
        "loaded": {"measure": "measured", "discard": "discarded"},
        "measured": {"accept": "accepted", "discard": "discarded"},
        "accepted": {"send_back": "measured", "release": "released", "discard": "discarded"},
        "released": {},
        "discarded": {},
    },
)
LOCKED = ("sent", "in_transit", "received", "reconciled", "lost")
"""States in which the list of a box no longer changes."""

CAMPAIGN_STATES = {
    "planned": {"zh": "计划中", "en": "Planned"},
    "running": {"zh": "进行中", "en": "Running"},
    "ended": {"zh": "已结束", "en": "Ended"},
    "cancelled": {"zh": "已取消", "en": "Cancelled"},
}
BOX_STATES = {
    "draft": {"zh": "装箱中", "en": "Draft"},
    "ready": {"zh": "待发出", "en": "Ready to send"},
    "sent": {"zh": "已发出（清单锁定）", "en": "Sent, list locked"},
    "in_transit": {"zh": "运送途中", "en": "In transit"},
    "received": {"zh": "实验室已签收", "en": "Received"},
    "reconciled": {"zh": "已清点", "en": "Reconciled"},
    "lost": {"zh": "途中遗失", "en": "Lost in transit"},
    "discarded": {"zh": "已作废", "en": "Discarded"},
}
RUN_STATES = {
    "loaded": {"zh": "已上机", "en": "Loaded"},
    "measured": {"zh": "待初审", "en": "Measured"},
    "accepted": {"zh": "已初审，待复核", "en": "Accepted by the technician"},
    "released": {"zh": "已签发", "en": "Released"},
    "discarded": {"zh": "已作废", "en": "Discarded"},
}
