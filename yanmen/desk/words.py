"""Titles by name: areas, roles, kinds, and the words of the packs."""

from __future__ import annotations

import time

from django.db import connection

from yanmen.desk import kinds as desk_kinds
from yanmen.desk.policy_book import book
from yanmen.loop.catalogue import catalogue
from yanmen.loop.kinds import Kind, kinds_in
from yanmen.registry.models import Area

Title = dict[str, str]

OWN: dict[str, Title] = {
    "proposed": {"zh": "待批准", "en": "Proposed"},
    "automatic": {"zh": "自动", "en": "Automatic"},
    "in_force": {"zh": "执行中", "en": "In force"},
    "completed": {"zh": "期满解除", "en": "Completed"},
    "lifted": {"zh": "提前解除", "en": "Lifted"},
    "open": {"zh": "待办", "en": "Open"},
    "done": {"zh": "已完成", "en": "Done"},
    "cancelled": {"zh": "已取消", "en": "Cancelled"},
    "failed": {"zh": "逾期未办", "en": "Failed"},
    "imposed": {"zh": "采取", "en": "Imposed"},
    "revised": {"zh": "调整", "en": "Revised"},
    "over_hold": {"zh": "超期管控", "en": "Over-hold"},
    "over_held": {"zh": "超期管控", "en": "Over-hold"},
    "high": {"zh": "高风险", "en": "High risk"},
    "medium": {"zh": "中风险", "en": "Medium risk"},
    "low": {"zh": "低风险", "en": "Low risk"},
    "none": {"zh": "未划定", "en": "No tier"},
    "green": {"zh": "绿码", "en": "Green"},
    "yellow": {"zh": "黄码", "en": "Yellow"},
    "red": {"zh": "红码", "en": "Red"},
    "any": {"zh": "任何角色", "en": "Any role"},
    "created": {"zh": "新建", "en": "Created"},
    "matched": {"zh": "已有", "en": "Already known"},
    "rejected": {"zh": "退回", "en": "Rejected"},
    "female": {"zh": "女", "en": "Female"},
    "male": {"zh": "男", "en": "Male"},
    "status_set_by_hand": {"zh": "试图人工赋码或定级", "en": "Tried to set a status by hand"},
    "orders_without_ground": {
        "zh": "个案决定已批准但无政策依据",
        "en": "Orders on people approved without ground in policy",
    },
    "edge_silent": {"zh": "边缘节点失联", "en": "An edge is silent"},
    "post_silent": {"zh": "在岗卡口长时间无记录", "en": "A manned post tells nothing"},
    "venue_code_forwarded": {"zh": "场所码疑似被转发", "en": "A venue's code was forwarded"},
    "forwarded": {"zh": "码被转发", "en": "Forwarded code"},
    "speed": {"zh": "时间地点矛盾", "en": "Place and time contradict"},
    "excluded": {"zh": "当时在隔离或住院", "en": "In quarantine or hospital"},
    "days_served": {"zh": "期满", "en": "The days are served"},
    "train": {"zh": "火车", "en": "Train"},
    "road": {"zh": "自驾", "en": "Road"},
    "bus": {"zh": "客车", "en": "Bus"},
    "air": {"zh": "飞机", "en": "Air"},
    "village": {"zh": "小区（村）", "en": "Estate or village"},
    "township": {"zh": "乡镇（街道）", "en": "Township"},
    "county": {"zh": "县（市、区）", "en": "County"},
    "city": {"zh": "市", "en": "City"},
    "mild": {"zh": "轻型", "en": "Mild"},
    "situation": {"zh": "形势报告", "en": "Situation report"},
    "edition": {"zh": "政策更新", "en": "New edition"},
    "reason": {"zh": "原因消除", "en": "The reason is gone"},
    "rule": {"zh": "规则不再要求", "en": "The rule no longer asks"},
    "no_place": {"zh": "其他措施", "en": "Other measures"},
    "case.confirmed": {"zh": "确诊", "en": "Confirmed"},
    "case.asymptomatic": {"zh": "无症状", "en": "Asymptomatic"},
    "case.suspected": {"zh": "疑似", "en": "Suspected"},
    "confirmed": {"zh": "确诊", "en": "Confirmed"},
    "asymptomatic": {"zh": "无症状", "en": "Asymptomatic"},
    "suspected": {"zh": "疑似", "en": "Suspected"},
    "negative": {"zh": "阴性", "en": "Negative"},
    "positive": {"zh": "阳性", "en": "Positive"},
    "grey": {"zh": "灰区", "en": "Grey zone"},
    "community": {"zh": "社区", "en": "Community"},
    "central_quarantine": {"zh": "集中隔离", "en": "Central quarantine"},
    "home_isolation": {"zh": "居家隔离", "en": "Home isolation"},
    "closed_loop": {"zh": "闭环管理", "en": "Closed loop"},
    "home_monitoring": {"zh": "居家健康监测", "en": "Health monitoring at home"},
    "re_positive": {"zh": "复阳", "en": "Re-positive"},
    "arrival": {"zh": "入境（返）", "en": "Arrival"},
    "approved": {"zh": "批准", "en": "Approved"},
    "refused": {"zh": "未批准", "en": "Refused"},
    "reopened": {"zh": "恢复", "en": "Reopened"},
    "person": {"zh": "人员", "en": "Person"},
    "area": {"zh": "地区", "en": "Area"},
    "place": {"zh": "场所", "en": "Place"},
    "household": {"zh": "同住", "en": "Household"},
    "plane": {"zh": "航班", "en": "Aircraft"},
    "ship": {"zh": "船舶", "en": "Ship"},
    "class": {"zh": "班级", "en": "School class"},
    "ward": {"zh": "病区", "en": "Hospital ward"},
    "dormitory": {"zh": "宿舍", "en": "Dormitory"},
    "workplace": {"zh": "工作场所", "en": "Workplace"},
    "floor": {"zh": "隔离楼层", "en": "Quarantine floor"},
    "tube": {"zh": "同采样管", "en": "Sample tube"},
    "declared": {"zh": "病例申报", "en": "Named by the case"},
    "nat": {"zh": "核酸", "en": "Nucleic acid"},
    "antigen": {"zh": "抗原", "en": "Antigen"},
    "served": {"zh": "期满", "en": "The days are served"},
    "phone": {"zh": "本人手机", "en": "Own phone"},
    "scanner": {"zh": "现场扫码", "en": "Scanned on the spot"},
    "paper": {"zh": "纸质", "en": "Paper"},
    "sealed": {"zh": "密闭", "en": "Sealed"},
    "ventilated": {"zh": "通风", "en": "Ventilated"},
}
KEYS = frozenset(
    ("journey", "case", "stay", "sample", "appeal", "fact_id", "linked", "scan", "infector", "into", "help", "hand_over", "pass_id",
     "group_id", "group", "case_fact", "device", "order", "switch", "renews", "proposal", "told", "report", "answers", "clock_from")
)  # fmt: skip
"""Fields that tie facts together and say nothing to a reader."""
PLACES_OF_FIELDS = frozenset(
    ("origin", "destination", "area", "town", "station", "home", "from_area", "to_area", "left_to", "moved_to")
)
FIELDS: dict[str, Title] = {
    "floor": {"zh": "楼层", "en": "Floor"},
    "desk": {"zh": "业务", "en": "Desk"},
    "urgency": {"zh": "缓急", "en": "Urgency"},
    "due_at": {"zh": "办结期限", "en": "Deadline"},
    "starts_on": {"zh": "转入日期", "en": "Switches on"},
    "unready": {"zh": "未就绪的检查项", "en": "Checks not ready"},
    "unready_reason": {"zh": "未就绪而继续的理由", "en": "Why it goes on all the same"},
    "report_kind": {"zh": "报告种类", "en": "Kind of report"},
    "report_day": {"zh": "报告日期", "en": "Day of the report"},
    "digest": {"zh": "校验码", "en": "Digest"},
    "form": {"zh": "报表", "en": "Form"},
    "list": {"zh": "名单", "en": "List"},
    "question": {"zh": "问题", "en": "Question"},
    "found": {"zh": "见到本人", "en": "The person was there"},
    "lives_here": {"zh": "是否住在这里", "en": "Lives here"},
    "chosen": {"zh": "本人意愿", "en": "What the person wants"},
    "text": {"zh": "内容", "en": "In words"},
    "fit": {"zh": "具备居家条件", "en": "Home fits"},
    "own_room": {"zh": "单人单间", "en": "Own room"},
    "own_bathroom": {"zh": "独立卫生间", "en": "Own bathroom"},
    "shared_air": {"zh": "共用通风", "en": "Shared air"},
    "at_risk": {"zh": "同住有易感人员", "en": "People at risk live there"},
    "carer": {"zh": "有陪护人", "en": "Has a carer"},
    "special": {"zh": "特殊情况", "en": "Special circumstances"},
    "judged": {"zh": "处置意见", "en": "Judged"},
    "well": {"zh": "状况良好", "en": "Well"},
    "celsius": {"zh": "体温（℃）", "en": "Temperature, °C"},
    "need": {"zh": "需求", "en": "Need"},
    "urgent": {"zh": "是否紧急", "en": "Urgent"},
    "wanted_by": {"zh": "希望完成时间", "en": "Wanted by"},
    "how": {"zh": "方式", "en": "How"},
    "papers": {"zh": "通知单号", "en": "Number of the note"},
    "room": {"zh": "房间", "en": "Room"},
    "count": {"zh": "人数", "en": "Number"},
    "kind": {"zh": "类型", "en": "Kind"},
    "setting": {"zh": "场景", "en": "Setting"},
    "onset_on": {"zh": "发病日", "en": "Onset"},
    "sampled_on": {"zh": "采样日", "en": "Sampled"},
    "ct": {"zh": "Ct值", "en": "Ct"},
    "severity": {"zh": "病情", "en": "Severity"},
    "spread_outside": {"zh": "场景外传播", "en": "Spread outside"},
    "wide_spread": {"zh": "传播范围广", "en": "Wide spread"},
    "home_fit": {"zh": "居家条件合适", "en": "Home fits"},
    "town": {"zh": "乡镇（街道）", "en": "Township"},
    "bulletin": {"zh": "通报", "en": "Report"},
    "result": {"zh": "结果", "en": "Result"},
    "reason": {"zh": "理由", "en": "Reason"},
    "origin": {"zh": "来源地", "en": "From"},
    "arrived_origin_on": {"zh": "到达来源地", "en": "There since"},
    "left_origin_on": {"zh": "离开来源地", "en": "Left on"},
    "expected_on": {"zh": "预计抵达", "en": "Expected"},
    "left_on": {"zh": "离开日", "en": "Left on"},
    "arrived_on": {"zh": "到达日", "en": "Arrived on"},
    "transport": {"zh": "交通方式", "en": "By"},
    "vehicle": {"zh": "车次航班", "en": "Vehicle"},
    "destination": {"zh": "目的地", "en": "To"},
    "guardian": {"zh": "监护人", "en": "Guardian"},
    "note": {"zh": "备注", "en": "Note"},
    "station": {"zh": "站点", "en": "Station"},
    "from_place": {"zh": "转出", "en": "From"},
    "to_place": {"zh": "转入", "en": "To"},
    "handed_over_by": {"zh": "移交人", "en": "Handed over by"},
    "received_by": {"zh": "接收人", "en": "Received by"},
    "country": {"zh": "国家", "en": "Country"},
    "port": {"zh": "口岸", "en": "Port"},
    "flight": {"zh": "航班", "en": "Flight"},
    "quarantined_until": {"zh": "隔离至", "en": "Quarantined until"},
    "post": {"zh": "岗位", "en": "Post"},
    "days_off_post": {"zh": "离岗天数", "en": "Days off the post"},
    "address": {"zh": "住址", "en": "Address"},
    "area": {"zh": "地区", "en": "Area"},
    "rule": {"zh": "规则", "en": "Rule"},
    "unit": {"zh": "单位", "en": "Unit"},
    "source": {"zh": "来源", "en": "Source"},
    "from": {"zh": "原为", "en": "From"},
    "to": {"zh": "现为", "en": "To"},
    "facility": {"zh": "收治机构", "en": "Facility"},
    "risk": {"zh": "风险", "en": "Risk"},
    "field": {"zh": "项目", "en": "Field"},
    "recorded_by": {"zh": "录入者", "en": "Recorded by"},
    "repaired": {"zh": "已修复", "en": "Repaired"},
    "people": {"zh": "人数", "en": "People"},
    "document": {"zh": "文件", "en": "Document"},
    "last_case_on": {"zh": "末例日", "en": "Last case"},
    "boundary": {"zh": "边界", "en": "Boundary"},
    "residents": {"zh": "居民数", "en": "Residents"},
    "persons": {"zh": "人数", "en": "Persons"},
    "positives": {"zh": "阳性数", "en": "Positives"},
    "pending": {"zh": "待出结果", "en": "Pending"},
    "swab": {"zh": "采样方式", "en": "Swab"},
    "site": {"zh": "采样点", "en": "Site"},
    "method": {"zh": "方法", "en": "Method"},
    "laboratory": {"zh": "实验室", "en": "Laboratory"},
    "disease": {"zh": "疾病", "en": "Disease"},
    "first_exposed": {"zh": "首次暴露", "en": "First exposed"},
    "last_exposed": {"zh": "末次暴露", "en": "Last exposed"},
    "via": {"zh": "途径", "en": "Via"},
    "degree": {"zh": "级别", "en": "Degree"},
    "high_risk": {"zh": "高风险", "en": "High risk"},
    "together_on": {"zh": "同处日", "en": "Together on"},
    "minutes_together": {"zh": "共处分钟", "en": "Minutes together"},
    "hours_in_grid": {"zh": "停留小时", "en": "Hours in the grid"},
    "exposed_on": {"zh": "暴露日", "en": "Exposed on"},
    "minutes": {"zh": "分钟", "en": "Minutes"},
    "certainty": {"zh": "把握", "en": "Certainty"},
    "row": {"zh": "排", "en": "Row"},
    "seat": {"zh": "座位", "en": "Seat"},
    "staff": {"zh": "乘务人员", "en": "Crew"},
    "layout": {"zh": "车型", "en": "Layout"},
    "channel": {"zh": "渠道", "en": "Channel"},
    "temperature": {"zh": "体温", "en": "Temperature"},
    "symptoms": {"zh": "有症状", "en": "Symptoms"},
    "immune": {"zh": "有免疫", "en": "Immune"},
    "basis": {"zh": "根据", "en": "Basis"},
    "vaccine": {"zh": "疫苗", "en": "Vaccine"},
    "venue": {"zh": "场所编号", "en": "Venue"},
    "day": {"zh": "日期", "en": "Day"},
    "home": {"zh": "登记在", "en": "Registered in"},
    "why": {"zh": "原因", "en": "Reason"},
    "km": {"zh": "公里", "en": "Kilometres"},
    "entered": {"zh": "进入人数", "en": "Went in"},
    "checked_in": {"zh": "扫码人数", "en": "Checked in"},
    "door": {"zh": "入口", "en": "Door"},
    "fields": {"zh": "字段", "en": "Fields"},
    "day_of_course": {"zh": "病程第几天", "en": "Day of the course"},
    "free_since": {"zh": "无症状自", "en": "Free of symptoms since"},
    "cause": {"zh": "死因", "en": "Cause"},
    "unmet": {"zh": "未达到的标准", "en": "Criteria not met"},
    "where": {"zh": "地点", "en": "Where"},
    "edge": {"zh": "边缘节点", "en": "Edge"},
    "since": {"zh": "自", "en": "Since"},
    "until": {"zh": "至", "en": "Until"},
    "holds": {"zh": "属实", "en": "Holds"},
    "from_area": {"zh": "移出地区", "en": "From"},
    "to_area": {"zh": "移入地区", "en": "To"},
    "number_in_list": {"zh": "清单编号", "en": "Number in the list"},
    "list_source": {"zh": "清单来源", "en": "Source of the list"},
    "sex": {"zh": "性别", "en": "Sex"},
    "age": {"zh": "年龄", "en": "Age"},
    "infected_on": {"zh": "感染日", "en": "Infected on"},
    "infector_number": {"zh": "传染者清单编号", "en": "Infector's number in the list"},
    "case_number": {"zh": "病例清单编号", "en": "Number in the list"},
    "owed": {"zh": "应做事项", "en": "Owed"},
    "escort": {"zh": "护送人", "en": "Escort"},
    "direction": {"zh": "方向", "en": "Direction"},
    "lane": {"zh": "车道", "en": "Lane"},
    "shown": {"zh": "出示", "en": "Shown"},
    "knowledge_minutes": {"zh": "所知距今（分钟）", "en": "Age of knowledge, minutes"},
    "passed_on": {"zh": "过卡日", "en": "Passed on"},
    "clause": {"zh": "条款", "en": "Clause"},
    "ends_on": {"zh": "截止日", "en": "Ends on"},
    "claimed": {"zh": "仅本人声明", "en": "Only claimed"},
    "tube": {"zh": "采样管", "en": "Tube"},
    "position": {"zh": "管内位置", "en": "Position"},
    "campaign": {"zh": "筛查", "en": "Campaign"},
    "round": {"zh": "轮次", "en": "Round"},
    "members": {"zh": "管内人数", "en": "Members"},
    "run": {"zh": "上机批次", "en": "Run"},
    "reviewer": {"zh": "复核人", "en": "Reviewer"},
    "outcome": {"zh": "结果", "en": "Outcome"},
    "about": {"zh": "联系事由", "en": "About"},
    "answer": {"zh": "答复", "en": "Answer"},
    "beyond": {"zh": "超次理由", "en": "Beyond the cap because"},
    "hop": {"zh": "第几次转派", "en": "Hop"},
    "here": {"zh": "人在当地", "en": "Here"},
    "left_to": {"zh": "去往", "en": "Left to"},
    "moved_to": {"zh": "去往", "en": "Moved to"},
    "name": {"zh": "名称", "en": "Name"},
    "zh": {"zh": "中文", "en": "Chinese"},
    "en": {"zh": "英文", "en": "English"},
}
SUBSYSTEMS: dict[str, Title] = {
    "arrivals": {"zh": "来返人员", "en": "Arrivals"},
    "cases": {"zh": "病例", "en": "Cases"},
    "contacts": {"zh": "接触者随访", "en": "Contact follow-up"},
    "grid": {"zh": "社区网格", "en": "Community grid"},
    "health_code": {"zh": "健康码", "en": "Health code"},
    "risk_areas": {"zh": "风险地区", "en": "Risk areas"},
    "screening": {"zh": "筛查", "en": "Screening"},
    "tracing": {"zh": "流调溯源", "en": "Tracing"},
    "command": {"zh": "指挥", "en": "Command"},
}
_roles = {kind.name: kind for kind in kinds_in(desk_kinds)}


