"""The words of a house that are no policy: what is inspected, where linen and waste are, what staff do; and the course of a bag."""

from __future__ import annotations

from yanmen.base.flow import Flow

ITEMS = {
    "three_areas": {"zh": "隔离观察区、工作服务区、卫生通过区分开", "en": "Observation area, work area and sanitary passage are apart"},
    "two_passages": {"zh": "工作人员与隔离人员通道分开", "en": "Staff and guests have passages of their own"},
    "single_rooms": {"zh": "以单人间为主", "en": "Mostly single rooms"},
    "own_bathroom": {"zh": "房间有独立卫生间", "en": "Each room has its own bathroom"},
    "opening_window": {"zh": "房间有可开启外窗", "en": "Each room has a window that opens"},
    "no_central_air": {"zh": "不使用中央空调，或各房间独立送排风", "en": "No central air, or air of its own for each room"},
    "accessible_rooms": {"zh": "设有无障碍房间", "en": "There are step-free rooms"},
    "waste_points": {"zh": "设医疗废物暂存处，有标识和称重", "en": "A marked store for medical waste, with scales"},
    "hand_over_point": {"zh": "设物品交接处和车辆洗消处", "en": "A point to hand things over and to disinfect vehicles"},
    "protection_room": {"zh": "防护用品穿脱间分设", "en": "Separate rooms to put protection on and off"},
    "disinfectants": {"zh": "消毒剂和防护用品储备充足", "en": "Disinfectants and protection in stock"},
    "monitoring": {"zh": "隔离区有视频监控和门磁等", "en": "Cameras and door sensors in the observation area"},
    "staff_ready": {"zh": "工作组到位并完成培训", "en": "The working groups are there and trained"},
    "fire_and_building": {"zh": "房屋结构和消防安全合格", "en": "Building and fire safety hold"},
    "hidden_hazards": {"zh": "排查隐患：管道串味、地漏、窗户限位等", "en": "Hidden hazards looked for: pipes, drains, window stops"},
    "emergency_plan": {"zh": "有应急预案和转运流程", "en": "A plan for emergencies and transfers"},
}  # fmt: skip
"""What an inspection may ask; which of them it asks on a day is said by the norm quarantine.inspection."""

LINEN_PLACES = {
    "shelf": {"zh": "库房", "en": "On the shelf"},
    "room": {"zh": "房间", "en": "In rooms"},
    "soiled": {"zh": "待洗", "en": "Taken off, to be washed"},
    "laundry": {"zh": "洗涤厂", "en": "At the laundry"},
    "missing": {"zh": "缺失", "en": "Missing"},
    "outside": {"zh": "购入或报废", "en": "Bought or scrapped"},
}
LINEN_ACTS = {
    "buy": ("outside", "shelf"),
    "lay_out": ("shelf", "room"),
    "strip": ("room", "soiled"),
    "send": ("soiled", "laundry"),
    "take_back": ("laundry", "shelf"),
    "miss_room": ("room", "missing"),
    "miss_laundry": ("laundry", "missing"),
    "find": ("missing", "shelf"),
    "scrap": ("shelf", "outside"),
    "scrap_soiled": ("soiled", "outside"),
    "write_off": ("missing", "outside"),
}
"""Every act takes sets from one place to another: what leaves one is in the next."""
LINEN_TITLES = {
    "buy": {"zh": "购入", "en": "Bought"},
    "lay_out": {"zh": "铺设到房间", "en": "Laid out in rooms"},
    "strip": {"zh": "从房间撤下", "en": "Taken off"},
    "send": {"zh": "送洗", "en": "Sent to the laundry"},
    "take_back": {"zh": "洗净取回", "en": "Back from the laundry"},
    "miss_room": {"zh": "房间缺失", "en": "Missing from a room"},
    "miss_laundry": {"zh": "洗涤厂缺失", "en": "Missing at the laundry"},
    "find": {"zh": "找回", "en": "Found again"},
    "scrap": {"zh": "库房报废", "en": "Scrapped from the shelf"},
    "scrap_soiled": {"zh": "待洗报废", "en": "Scrapped before washing"},
    "write_off": {"zh": "缺失核销", "en": "Missing sets written off"},
}

WASTE = Flow(
    "waste_bag",
    {
        "sealed": {"weigh": "weighed", "lose": "missing"},
        "weighed": {"take": "stored", "give_back": "sealed", "lose": "missing"},
        "stored": {"load": "loaded", "lose": "missing"},
        "loaded": {"dispose": "disposed", "lose": "missing"},
        "missing": {"find": "sealed"},
        "disposed": {},
    },
)
"""Weighed by who gives it, taken by somebody else: two signatures. Found again, it is weighed anew."""
WASTE_STATES = {
    "sealed": {"zh": "已封口", "en": "Sealed"},
    "weighed": {"zh": "已称重，待签收", "en": "Weighed, to be taken"},
    "stored": {"zh": "暂存", "en": "In the store"},
    "loaded": {"zh": "已装车", "en": "On the vehicle"},
    "missing": {"zh": "去向不明", "en": "Missing"},
    "disposed": {"zh": "已处置", "en": "Disposed of"},
}
WASTE_KINDS = {
    "infectious": {"zh": "感染性废物", "en": "Infectious"},
    "sharps": {"zh": "损伤性废物", "en": "Sharps"},
    "medicines": {"zh": "药物性废物", "en": "Medicines"},
}
DUTIES = {
    "head": {"zh": "负责人", "en": "Head"},
    "health": {"zh": "健康观察", "en": "Health observation"},
    "disinfection": {"zh": "清洁消毒", "en": "Cleaning and disinfection"},
    "liaison": {"zh": "信息联络", "en": "Liaison"},
    "security": {"zh": "安全保卫", "en": "Security"},
    "logistics": {"zh": "后勤保障", "en": "Logistics"},
    "transfer": {"zh": "病例转运", "en": "Transfer of cases"},
    "care": {"zh": "人文关怀", "en": "Humane care"},
}
"""The groups of a site in the ninth edition."""
POST = "quarantine_site"
"""The high-risk post that facts name."""
ROOM_NOW = {
    "free": {"zh": "空闲", "en": "Free"},
    "given": {"zh": "已分配，待入住", "en": "Given, not arrived"},
    "staying": {"zh": "在住", "en": "Staying"},
    "leaving": {"zh": "明日前解除", "en": "Released by tomorrow"},
    "cleaning": {"zh": "清理消毒中", "en": "Being cleaned"},
    "closed": {"zh": "停用", "en": "Closed"},
}
"""What a room is now."""
ROOM_SIGNS = {
    "free": {"zh": "空", "en": "F"},
    "given": {"zh": "配", "en": "G"},
    "staying": {"zh": "住", "en": "S"},
    "leaving": {"zh": "离", "en": "R"},
    "cleaning": {"zh": "洁", "en": "C"},
    "closed": {"zh": "停", "en": "X"},
}
"""The letter that stands beside the colour."""
