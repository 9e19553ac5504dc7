"""The words that reports add."""

from yanmen.loop.kinds import FactKind, MeasureKind, TaskKind

ABOUT = {"report": "text", "report_kind": "text", "report_day": "date", "digest": "text"}
YEARS_10 = 3650

DRAFTED = FactKind(
    name="reports.drafted",
    zh="报告已起草",
    en="Report drafted",
    subject="area",
    retention_days=YEARS_10,
    detail=ABOUT,
)
PUBLISHED = FactKind(
    name="reports.published",
    zh="报告已发布",
    en="Report published",
    subject="area",
    retention_days=YEARS_10,
    detail=ABOUT,
)
REPORT_DUTY = MeasureKind(
    name="report_duty",
    zh="疫情信息公布",
    en="Publishing what is known",
    subject="area",
    basis_zh="《中华人民共和国传染病防治法》第三十八条",
    basis_en="Law on Prevention and Treatment of Infectious Diseases, art. 38",
)
REVIEW_REPORT = TaskKind(
    name="review_report",
    zh="审核并发布报告",
    en="Review and publish a report",
    role="command.staff",
    done_by=("reports.published",),
)