def role(name: str) -> Kind | Title:
    return _roles.get(name) or catalogue.roles.get(name) or word(name)


def fact(name: str) -> Kind | Title:
    return catalogue.facts.get(name) or word(name)


def measure(name: str) -> Kind | Title:
    return catalogue.measures.get(name) or word(name)


def task(name: str) -> Kind | Title:
    return catalogue.tasks.get(name) or word(name)


def word(name: str) -> Title:
    """A word's two titles; the name itself, made readable, when nobody declares it."""
    found = _pack_words().get(name) or OWN.get(name)
    plain = str(name).replace("_", " ")
    return found or {"zh": plain, "en": plain}


def area_name(code: str, zh: bool) -> str:
    """An area's name with those above it that are needed to know it: 太原市小店区, 小店区城关街道."""
    own = _area(code)
    if own is None:
        return code
    above = [name for one in _needed(code) if (name := _area(one))]
    index = 0 if zh else 1
    names = [name[index] for name in above] + [own[index]]
    return "".join(names) if zh else ", ".join(reversed(names))


def _needed(code: str) -> list[str]:
    level = len(code)
    return {6: [code[:4]], 9: [code[:6]], 12: [code[:6], code[:9]]}.get(level, [])


def own_name(code: str, zh: bool) -> str:
    """An area's name alone."""
    own = _area(code)
    return code if own is None else own[0 if zh else 1]


