"""The words that tracing adds: who was near a case and when, and what is done for them.

Trails (who was where, and which phones were near each other) are kept for a month; who was judged
a contact of whom is kept for half a year, so that a measure can still be explained and contested.
"""

from yanmen.loop.kinds import FactKind, MeasureKind, Role, TaskKind

TRAIL_DAYS = 30
CONTACT_DAYS = 180
OF_CASE = {"case": "text", "disease": "text"}
EXPOSURE = OF_CASE | {
    "first_exposed": "date",
    "last_exposed": "date",
    "via": "text",
    "minutes": "integer",
    "certainty": "numeric",
    "basis": "text",
}
"""`via`: the setting in which they met (methods/settings.py); `basis`: ids of the facts it was found from, empty where a person judged
and where the register of households shows it."""

CONTACT_FOUND = FactKind(
    name="tracing.contact_found",
    zh="判定密接或次密接",
    en="Contact found",
    retention_days=CONTACT_DAYS,
    detail=EXPOSURE | {"degree": "integer", "high_risk": "boolean", "linked": "bigint"},
)
GENERAL_CONTACT_FOUND = FactKind(
    name="tracing.general_contact_found",
    zh="判定一般接触者",
    en="General contact found",
    retention_days=CONTACT_DAYS,
    detail=EXPOSURE,
)
CONTACT_EXCLUDED = FactKind(
    name="tracing.contact_excluded",
    zh="判定非接触者",
    en="Judged to be no contact",
    retention_days=CONTACT_DAYS,
    detail=OF_CASE | {"reason": "text"},
)
"""A person judged that somebody was no contact of a case: nothing found from facts brings them back. Judging them a contact takes
this back."""

CO_RESIDENT_FOUND = FactKind(
    name="tracing.co_resident_found",
    zh="判定同住人员",
    en="Co-resident found",
    retention_days=CONTACT_DAYS,
    detail=EXPOSURE,
)
COMPANION_FLAGGED = FactKind(
    name="tracing.companion_flagged",
    zh="时空伴随比中",
    en="Flagged as a spatiotemporal companion",
    retention_days=TRAIL_DAYS,
    detail=OF_CASE | {"together_on": "date", "minutes_together": "integer", "hours_in_grid": "integer"},
)
SCENE_EXPOSED = FactKind(
    name="tracing.scene_exposed",
    zh="涉疫场所暴露",
    en="Exposed in a place with cases",
    retention_days=TRAIL_DAYS,
    presence=True,
    detail=OF_CASE | {"exposed_on": "date", "minutes": "integer", "note": "text"},
)
RISK_TOLD = FactKind(
    name="tracing.risk_told",
    zh="已告知风险",
    en="Told of the risk",
    retention_days=CONTACT_DAYS,
    detail=OF_CASE | {"channel": "text", "note": "text"},
)
CONTACT_VISITED = FactKind(
    name="tracing.contact_visited",
    zh="已随访接触者",
    en="Contact followed up",
    retention_days=CONTACT_DAYS,
    detail=OF_CASE
    | {"temperature": "numeric", "symptoms": "boolean", "onset_on": "date", "channel": "text", "note": "text"},
)
IMMUNITY_FOUND = FactKind(
    name="tracing.immunity_found",
    zh="已查明免疫状况",
    en="Immunity found out",
    retention_days=CONTACT_DAYS,
    detail={"disease": "text", "immune": "boolean", "basis": "text"},
)
CONTACT_VACCINATED = FactKind(
    name="tracing.contact_vaccinated",
    zh="已应急接种",
    en="Contact vaccinated",
    retention_days=CONTACT_DAYS,
    detail=OF_CASE | {"vaccine": "text"},
)

SETTING_TOLD = FactKind(
    name="tracing.setting_told",
    zh="同乘同处登记",
    en="Recorded in a shared setting",
    retention_days=TRAIL_DAYS,
    presence=True,
    detail={
        "setting": "text",
        "name": "text",
        "unit": "text",
        "row": "integer",
        "seat": "text",
        "staff": "boolean",
        "layout": "text",
        "until": "timestamptz",
    },
)
"""Somebody was on a vehicle, in a class, ward, dormitory or on a quarantine floor: `name` is the journey or the group, `unit` the
carriage, cabin, room or floor, `row` the row of seats, the bay or the compartment, `layout` one of methods/settings.py."""

HELP_ASKED = FactKind(
    name="tracing.help_asked",
    zh="已发协查",
    en="Another area asked to trace",
    retention_days=CONTACT_DAYS,
    detail=EXPOSURE | {"help": "uuid", "from_area": "text", "to_area": "text", "hop": "integer", "note": "text"},
)
HELP_ACCEPTED = FactKind(
    name="tracing.help_accepted",
    zh="协查已接收",
    en="Request to trace accepted",
    retention_days=CONTACT_DAYS,
    detail={"help": "uuid", "hop": "integer", "here": "boolean", "note": "text"},
)
HELP_RETURNED = FactKind(
    name="tracing.help_returned",
    zh="协查已退回",
    en="Request to trace returned",
    retention_days=CONTACT_DAYS,
    detail={"help": "uuid", "hop": "integer", "reason": "text", "moved_to": "text", "note": "text"},
)
HELP_ANSWERED = FactKind(
    name="tracing.help_answered",
    zh="协查已反馈",
    en="Request to trace answered",
    retention_days=CONTACT_DAYS,
    detail={"help": "uuid", "hop": "integer", "outcome": "text", "left_to": "text", "note": "text"},
)
CALLED = FactKind(
    name="tracing.called",
    zh="已联系本人",
    en="Person called",
    retention_days=CONTACT_DAYS,
    detail=OF_CASE | {"channel": "text", "outcome": "text", "about": "text", "answer": "text", "beyond": "text"},
)

CONTACT_FOLLOW_UP = MeasureKind(
    name="contact_follow_up",
    zh="接触者医学观察",
    en="Medical observation of a contact",
    basis_zh="《中华人民共和国传染病防治法》第三十九条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 39",
)

CO_INVESTIGATION = MeasureKind(
    name="co_investigation",
    zh="协查",
    en="Request from another area to trace somebody",
    basis_zh="《中华人民共和国传染病防治法》第三十五条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 35",
)
SOURCE_SEARCH = MeasureKind(
    name="source_search",
    zh="溯源",
    en="Search for the source of an infection",
    basis_zh="《中华人民共和国传染病防治法》第四十条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 40",
)

RISK_NOTICE = TaskKind(
    name="risk_notice",
    zh="告知风险",
    en="Tell the person of the risk",
    role="grid_officer",
    done_by=("tracing.risk_told", "tracing.contact_visited"),
)
CONTACT_VISIT = TaskKind(
    name="contact_visit",
    zh="随访接触者",
    en="Follow up a contact",
    role="grid_officer",
    done_by=("tracing.contact_visited",),
)

ANSWER_HELP = TaskKind(
    name="answer_help",
    zh="办理协查",
    en="Answer another area's request to trace",
    role="tracing.tracer",
    done_by=("tracing.help_answered", "tracing.help_returned"),
)
FIND_SOURCE = TaskKind(
    name="find_source",
    zh="查明感染来源",
    en="Find the source of an infection",
    role="cases.epidemiologist",
    done_by=("cases.source_told",),
)

TRACER = Role(name="tracing.tracer", zh="流调溯源人员", en="Contact tracer")
