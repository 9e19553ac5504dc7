"""The course of a hand-over: from the first stop to whoever answers for the person, no step left out."""

from yanmen.base.flow import Flow

COURSE = Flow(
    "hand-over",
    {
        "opened": {"assign": "assigned", "refuse": "refused"},
        "assigned": {"depart": "departed", "refuse": "refused"},
        "departed": {"receive": "received", "refuse": "refused"},
        "received": {},
        "refused": {},
    },
)
ENDED = ("received", "refused")
STATES = {
    "opened": {"zh": "待派车", "en": "Waiting for a vehicle"},
    "assigned": {"zh": "已派车", "en": "Vehicle assigned"},
    "departed": {"zh": "途中", "en": "Under way"},
    "received": {"zh": "已接收", "en": "Received"},
    "refused": {"zh": "未接受", "en": "Refused"},
}
ACTS = {
    "assign": {"zh": "派车", "en": "Assign a vehicle"},
    "depart": {"zh": "发车", "en": "Depart"},
    "receive": {"zh": "接收", "en": "Receive"},
    "refuse": {"zh": "不接受（写明理由）", "en": "Refuse, with a reason"},
}
