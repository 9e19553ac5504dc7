"""The words that arrivals add: what travellers tell us, what they owe, who acts on it."""

from yanmen.loop.kinds import FactKind, MeasureKind, Role, TaskKind

STAY = {
    "origin": "text",
    "arrived_origin_on": "date",
    "left_origin_on": "date",
}
JOURNEY = {"journey": "text", "note": "text"}

DECLARED = FactKind(
    name="arrivals.declared",
    zh="申报来（返）",
    en="Arrival declared",
    retention_days=90,
    presence=True,
    detail=STAY
    | {
        "journey": "text",
        "expected_on": "date",
        "transport": "text",
        "vehicle": "text",
        "destination": "text",
        "address": "text",
        "guardian": "bigint",
    },
)
STAYED = FactKind(
    name="arrivals.stayed",
    zh="途中停留",
    en="Stayed on the way",
    retention_days=90,
    presence=True,
    detail=STAY | JOURNEY | {"stay": "text"},
)
LANDED = FactKind(
    name="arrivals.landed",
    zh="已抵达",
    en="Landed",
    retention_days=90,
    detail=JOURNEY | {"origin": "text", "transport": "text", "station": "text"},
)
NO_SHOW = FactKind(
    name="arrivals.no_show",
    zh="应到未到",
    en="Did not show up",
    retention_days=90,
    detail=JOURNEY,
)
REROUTED = FactKind(
    name="arrivals.rerouted",
    zh="改变行程",
    en="Rerouted",
    retention_days=90,
    detail=JOURNEY | {"destination": "text", "expected_on": "date"},
)
DECLARED_ELSEWHERE = FactKind(
    name="arrivals.declared_elsewhere",
    zh="已向他处申报",
    en="Declared elsewhere",
    retention_days=90,
    detail=JOURNEY | {"destination": "text"},
)
TAKEN_OVER = FactKind(
    name="arrivals.taken_over",
    zh="社区已接收",
    en="Taken over by the community",
    retention_days=180,
    detail=JOURNEY | {"address": "text"},
)
TRANSFERRED = FactKind(
    name="arrivals.transferred",
    zh="点对点转运",
    en="Transferred point to point",
    retention_days=180,
    detail=JOURNEY | {"from_place": "text", "to_place": "text", "handed_over_by": "text", "received_by": "text"},
)
VISITED = FactKind(
    name="arrivals.visited",
    zh="已上门核查",
    en="Visited at home",
    retention_days=180,
    detail=JOURNEY,
)
RELEASED_CHECKED = FactKind(
    name="arrivals.released_checked",
    zh="解除前已核对",
    en="Checked before release",
    retention_days=180,
    detail=JOURNEY,
)
ENTERED_COUNTRY = FactKind(
    name="arrivals.entered_country",
    zh="入境",
    en="Entered the country",
    retention_days=180,
    detail={"country": "text", "port": "text", "flight": "text", "quarantined_until": "date"},
)
LEFT_CLOSED_LOOP = FactKind(
    name="arrivals.left_closed_loop",
    zh="离开闭环岗位",
    en="Left a closed-loop post",
    retention_days=180,
    detail={"post": "text", "days_off_post": "integer"},
)

STAY_AND_TEST = MeasureKind(
    name="stay_and_test",
    zh="隔离并检测",
    en="Stay and be tested",
    basis_zh="《中华人民共和国传染病防治法》第三十九条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 39",
)
LANDING_TEST_OWED = MeasureKind(
    name="landing_test",
    zh="落地检",
    en="Test on landing",
    basis_zh="国务院联防联控机制关于落地检的要求",
    basis_en="State Council mechanism, requirement to test on landing",
)
HEALTH_MONITORING = MeasureKind(
    name="health_monitoring",
    zh="健康监测",
    en="Health monitoring",
    basis_zh="《新型冠状病毒肺炎防控方案》健康监测要求",
    basis_en="Prevention and control protocol, health monitoring",
)
ARRIVAL_FOLLOW_UP = MeasureKind(
    name="arrival_follow_up",
    zh="抵达跟踪",
    en="Arrival followed up",
    basis_zh="来（返）人员报备制度",
    basis_en="Declaration of arrivals",
)

LANDING_TEST = TaskKind(
    name="landing_test",
    zh="落地即检",
    en="Test the traveller on landing",
    role="arrivals.station",
    done_by=("screening.sampled", "screening.result"),
)
CONFIRM_ARRIVAL = TaskKind(
    name="confirm_arrival",
    zh="核实是否抵达",
    en="Confirm the arrival",
    role="arrivals.officer",
    done_by=(
        "arrivals.landed",
        "arrivals.no_show",
        "arrivals.rerouted",
        "arrivals.declared_elsewhere",
        "arrivals.taken_over",
    ),
)
TRANSFER = TaskKind(
    name="transfer",
    zh="点对点转运",
    en="Transfer point to point",
    role="transfer_team",
    done_by=("arrivals.transferred",),
)
HOME_VISIT = TaskKind(
    name="home_visit",
    zh="上门核查",
    en="Visit at home",
    role="grid_officer",
    done_by=("arrivals.visited", "arrivals.taken_over"),
)
RELEASE_TEST = TaskKind(
    name="release_test",
    zh="解除前检测",
    en="Test before release",
    role="grid_officer",
    done_by=("screening.sampled", "screening.result"),
)
RELEASE_CHECK = TaskKind(
    name="release_check",
    zh="解除前核对",
    en="Check before release",
    role="grid_officer",
    done_by=("arrivals.released_checked",),
)

OFFICER = Role(name="arrivals.officer", zh="来返登记员", en="Arrivals officer")
STATION = Role(name="arrivals.station", zh="站点落地检人员", en="Station officer")
GRID_OFFICER = Role(name="grid_officer", zh="网格员", en="Grid worker")
TRANSFER_TEAM = Role(name="transfer_team", zh="转运专班", en="Transfer team")
