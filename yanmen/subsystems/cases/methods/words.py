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
NO_SYMPTOMS = "none"
SYMPTOMS = {
    NO_SYMPTOMS: {"zh": "无症状", "en": "None"},
    "fever": {"zh": "发热", "en": "Fever"},
    "cough": {"zh": "咳嗽", "en": "Cough"},
    "sore_throat": {"zh": "咽痛", "en": "Sore throat"},
    "runny_nose": {"zh": "流涕鼻塞", "en": "Runny nose"},
    "breathless": {"zh": "气促", "en": "Short of breath"},
    "fatigue": {"zh": "乏力", "en": "Fatigue"},
    "muscle_pain": {"zh": "肌肉酸痛", "en": "Muscle pain"},
    "headache": {"zh": "头痛", "en": "Headache"},
    "loss_of_smell": {"zh": "嗅（味）觉减退", "en": "Loss of smell or taste"},
    "diarrhoea": {"zh": "腹泻", "en": "Diarrhoea"},
    "vomiting": {"zh": "恶心呕吐", "en": "Vomiting"},
    "rash": {"zh": "皮疹", "en": "Rash"},
    "bleeding": {"zh": "出血", "en": "Bleeding"},
    "other": {"zh": "其他", "en": "Other"},
}
RISKS = {
    "risk": {"zh": "有传播风险", "en": "Risk of transmission"},
    "none": {"zh": "无传播风险", "en": "No risk of transmission"},
}
SOURCE_SETTINGS = {
    "household": {"zh": "同住", "en": "Household"},
    "venue": {"zh": "同场所", "en": "Venue"},
    "plane": {"zh": "同航班", "en": "Aircraft"},
    "train": {"zh": "同列车", "en": "Train"},
    "bus": {"zh": "同客车", "en": "Bus"},
    "ship": {"zh": "同船", "en": "Ship"},
    "class": {"zh": "同班级", "en": "School class"},
    "ward": {"zh": "同病区", "en": "Hospital ward"},
    "dormitory": {"zh": "同宿舍", "en": "Dormitory"},
    "workplace": {"zh": "同工作场所", "en": "Workplace"},
    "floor": {"zh": "同隔离楼层", "en": "Quarantine floor"},
    "tube": {"zh": "同采样管", "en": "Sample tube"},
    "declared": {"zh": "本人申报", "en": "Named by the case"},
    "imported": {"zh": "境外（省外）输入", "en": "Imported"},
    "other": {"zh": "其他", "en": "Other"},
    "unknown": {"zh": "不详", "en": "Unknown"},
}
"""Where an infection happened: the settings of contacts, and those of sources that are no case."""

DECISIONS = {
    "nothing_found": {"zh": "出院后未再次阳性", "en": "No positive since the discharge"},
    "not_asked": {"zh": "现行方案不再对复阳作管理", "en": "The edition in force asks nothing of re-positives"},
    "ct_needed": {"zh": "Ct值不详，需补查Ct值", "en": "The Ct is not known: find it out"},
    "leave_alone": {"zh": "无症状且Ct值达标，不作管理、不追密接", "en": "No symptoms and a high Ct: no management, no tracing"},
    "see_a_doctor": {"zh": "Ct值达标但有症状，就医评估", "en": "A high Ct but symptoms: to be seen by a doctor"},
    "assess": {"zh": "Ct值低于界线，先评估传播风险", "en": "The Ct is below the line: assess the risk of transmission first"},
    "manage": {"zh": "有传播风险，按感染者管理，只追踪频繁接触者", "en": "Risk of transmission: managed as infected, frequent contacts traced"},
    "leave_alone_assessed": {"zh": "评估无传播风险，不作管理", "en": "Assessed to be no risk: no management"},
}  # fmt: skip
STAGES = {
    "to_audit": {"zh": "待审核", "en": "To audit"},
    "to_trace": {"zh": "待核心流调", "en": "To trace"},
    "to_investigate": {"zh": "待流调", "en": "To investigate"},
    "to_assess": {"zh": "待复阳评估", "en": "To assess"},
    "in_care": {"zh": "在管", "en": "In care"},
    "discharged": {"zh": "已出院（舱）", "en": "Discharged"},
    "died": {"zh": "死亡", "en": "Died"},
    "handed_over": {"zh": "已移交", "en": "Handed over"},
}
CLOSED = frozenset(("discharged", "died", "handed_over"))
"""Stages at which nobody here owes anything for the case as such."""
