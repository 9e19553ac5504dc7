"""The closed lists of screening, each word with both titles."""

RESULTS = {
    "negative": {"zh": "阴性", "en": "Negative"},
    "positive": {"zh": "阳性", "en": "Positive"},
    "grey": {"zh": "灰区", "en": "Grey zone"},
}
TUBE_RESULTS = {
    **RESULTS,
    "single_target": {"zh": "单靶标阳性", "en": "One target only"},
    "invalid": {"zh": "无效（内标未检出）", "en": "Invalid: no internal control"},
}
METHODS = {"nat": {"zh": "核酸", "en": "Nucleic acid"}, "antigen": {"zh": "抗原", "en": "Antigen"}}
SWABS = {
    "oropharyngeal": {"zh": "口咽拭子", "en": "Oropharyngeal"},
    "nasopharyngeal": {"zh": "鼻咽拭子", "en": "Nasopharyngeal"},
    "nasal": {"zh": "鼻拭子", "en": "Nasal"},
}
SITES = {
    "fixed": {"zh": "固定采样点", "en": "Fixed site"},
    "convenience": {"zh": "便民采样点", "en": "Convenience site"},
    "mobile": {"zh": "流动采样车", "en": "Mobile team"},
    "door": {"zh": "上门采样", "en": "At the door"},
}
OPEN_TO_ALL = ("convenience", "fixed", "mobile")
"""Kinds of sites that take whoever comes."""
STATES = {
    "open": {"zh": "开放中", "en": "Open now"},
    "unsaid": {"zh": "时间未公布", "en": "Hours not stated"},
    "closed": {"zh": "未开放", "en": "Closed now"},
}
"""Whether a site takes people at this moment, in the order in which residents see sites."""
LOADS = {
    "closed": {"zh": "未开放", "en": "Not open now"},
    "idle": {"zh": "空闲", "en": "Nobody in the last hour"},
    "flowing": {"zh": "有序", "en": "Flowing"},
    "full": {"zh": "繁忙", "en": "Full"},
}
"""How busy a site is."""
GROUPS = {
    "general": {"zh": "一般人群", "en": "Everybody else"},
    "sealed": {"zh": "封控区居民（一户一管）", "en": "Sealed areas, a tube a household"},
    "key": {"zh": "重点人群（单采单检）", "en": "Key people, one a tube"},
}
CONDITIONS = {
    "received": {"zh": "完好", "en": "Received"},
    "missing": {"zh": "缺失", "en": "Missing"},
    "damaged": {"zh": "破损泄漏", "en": "Damaged"},
    "unexpected": {"zh": "清单外", "en": "Not on the list"},
}
CONTROLS = {
    "negative": {"zh": "阴性质控", "en": "Negative control"},
    "positive": {"zh": "阳性质控", "en": "Positive control"},
    "weak_positive": {"zh": "弱阳性质控（第三方）", "en": "Weak positive, third party"},
}
GATES = {
    "sampled": {"zh": "已采样", "en": "Sampled"},
    "boxed": {"zh": "已装箱", "en": "Boxed"},
    "sent": {"zh": "运送途中", "en": "On the way"},
    "received": {"zh": "实验室已签收", "en": "At the laboratory"},
    "logged": {"zh": "已上机", "en": "On the machine"},
    "measured": {"zh": "待审核", "en": "Measured, to be reviewed"},
    "released": {"zh": "已出结果", "en": "Result released"},
    "void": {"zh": "作废，需重采", "en": "Void, to be sampled again"},
}
"""Where a tube is: each gate has its moment in the tube's row."""

FINDINGS = {
    "person_twice": {"zh": "同一人在短时间内绑定两次", "en": "The same person twice within a short time"},
    "position_taken": {"zh": "同一管位绑定了两个人", "en": "Two people at one position of a tube"},
    "overfull": {"zh": "采样管超员", "en": "More people than the tube holds"},
    "underfull": {"zh": "采样管人数不足", "en": "Fewer people than the tube holds"},
    "tube_reused": {"zh": "采样管封管后再次使用", "en": "A tube used again after it was closed"},
    "two_sites": {"zh": "同一管在五分钟内出现在两个采样点", "en": "One tube at two sites within five minutes"},
    "far_apart": {"zh": "同一管成员的采样地点相距过远", "en": "Members of one tube sampled far apart"},
    "other_site": {"zh": "箱内出现其他采样点的管", "en": "A tube from another site in the box"},
    "missing": {"zh": "清单内的管未收到", "en": "On the list and not received"},
    "unexpected": {"zh": "收到清单外的管", "en": "Received and on no list"},
    "damaged": {"zh": "收到时破损", "en": "Received damaged"},
    "never_bound": {"zh": "实验室收到的管没有任何成员", "en": "At the laboratory, and nobody was bound to it"},
    "well_mismatch": {"zh": "仪器文件与板图不符", "en": "The instrument's file and the plate map differ"},
    "no_member_positive": {"zh": "阳性管成员复采均为阴性（疑似调换或污染）", "en": "Nobody of a positive tube is positive: swapped or contaminated?"},
}  # fmt: skip
"""What may be wrong with a tube. Each finding has an owner until somebody says what became of it."""