def field(name: str) -> Title:
    """The title of a field of a fact."""
    return FIELDS.get(name) or word(name)


KEPT_SECONDS = 60
_areas: dict[tuple[str, str], tuple[str, str] | None] = {}
_forget_at = 0.0


def _area(code: str) -> tuple[str, str] | None:
    """Both names of an area, and that a code is of none, kept for a minute: a list asks for the same few again and again."""
    global _forget_at
    if (moment := time.monotonic()) > _forget_at:
        _areas.clear()
        _forget_at = moment + KEPT_SECONDS
    key = (str(connection.settings_dict["NAME"]), code)
    if code and key not in _areas:
        row = Area.objects.filter(code=code).order_by("-valid_from").values_list("name_zh", "name_en").first()
        _areas[key] = (row[0], row[1] or row[0]) if row else None
    return _areas.get(key)


_words_by_policy: dict[int, dict[str, Title]] = {}


def _pack_words() -> dict[str, Title]:
    """The words of the policy in use."""
    policy = book()
    if id(policy) not in _words_by_policy:
        _words_by_policy.clear()
        shelves = policy.words.values()
        _words_by_policy[id(policy)] = {
            name: {"zh": word.zh, "en": word.en} for shelf in shelves for name, word in shelf.items()
        }
    return _words_by_policy[id(policy)]
