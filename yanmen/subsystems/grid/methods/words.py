"""The words of the grid that are no policy: codes with both titles."""

from __future__ import annotations

SIDES = {
    "not_registered": {"zh": "名单有、登记无", "en": "On the list, not registered"},
    "not_listed": {"zh": "登记有、名单无", "en": "Registered, not on the list"},
    "unclear": {"zh": "同名或信息不足，待核实", "en": "More than one person may be meant"},
    "not_seen": {"zh": "多日未见", "en": "Not seen for days"},
}
"""Where somebody is missing."""
OUTCOMES = {
    "found": {"zh": "找到，在本地", "en": "Found, lives here"},
    "registered": {"zh": "找到，已补登记", "en": "Found and registered"},
    "elsewhere": {"zh": "在外地", "en": "Is elsewhere"},
    "moved": {"zh": "已迁出", "en": "Moved away"},
    "in_site": {"zh": "在隔离点或医院", "en": "In a site or a hospital"},
    "died": {"zh": "已故", "en": "Died"},
    "mistake": {"zh": "名单有误", "en": "The list is wrong"},
    "not_found": {"zh": "未找到，已上报", "en": "Not found, reported"},
}
LIVES = {
    "yes": {"zh": "住在这里", "en": "Lives here"},
    "no": {"zh": "不住在这里", "en": "Does not live here"},
    "moved_away": {"zh": "已搬走", "en": "Moved away"},
}
WAYS = {
    "door": {"zh": "上门", "en": "At the door"},
    "phone": {"zh": "电话", "en": "By telephone"},
}
NEEDS = {
    "medicine": {"zh": "药品", "en": "Medicine"},
    "dialysis": {"zh": "透析", "en": "Dialysis"},
    "care": {"zh": "就医", "en": "Medical care"},
    "food": {"zh": "食品", "en": "Food"},
    "infant": {"zh": "婴幼儿用品", "en": "Things for an infant"},
    "mental": {"zh": "心理援助", "en": "Mental health"},
    "language": {"zh": "语言服务", "en": "Language"},
    "other": {"zh": "其他", "en": "Other"},
}
"""As quarantine names them: the fact is one and the same."""
ALWAYS_URGENT = ("dialysis", "medicine", "care")
SPECIAL = {
    "child": {"zh": "14岁及以下", "en": "Fourteen or younger"},
    "pregnant": {"zh": "孕产妇", "en": "Pregnant or just delivered"},
    "severe_disease": {"zh": "严重基础疾病", "en": "Severe disease"},
    "not_self_caring": {"zh": "生活不能自理", "en": "Cannot care for themselves"},
    "dialysis": {"zh": "需要透析", "en": "On dialysis"},
    "disabled": {"zh": "行动不便", "en": "Needs step-free access"},
    "foreign_language": {"zh": "需要外语服务", "en": "Needs another language"},
    "mental": {"zh": "精神心理需要关注", "en": "Mental health needs care"},
}
CHOSEN = {
    "home_isolation": {"zh": "愿意居家", "en": "Wants to stay at home"},
    "central_quarantine": {"zh": "愿意集中", "en": "Would rather go to a site"},
}
RESULTS = {
    "negative": {"zh": "阴性", "en": "Negative"},
    "positive": {"zh": "阳性", "en": "Positive"},
}
HOME = {
    "own_room": {"zh": "单人单间", "en": "A room of their own"},
    "own_bathroom": {"zh": "独立卫生间", "en": "A bathroom of their own"},
    "shared_air": {"zh": "使用中央空调或共用通风", "en": "Central or shared air conditioning"},
    "at_risk": {"zh": "同住有老人、孕产妇或慢性病患者", "en": "Old, pregnant or ill people live with them"},
    "carer": {"zh": "有合适的陪护人", "en": "There is a fit carer"},
}
"""What is asked of a home."""
