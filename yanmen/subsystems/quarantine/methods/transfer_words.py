"""The words of transfers that are no policy: acts with both titles."""

from __future__ import annotations

TRANSFER_ACTS = {
    "release": {"zh": "转出方同意", "en": "Release by the sending side"},
    "accept": {"zh": "接收方同意", "en": "Accept by the receiving side"},
    "refuse": {"zh": "不同意", "en": "Refuse"},
    "cancel": {"zh": "取消", "en": "Cancel"},
    "plan": {"zh": "排车", "en": "Give a vehicle"},
    "unplan": {"zh": "撤销排车", "en": "Take off the vehicle"},
    "pick_up": {"zh": "接上车", "en": "Pick up"},
    "arrive": {"zh": "送达", "en": "Arrive"},
    "bring_back": {"zh": "送回原处", "en": "Bring back"},
}
RUN_ACTS = {
    "depart": {"zh": "发车", "en": "Depart"},
    "cancel": {"zh": "取消", "en": "Cancel"},
    "finish": {"zh": "送完返回", "en": "Finish"},
    "disinfect": {"zh": "终末消毒", "en": "Disinfect"},
}
VEHICLE_FOR = {"disabled": "wheelchair", "negative_pressure": "negative_pressure"}
"""What somebody needs, and the kind of vehicle that has it."""
