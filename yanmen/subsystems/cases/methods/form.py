"""The sections and questions of the form of a case's investigation, each with both titles."""

SECTIONS = {
    "identity": {"zh": "基本信息", "en": "Identity"},
    "onset": {"zh": "发病与病程", "en": "Onset and course"},
    "vaccination": {"zh": "疫苗接种", "en": "Vaccination"},
    "exposures": {"zh": "暴露史", "en": "Exposure history"},
    "stays": {"zh": "活动轨迹", "en": "Stays while infectious"},
    "contacts": {"zh": "接触者", "en": "Contacts"},
    "source": {"zh": "感染来源", "en": "Source of the infection"},
}
QUESTIONS = {
    "name": ("identity", "姓名", "Name"),
    "sex": ("identity", "性别", "Sex"),
    "born_on": ("identity", "出生日期", "Date of birth"),
    "document": ("identity", "证件号码", "Document"),
    "phone": ("identity", "联系电话", "Telephone"),
    "address": ("identity", "现住址", "Address"),
    "household": ("identity", "同住户", "Household"),
    "post": ("identity", "职业（岗位）", "Occupation"),
    "kind": ("onset", "病例类型", "Kind of case"),
    "setting": ("onset", "发现场景", "Found in"),
    "onset_on": ("onset", "发病日期", "Day of onset"),
    "symptoms": ("onset", "症状", "Symptoms"),
    "severity": ("onset", "临床分型", "Severity"),
    "temperature": ("onset", "最高体温", "Highest temperature"),
    "sampled_on": ("onset", "首次阳性采样日期", "Day of the first positive sample"),
    "ct": ("onset", "Ct值", "Ct"),
    "facility": ("onset", "收治医院", "Where in care"),
    "immunity": ("vaccination", "免疫状况", "Immunity"),
    "doses": ("vaccination", "接种记录", "Doses"),
    "exposures": ("exposures", "已核实的暴露", "Exposures confirmed"),
    "stays": ("stays", "已查明的停留地", "Stays found"),
    "close": ("contacts", "密切接触者", "Close contacts"),
    "secondary": ("contacts", "密接的密接", "Contacts of contacts"),
    "general": ("contacts", "一般接触者", "General contacts"),
    "co_residents": ("contacts", "同住人员", "Co-residents"),
    "infector": ("source", "感染来源", "Source"),
}
"""Question → its section and both titles, in the order of the form."""

ASYMPTOMATIC_SKIPS = frozenset(("onset_on", "temperature"))
"""Questions that nobody asks of a case without symptoms."""
