"""Titles of the kinds of venue and of the reasons for which a check-in is doubted."""

KINDS: dict[str, dict[str, str]] = {
    "market": {"zh": "农贸（批发）市场", "en": "Market"},
    "supermarket": {"zh": "商场超市", "en": "Shop or supermarket"},
    "restaurant": {"zh": "餐饮", "en": "Restaurant"},
    "hotel": {"zh": "宾馆酒店", "en": "Hotel"},
    "station": {"zh": "交通站场", "en": "Station"},
    "vehicle": {"zh": "公交车、出租车", "en": "Bus or taxi"},
    "hospital": {"zh": "医疗机构", "en": "Hospital or clinic"},
    "nursing_home": {"zh": "养老院、福利院", "en": "Nursing or welfare home"},
    "pharmacy": {"zh": "药店", "en": "Pharmacy"},
    "school": {"zh": "学校、托幼机构", "en": "School or nursery"},
    "office": {"zh": "机关、企事业单位", "en": "Office or works"},
    "bank": {"zh": "银行、办事大厅", "en": "Bank or service hall"},
    "leisure": {"zh": "文体娱乐场所", "en": "Leisure"},
    "scenic": {"zh": "景区、公园", "en": "Park or sight"},
    "worship": {"zh": "宗教活动场所", "en": "Place of worship"},
    "estate": {"zh": "小区、村口", "en": "Estate or village gate"},
    "other": {"zh": "其他", "en": "Other"},
}
WHY: dict[str, dict[str, str]] = {
    "forwarded": {"zh": "疑似场所码被转发、远程扫码", "en": "The code seems to have been forwarded"},
    "speed": {"zh": "时间和地点不可能同时成立", "en": "Place and time cannot both be true"},
    "excluded": {"zh": "当时处于集中隔离或住院", "en": "The person was in quarantine or hospital then"},
}
EXPLAINED: dict[str, dict[str, str]] = {
    "forwarded": {
        "zh": "短时间内有许多外地人扫了同一张码，而没有任何现场记录表明他们来过附近。这些扫码不计为到访，也不影响任何人的健康码。请更换场所码，并查明码是如何流出的。",
        "en": "Many people from elsewhere scanned this one code within a short time, and nothing recorded on the spot"
        " shows that they were near. These check-ins do not count as visits and change nobody's status. Issue a new"
        " code and find out how the old one got out.",
    },
    "speed": {
        "zh": "按两处之间的直线距离和时间差，没有人能这样移动。与现场记录矛盾的以现场记录为准；两次自扫互相矛盾且无从判断的，都不计。",
        "en": "By the straight distance and the time between two records nobody can have moved like that. What was"
        " recorded on the spot counts; where two own scans contradict each other and nothing decides, neither does.",
    },
    "excluded": {
        "zh": "本人当时有生效的集中隔离或住院措施，却在别处自行扫码。可能是别人代扫，也可能是擅自外出，请核实。",
        "en": "A measure held the person elsewhere when their phone scanned here: somebody else may have scanned for"
        " them, or they may have left. Find out which.",
    },
}
VIA: dict[str, dict[str, str]] = {
    "phone": {"zh": "本人手机扫码", "en": "Own phone"},
    "scanner": {"zh": "现场设备扫码", "en": "Scanner on the spot"},
    "paper": {"zh": "纸质登记", "en": "On paper"},
}
HINTS: dict[str, dict[str, str]] = {
    "stopped": {"zh": "扫码中断", "en": "Check-ins stopped"},
    "fell": {"zh": "扫码骤减", "en": "Check-ins fell"},
    "below_passes": {"zh": "扫码少于其他到访记录", "en": "Fewer check-ins than other records"},
    "below_door": {"zh": "现场抽查扫码率低", "en": "Few checked in at the door"},
    "same_second": {"zh": "同秒扫码", "en": "Check-ins in the same second"},
    "whole_minute": {"zh": "整分扫码", "en": "Check-ins on the minute"},
    "few_people": {"zh": "少数人反复扫码", "en": "The same few people"},
    "one_device": {"zh": "一机多扫", "en": "One telephone"},
    "round_totals": {"zh": "每日总数为整十", "en": "Round totals"},
}
HINTS_EXPLAINED: dict[str, dict[str, str]] = {
    "stopped": {
        "zh": "最近一个整日没有任何扫码，而此前各日的中位数不低。先看是否停业、搬迁或码已损坏。",
        "en": "Nobody checked in on the last whole day, while the median day before was busy. It may have closed or moved,"
        " or the print may be damaged.",
    },
    "fell": {
        "zh": "最近一个整日的扫码量远低于此前各日的中位数。",
        "en": "The last whole day has far fewer check-ins than the median day before.",
    },
    "below_passes": {
        "zh": "一周内扫码次数明显少于同一地点的其他到访记录（如卡口通行）。",
        "en": "Over a week there are clearly fewer check-ins than other records of people at the same place, such as passes.",
    },
    "below_door": {
        "zh": "最近一次现场抽查中，进入的人里扫码的比例偏低。",
        "en": "At the last count at the door few of those who went in checked in.",
    },
    "same_second": {
        "zh": "一周内与他人在同一秒扫码的比例，远高于各自独立到来时的比例。可能是程序代扫。",
        "en": "Over a week many more check-ins share their second with another than if people came independently: a program"
        " may be scanning.",
    },
    "whole_minute": {
        "zh": "一周内恰在整分（秒数为0）的扫码偏多；自然情况下约为六十分之一。纸质登记不计入。",
        "en": "Over a week too many check-ins fall on the full minute; one in sixty would. Paper lists are left out.",
    },
    "few_people": {
        "zh": "一周内每日人数与扫码次数之比很低：同一批人一天内反复扫码充数。",
        "en": "Over a week there are few people for the number of check-ins: the same ones scan again and again within a day.",
    },
    "one_device": {
        "zh": "一周内本人手机扫码中，很大一部分出自同一部手机。",
        "en": "Over a week a large part of the check-ins by phone came from a single telephone.",
    },
    "round_totals": {
        "zh": "两周内总数为整十的天数，多到不像偶然。可能是按数目凑的。",
        "en": "Within two weeks more days end in a round ten than chance explains: somebody may be filling a quota.",
    },
}
