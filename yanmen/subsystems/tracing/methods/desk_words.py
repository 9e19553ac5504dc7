"""Closed lists of co-investigation, calls and the contact board, each in both languages."""

from __future__ import annotations

from collections.abc import Mapping

Titles = Mapping[str, Mapping[str, str]]

RETURN_REASONS: Titles = {
    "not_here": {"zh": "不在本地", "en": "Not here"},
    "moved_on": {"zh": "已离开，去往其他地区", "en": "Moved on to another area"},
    "wrong_details": {"zh": "信息有误，无法查找", "en": "Wrong details, cannot be searched"},
    "already_managed": {"zh": "本地已在管理", "en": "Already under management here"},
    "duplicate": {"zh": "重复发函", "en": "Asked twice"},
}
MOVED_ON = "moved_on"
OUTCOMES: Titles = {
    "found_managed": {"zh": "已找到并落实管理", "en": "Found and managed"},
    "not_found": {"zh": "查找后未找到", "en": "Searched, not found"},
    "left": {"zh": "已离开，去往其他地区", "en": "Left for another area"},
    "refused": {"zh": "本人不配合", "en": "The person refuses"},
}
FOUND_MANAGED, LEFT, REFUSED = "found_managed", "left", "refused"
HELP_STATES: Titles = {
    "asked": {"zh": "待接收", "en": "Not accepted yet"},
    "accepted": {"zh": "办理中", "en": "Being worked on"},
    "answered": {"zh": "已反馈", "en": "Answered"},
    "returned": {"zh": "已退回", "en": "Returned"},
    "void": {"zh": "病例已撤销", "en": "The case was withdrawn"},
}
OPEN_STATES = ("asked", "accepted")

CHANNELS: Titles = {
    "phone": {"zh": "电话", "en": "Telephone"},
    "message": {"zh": "短信或消息", "en": "Message"},
    "door": {"zh": "上门", "en": "At the door"},
}
CALL_OUTCOMES: Titles = {
    "answered": {"zh": "已接通", "en": "Answered"},
    "no_answer": {"zh": "无人接听", "en": "No answer"},
    "call_back": {"zh": "本人要求稍后再联系", "en": "Asked to be called later"},
    "wrong_number": {"zh": "号码有误", "en": "Wrong number"},
    "declined": {"zh": "拒绝回答", "en": "Declined to answer"},
}
TALKED = "answered"
BEYOND: Titles = {
    "asked_for": {"zh": "本人要求联系", "en": "The person asked for it"},
    "medical_need": {"zh": "有就医或用药需要", "en": "Medical need"},
}

VERDICTS: Titles = {
    "close": {"zh": "密接", "en": "Close contact"},
    "general": {"zh": "一般接触者", "en": "General contact"},
    "none": {"zh": "非接触者", "en": "Not a contact"},
}
NO_CONTACT_REASONS: Titles = {
    "apart": {"zh": "同在一处但未近距离接触", "en": "In the same place, never close to the case"},
    "protected": {"zh": "全程有效防护", "en": "Protected all the time"},
    "not_there": {"zh": "经核实本人当时不在场", "en": "Was not there, as was checked"},
    "left_before": {"zh": "病例到达前已离开", "en": "Had left before the case came"},
}

BOARD_STATES: Titles = {
    "found": {"zh": "已判定，未告知", "en": "Found, not told"},
    "told": {"zh": "已告知，未到位", "en": "Told, not in place"},
    "in_place": {"zh": "已到位", "en": "In place"},
    "tests_due": {"zh": "待检测", "en": "Tests due"},
    "released": {"zh": "已解除", "en": "Released"},
}
DEGREES: Titles = {
    "1": {"zh": "密接", "en": "Close contact"},
    "2": {"zh": "次密接", "en": "Contact of a contact"},
    "general": {"zh": "一般接触者", "en": "General contact"},
    "co_resident": {"zh": "同住人员", "en": "Co-resident"},
}
