"""The words of sites, rooms, people and vehicles that are no policy: codes with both titles."""

from __future__ import annotations

SITE_KINDS = {
    "hotel": {"zh": "集中隔离宾馆", "en": "Designated hotel"},
    "yellow_hotel": {"zh": "黄码宾馆", "en": "Yellow-code hotel"},
    "cabin": {"zh": "方舱医院", "en": "Mobile-cabin hospital"},
    "hospital": {"zh": "定点医院", "en": "Designated hospital"},
}
PLACES = {
    "hotel": ("central_quarantine",),
    "yellow_hotel": ("home_isolation", "home_health_monitoring"),
    "cabin": ("mobile_cabin_hospital",),
    "hospital": ("designated_hospital",),
}
"""Which places of a measure a kind of site serves."""
ZONES = {
    "observation": {"zh": "隔离观察区", "en": "Observation area"},
    "service": {"zh": "工作服务区", "en": "Work area"},
    "passage": {"zh": "卫生通过区", "en": "Sanitary passage"},
}
FEATURES = {
    "bathroom": {"zh": "独立卫生间", "en": "Own bathroom"},
    "window": {"zh": "可开外窗", "en": "Window that opens"},
    "accessible": {"zh": "无障碍", "en": "Step-free"},
    "family": {"zh": "家庭套间", "en": "Family room"},
    "own_air": {"zh": "独立空调", "en": "Own air conditioning"},
    "negative_pressure": {"zh": "负压", "en": "Negative pressure"},
    "oxygen": {"zh": "供氧", "en": "Oxygen"},
    "quiet": {"zh": "靠近护士站", "en": "Near the nurses"},
}
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
LEAVINGS = {
    "released": {"zh": "解除隔离", "en": "Released"},
    "hospital": {"zh": "转定点医院", "en": "Taken to hospital"},
    "site": {"zh": "转其他隔离点", "en": "Moved to another site"},
    "home": {"zh": "转居家隔离", "en": "Goes on at home"},
    "corrected": {"zh": "隔离原因不成立", "en": "The reason was corrected"},
    "died": {"zh": "死亡", "en": "Died"},
    "absconded": {"zh": "擅自离开", "en": "Left without release"},
}
STATED = ("hospital", "died", "absconded")
"""Ways of leaving before the end that are no release: where to, or what happened, is said."""
VEHICLES = {
    "van": {"zh": "面包车", "en": "Van"},
    "bus": {"zh": "大客车", "en": "Bus"},
    "negative_pressure": {"zh": "负压救护车", "en": "Negative-pressure ambulance"},
    "wheelchair": {"zh": "无障碍车辆", "en": "Wheelchair vehicle"},
}
GROUPS = {
    "case": {"zh": "感染者", "en": "Infected people"},
    "contact": {"zh": "密接等隔离人员", "en": "Contacts and others in quarantine"},
    "home": {"zh": "解除人员返家", "en": "People going home"},
}
"""Who rides together: never two of them in one vehicle between two disinfections."""
SYMPTOMS = {
    "fever": {"zh": "发热", "en": "Fever"},
    "cough": {"zh": "咳嗽", "en": "Cough"},
    "throat": {"zh": "咽痛", "en": "Sore throat"},
    "tired": {"zh": "乏力", "en": "Tired"},
    "taste": {"zh": "嗅味觉减退", "en": "Loss of smell or taste"},
    "stomach": {"zh": "腹泻", "en": "Diarrhoea"},
    "breath": {"zh": "气促", "en": "Short of breath"},
    "other": {"zh": "其他不适", "en": "Other"},
}
JUDGED = {
    "watch": {"zh": "继续观察", "en": "Watched on"},
    "treated": {"zh": "已给药或处置", "en": "Treated here"},
    "fever_clinic": {"zh": "转发热门诊", "en": "To a fever clinic"},
    "hospital": {"zh": "转定点医院", "en": "To hospital"},
}
CARE = {
    "mental": {"zh": "心理关怀", "en": "Mental health"},
    "language": {"zh": "语言沟通", "en": "Language"},
}
HOW_HOME = {
    "transfer": {"zh": "专车点对点送返", "en": "Brought home point to point"},
    "own": {"zh": "自行返回，途中做好防护", "en": "Goes home on their own, masked"},
    "fetched": {"zh": "社区接回", "en": "Fetched by the community"},
    "stays": {"zh": "转往下一处", "en": "Goes on to another place"},
}
FINDINGS = {
    "over_held": {"zh": "隔离期满仍在住", "en": "Held over: the days are served"},
    "withheld": {"zh": "措施期满未解除，解除条件未满足", "en": "Measure past its end: a condition is missing"},
    "left_early": {"zh": "未满期离开", "en": "Left before the end"},
    "without_measure": {"zh": "在住但无措施依据", "en": "Staying without a measure"},
}
