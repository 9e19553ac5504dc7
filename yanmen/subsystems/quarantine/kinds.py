"""The words that quarantine adds: rooms given and left, homes checked, needs, what happens in a site; who works there."""

from yanmen.loop.kinds import BulkKind, FactKind, MeasureKind, Role, TaskKind

STAY_DAYS, DAILY_DAYS = 365, 90
OF_STAY = {"stay": "integer", "room": "text", "floor": "text"}

ASSIGNED = FactKind(
    name="quarantine.assigned",
    zh="已分配隔离房间",
    en="Given a room",
    retention_days=STAY_DAYS,
    detail=OF_STAY | {"from": "timestamptz", "until": "timestamptz"},
)
ADMITTED = FactKind(
    name="quarantine.admitted",
    zh="已入住隔离点",
    en="Admitted to a site",
    retention_days=STAY_DAYS,
    presence=True,
    detail=OF_STAY | {"until": "timestamptz"},
)
MOVED = FactKind(
    name="quarantine.moved",
    zh="已调换隔离房间",
    en="Moved to another room",
    retention_days=STAY_DAYS,
    detail=OF_STAY | {"why": "text"},
)
LEFT = FactKind(
    name="quarantine.left",
    zh="已离开隔离点",
    en="Left the site",
    retention_days=STAY_DAYS,
    detail=OF_STAY | {"why": "text", "to": "text", "note": "text"},
)
"""`why` is one of methods/words.py LEAVINGS."""
GIVEN_BACK = FactKind(
    name="quarantine.given_back",
    zh="隔离房间已取消",
    en="The room was given back",
    retention_days=STAY_DAYS,
    detail=OF_STAY | {"why": "text"},
)
"""Nobody came to it. `why` is what somebody said; `site` where they have another room, `corrected` where they need none."""
CHECKED = BulkKind(
    name="quarantine.checked",
    zh="已测体温",
    en="Temperature taken",
    retention_days=DAILY_DAYS,
    detail={"stay": "bigint", "celsius": "real", "symptoms": "text"},
    matters=(),
)
SYMPTOMS = FactKind(
    name="quarantine.symptoms_told",
    zh="出现发热或症状",
    en="Fever or symptoms",
    retention_days=STAY_DAYS,
    detail={"celsius": "numeric", "symptoms": "text", "how": "text"},
)
HOME_CHECKED = FactKind(
    name="quarantine.home_checked",
    zh="已评估居家隔离条件",
    en="Home checked for isolation",
    retention_days=STAY_DAYS,
    detail={
        "fit": "boolean",
        "own_room": "boolean",
        "own_bathroom": "boolean",
        "shared_air": "boolean",
        "at_risk": "boolean",
        "carer": "boolean",
        "special": "text",
        "chosen": "text",
        "note": "text",
    },
)
"""`special` is one of methods/words.py SPECIAL or empty; `chosen` a place that the person chose where policy lets them."""
DOOR_VISITED = FactKind(
    name="quarantine.door_visited",
    zh="已上门探视",
    en="Visited at the door",
    retention_days=STAY_DAYS,
    detail={"found": "boolean", "celsius": "numeric", "symptoms": "text", "note": "text"},
)
NEED_TOLD = FactKind(
    name="quarantine.need_told",
    zh="提出需求",
    en="A need was told",
    retention_days=STAY_DAYS,
    detail={"need": "text", "urgent": "boolean", "text": "text", "wanted_by": "timestamptz"},
)
"""`need` is one of methods/words.py NEEDS; the fact's own id names it from then on."""
NEED_MET = FactKind(
    name="quarantine.need_met",
    zh="需求已解决",
    en="A need was met",
    retention_days=STAY_DAYS,
    detail={"told": "uuid", "how": "text"},
)
RELEASE_CHECKED = FactKind(
    name="quarantine.release_checked",
    zh="解除隔离前已核对",
    en="Checked before release",
    retention_days=STAY_DAYS,
    detail={"stay": "integer", "papers": "text", "journey": "text"},
)
SAMPLE_OF_SITE = FactKind(
    name="quarantine.environment_sampled",
    zh="隔离点环境采样结果",
    en="Sample of a site's surroundings",
    subject="place",
    retention_days=STAY_DAYS,
    detail={"where": "text", "floor": "text", "result": "text"},
)

NEED_OWED = MeasureKind(
    name="need_owed",
    zh="需求待解决",
    en="A need to be met",
    basis_zh="《中华人民共和国传染病防治法》第四十一条：被隔离人员的生活保障",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 41: those isolated are provided for",
)
SEEN_BY_DOCTOR = FactKind(
    name="quarantine.seen_by_doctor",
    zh="医生已查看症状",
    en="A doctor looked at the symptoms",
    retention_days=STAY_DAYS,
    detail={"judged": "text", "note": "text"},
)
"""`judged` is one of methods/words.py JUDGED."""
CARED_FOR = FactKind(
    name="quarantine.cared_for",
    zh="已作心理或语言关怀",
    en="Talked with about how they are",
    retention_days=STAY_DAYS,
    detail={"about": "text", "well": "boolean", "note": "text"},
)
"""`about` is one of methods/words.py CARE."""

SYMPTOM_FOLLOW_UP = MeasureKind(
    name="symptom_follow_up",
    zh="症状处置",
    en="Symptoms looked into",
    basis_zh="隔离期间出现发热等症状的，立即报告并由医生查看、采样检测",
    basis_en="Fever or other symptoms in quarantine are told at once, looked at by a doctor and tested",
)

CHECK_HOME = TaskKind(
    name="check_home",
    zh="评估居家隔离条件",
    en="Check the home",
    role="grid_officer",
    done_by=(HOME_CHECKED.name,),
)
MEET_NEED = TaskKind(
    name="meet_need",
    zh="解决需求",
    en="Meet a need",
    role="quarantine.staff",
    done_by=(NEED_MET.name,),
)
DOOR_VISIT = TaskKind(
    name="door_visit",
    zh="上门探视",
    en="Visit at the door",
    role="grid_officer",
    done_by=(DOOR_VISITED.name,),
)
CHECK_RELEASE = TaskKind(
    name="check_release_of_stay",
    zh="核对解除条件并送返",
    en="Check the release and see the person home",
    role="quarantine.manager",
    done_by=(RELEASE_CHECKED.name, LEFT.name),
)
SEE_DOCTOR = TaskKind(
    name="see_doctor",
    zh="医生查看症状",
    en="A doctor looks at the symptoms",
    role="quarantine.staff",
    done_by=(SEEN_BY_DOCTOR.name,),
)

MANAGER = Role(
    name="quarantine.manager", zh="隔离点负责人", en="Manager of a quarantine site", stands_at=("quarantine_site",)
)
STAFF = Role(
    name="quarantine.staff", zh="隔离点工作人员", en="Staff of a quarantine site", stands_at=("quarantine_site",)
)
DISPATCHER = Role(name="quarantine.dispatcher", zh="隔离转运调度员", en="Dispatcher of rooms and transfers")
