"""What the choices of a post are called."""

KINDS = {
    "highway": {"zh": "高速公路出入口", "en": "Motorway exit"},
    "railway": {"zh": "火车站", "en": "Railway station"},
    "airport": {"zh": "机场", "en": "Airport"},
    "road": {"zh": "国省干道、城市道路", "en": "Road"},
    "village": {"zh": "村口", "en": "Village entrance"},
    "community": {"zh": "小区出入口", "en": "Community gate"},
}
DIRECTIONS = {
    "in": {"zh": "进入", "en": "In"},
    "out": {"zh": "离开", "en": "Out"},
    "both": {"zh": "双向", "en": "Both ways"},
}
DUTIES = {
    "check_codes": {"zh": "查码测温", "en": "Codes and temperature"},
    "register": {"zh": "登记引导", "en": "Register and guide"},
    "sample": {"zh": "核酸采样", "en": "Sampling"},
    "traffic": {"zh": "交通秩序", "en": "Traffic"},
    "transfer": {"zh": "移交转运", "en": "Hand-over"},
}
SHOWN = {
    "pass": {"zh": "放行", "en": "Pass"},
    "check": {"zh": "核对后放行", "en": "Check, then pass"},
    "refer": {"zh": "转处置", "en": "Refer"},
    "stop": {"zh": "拦停", "en": "Stop"},
    "green": {"zh": "绿码", "en": "Green"},
    "yellow": {"zh": "黄码", "en": "Yellow"},
    "red": {"zh": "红码", "en": "Red"},
    "unread": {"zh": "未读码", "en": "No code read"},
}
