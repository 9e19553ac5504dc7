"""Titles of what tracing shows: vehicles, how a stay is known, what was judged."""

VEHICLES: dict[str, dict[str, str]] = {
    "plane": {"zh": "航班", "en": "Flight"},
    "train": {"zh": "列车", "en": "Train"},
    "bus": {"zh": "客车", "en": "Bus"},
    "ship": {"zh": "客轮", "en": "Ship"},
}
KNOWN_BY: dict[str, dict[str, str]] = {
    "phone": {"zh": "本人扫码", "en": "Own check-in"},
    "scanner": {"zh": "现场扫码", "en": "Scanned on the spot"},
    "paper": {"zh": "纸质登记", "en": "Paper register"},
    "register": {"zh": "乘坐登记", "en": "Passenger record"},
    "investigator": {"zh": "流调查明", "en": "Found by an investigator"},
    "interview": {"zh": "本人自述", "en": "Told by the case"},
}
JUDGED: dict[str, dict[str, str]] = {
    "tracing.contact_found:1": {"zh": "密接", "en": "Close contact"},
    "tracing.contact_found:2": {"zh": "次密接", "en": "Contact of a contact"},
    "tracing.general_contact_found": {"zh": "一般接触者", "en": "General contact"},
    "tracing.co_resident_found": {"zh": "同住", "en": "Co-resident"},
    "tracing.companion_flagged": {"zh": "时空伴随", "en": "Companion"},
    "tracing.scene_exposed": {"zh": "场所暴露", "en": "Exposed in the place"},
}
