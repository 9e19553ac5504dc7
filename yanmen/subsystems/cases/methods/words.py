"""The closed lists of a case report, each word with both titles."""

KINDS = {
    "confirmed": {"zh": "确诊病例", "en": "Confirmed"},
    "asymptomatic": {"zh": "无症状感染者", "en": "Asymptomatic"},
    "suspected": {"zh": "疑似病例", "en": "Suspected"},
}
NO_CASE = {
    "false_positive": {"zh": "假阳性", "en": "False positive"},
    "excluded": {"zh": "已排除", "en": "Excluded"},
}
SETTINGS = {
    "community": {"zh": "社会面", "en": "Community"},
    "central_quarantine": {"zh": "集中隔离", "en": "Central quarantine"},
    "home_isolation": {"zh": "居家隔离", "en": "Home isolation"},
    "closed_loop": {"zh": "闭环人员", "en": "Closed loop"},
    "arrival": {"zh": "来返（入境）人员", "en": "Arrival"},
    "re_positive": {"zh": "复阳", "en": "Re-positive"},
    "unknown": {"zh": "不详", "en": "Unknown"},
}
SEVERITIES = {
    "mild": {"zh": "轻型", "en": "Mild"},
    "moderate": {"zh": "普通型", "en": "Moderate"},
    "severe": {"zh": "重型", "en": "Severe"},
    "critical": {"zh": "危重型", "en": "Critical"},
}
RISKS = {
    "risk": {"zh": "有传播风险", "en": "Risk of transmission"},
    "none": {"zh": "无传播风险", "en": "No risk of transmission"},
}
STAGES = {
    "to_audit": {"zh": "待审核", "en": "To audit"},
    "to_trace": {"zh": "待核心流调", "en": "To trace"},
    "to_investigate": {"zh": "待流调", "en": "To investigate"},
    "to_assess": {"zh": "待复阳评估", "en": "To assess"},
    "in_care": {"zh": "在管", "en": "In care"},
    "discharged": {"zh": "已出院（舱）", "en": "Discharged"},
}
