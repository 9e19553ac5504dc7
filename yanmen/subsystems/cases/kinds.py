"""The words that cases add: what is reported about an infected person, and who owes what by when."""

from yanmen.loop.kinds import FactKind, MeasureKind, Role, TaskKind

YEARS_10 = 3650
ABOUT = {"case": "uuid", "note": "text"}

REPORTED = FactKind(
    name="cases.reported",
    zh="病例报告",
    en="Case reported",
    retention_days=YEARS_10,
    detail={
        "case": "uuid",
        "disease": "text",
        "kind": "text",
        "setting": "text",
        "onset_on": "date",
        "sampled_on": "date",
        "ct": "numeric",
        "severity": "text",
        "spread_outside": "boolean",
        "wide_spread": "boolean",
        "home_fit": "boolean",
        "town": "text",
        "bulletin": "text",
        "number_in_list": "text",
        "list_source": "text",
        "sex": "text",
        "age": "numeric",
        "infected_on": "date",
    },
)
RECLASSIFIED = FactKind(
    name="cases.reclassified",
    zh="病例订正",
    en="Case reclassified",
    retention_days=YEARS_10,
    detail=ABOUT | {"from": "text", "to": "text", "reason": "text"},
)
AUDITED = FactKind(
    name="cases.report_audited",
    zh="报告卡已审核",
    en="Report audited",
    retention_days=YEARS_10,
    detail=ABOUT,
)
CORE_TRACED = FactKind(
    name="cases.core_traced",
    zh="核心流调已完成",
    en="Core trajectory traced",
    retention_days=YEARS_10,
    detail=ABOUT,
)
INVESTIGATED = FactKind(
    name="cases.investigated",
    zh="流行病学调查已完成",
    en="Case investigated",
    retention_days=YEARS_10,
    detail=ABOUT | {"onset_on": "date", "source": "text"},
)
STAY_FOUND = FactKind(
    name="cases.stay_found",
    zh="查明病例停留地",
    en="A case's stay found",
    subject="area",
    retention_days=365,
    detail=ABOUT | {"left_on": "date"},
)
ADMITTED = FactKind(
    name="cases.admitted",
    zh="已收治",
    en="Admitted",
    retention_days=YEARS_10,
    detail=ABOUT | {"facility": "text"},
)
DISCHARGED = FactKind(
    name="cases.discharged",
    zh="出院（舱）",
    en="Discharged",
    retention_days=YEARS_10,
    detail=ABOUT | {"reason": "text", "unmet": "text"},
)
FOLLOWED_UP = FactKind(
    name="cases.followed_up",
    zh="出院后随访",
    en="Followed up after discharge",
    retention_days=YEARS_10,
    detail=ABOUT,
)
ASSESSED = FactKind(
    name="cases.assessed",
    zh="复阳风险已评估",
    en="Re-positive assessed",
    retention_days=YEARS_10,
    detail=ABOUT | {"risk": "text", "ct": "numeric", "symptoms": "text", "day_of_course": "integer", "basis": "text"},
)

COURSE_TOLD = FactKind(
    name="cases.course_told",
    zh="病程已记录",
    en="Course told",
    retention_days=YEARS_10,
    detail=ABOUT
    | {"severity": "text", "symptoms": "text", "onset_on": "date", "temperature": "numeric", "free_since": "date"},
)
DIED = FactKind(
    name="cases.died",
    zh="病例死亡",
    en="Case died",
    retention_days=YEARS_10,
    detail=ABOUT | {"cause": "text"},
)
SOURCE_TOLD = FactKind(
    name="cases.source_told",
    zh="感染来源已判定",
    en="Source of an infection told",
    retention_days=YEARS_10,
    detail=ABOUT
    | {
        "infector": "text",
        "setting": "text",
        "certainty": "numeric",
        "infector_number": "text",
        "case_number": "text",
        "list_source": "text",
    },
)
EXPOSURE_TOLD = FactKind(
    name="cases.exposure_told",
    zh="暴露史已核实",
    en="Exposure history confirmed",
    retention_days=365,
    detail=ABOUT
    | {"where": "text", "since": "timestamptz", "until": "timestamptz", "holds": "boolean", "basis": "uuid"},
)
HANDED_OVER = FactKind(
    name="cases.handed_over",
    zh="病例已移交",
    en="Case handed over",
    retention_days=YEARS_10,
    detail=ABOUT | {"from_area": "text", "to_area": "text", "reason": "text"},
)
MERGED = FactKind(
    name="cases.merged",
    zh="重复报告已合并",
    en="Duplicate report merged",
    retention_days=YEARS_10,
    detail=ABOUT | {"into": "text", "reason": "text"},
)

CASE_MANAGEMENT = MeasureKind(
    name="case_management",
    zh="感染者管理",
    en="Care and isolation of an infected person",
    basis_zh="《中华人民共和国传染病防治法》第三十九条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 39",
)
CASE_CLOCK = MeasureKind(
    name="case_clock",
    zh="病例处置时限",
    en="Clocks that a case starts",
    basis_zh="《中华人民共和国传染病防治法》第三十条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 30",
)

NETWORK_REPORT = TaskKind(
    name="network_report",
    zh="网络直报",
    en="Report the case through the network",
    role="cases.reporter",
    done_by=("cases.reported",),
)
AUDIT_REPORT = TaskKind(
    name="audit_report",
    zh="审核报告卡",
    en="Audit the report",
    role="cases.epidemiologist",
    done_by=("cases.report_audited",),
)
TRACE_CORE = TaskKind(
    name="trace_core",
    zh="核心流调",
    en="Trace the core trajectory",
    role="cases.epidemiologist",
    done_by=("cases.core_traced", "cases.investigated"),
)
INVESTIGATE_CASE = TaskKind(
    name="investigate_case",
    zh="流行病学调查",
    en="Investigate the case",
    role="cases.epidemiologist",
    done_by=("cases.investigated",),
)
ADMIT_CASE = TaskKind(
    name="admit_case",
    zh="转运收治",
    en="Bring the person into care",
    role="cases.reporter",
    done_by=("cases.admitted",),
)
FOLLOW_UP_DISCHARGED = TaskKind(
    name="follow_up_discharged",
    zh="出院后随访",
    en="Follow up after discharge",
    role="cases.reporter",
    done_by=("cases.followed_up",),
)
ASSESS_RE_POSITIVE = TaskKind(
    name="assess_re_positive",
    zh="复阳风险评估",
    en="Assess the risk of a re-positive",
    role="cases.epidemiologist",
    done_by=("cases.assessed",),
)

REPORTER = Role(name="cases.reporter", zh="疫情报告人", en="Case reporter")
EPIDEMIOLOGIST = Role(name="cases.epidemiologist", zh="流行病学调查员", en="Field epidemiologist")
