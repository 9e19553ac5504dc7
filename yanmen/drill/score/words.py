"""What a score says: each number defined once, in both languages, with its unit and how it is computed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """One number of a score. ``better``: -1 the less the better, 1 the more the better, 0 neither."""

    id: str
    zh: str
    en: str
    unit: str
    better: int
    how_zh: str
    how_en: str


PEOPLE, SHARE, DAYS, PERSON_DAYS, COUNT = "people", "share", "days", "person_days", "count"
UNITS = {
    PEOPLE: ("人", "people"),
    SHARE: ("%", "%"),
    DAYS: ("天", "days"),
    PERSON_DAYS: ("人日", "person-days"),
    COUNT: ("", ""),
}

METRICS = (
    Metric("infections", "感染者（真实）", "Infected (truth)", PEOPLE, -1, "演练中真实感染的人数，含输入", "Everybody infected in the drill, those who brought it in included"),
    Metric("found", "已发现", "Found", PEOPLE, 0, "真实感染者中，软件已有阳性结果或病例报告的人数", "Infected people of whom the software holds a positive result or a case report"),
    Metric("not_found", "未发现", "Not found", PEOPLE, -1, "感染者减去已发现", "Infected less found"),
    Metric("not_findable", "其中尚测不出", "of them not yet detectable", PEOPLE, 0, "未发现者中，到演练结束时尚未具有传染性的人数", "Of those not found, people who were not yet infectious when the drill ended"),
    Metric("found_share", "发现比例", "Share found", SHARE, 1, "已发现 ÷ 感染者", "Found by infected"),
    Metric("wrongly_reported", "误报", "Reported, never infected", PEOPLE, -1, "软件认定感染而真实未感染的人数", "People whom the software holds for infected and who were not"),
    Metric("from_infection", "感染到发现（中位）", "From infection to found, median", DAYS, -1, "已发现者中，首次知晓时刻减感染时刻的中位数", "Median, over those found, of first known less infected"),
    Metric("from_infection_90", "感染到发现（90%）", "From infection to found, 90 %", DAYS, -1, "同上，第90百分位", "The same, 90th percentile"),
    Metric("from_infectious", "有传染性到发现（中位）", "From infectious to found, median", DAYS, -1, "已发现者中，首次知晓时刻减传染期开始的中位数；负数为提前发现", "Median of first known less start of infectiousness; negative: found before"),
    Metric("from_infectious_90", "有传染性到发现（90%）", "From infectious to found, 90 %", DAYS, -1, "同上，第90百分位", "The same, 90th percentile"),
    Metric("from_onset", "发病到报告（中位）", "From onset to report, median", DAYS, -1, "有症状且已报告者中，首次病例报告减发病的中位数", "Median, over those reported who had symptoms, of first report less onset"),
    Metric("from_onset_90", "发病到报告（90%）", "From onset to report, 90 %", DAYS, -1, "同上，第90百分位", "The same, 90th percentile"),
    Metric("before_onset", "发病前发现", "Found before onset", SHARE, 1, "有症状的感染者中，发病之前已发现的比例", "Of infected people with symptoms, those found before their onset"),
    Metric("before_infectious", "有传染性前发现", "Found before infectious", SHARE, 1, "感染者中，传染期开始之前已发现的比例", "Of all infected, those found before they were infectious"),
    Metric("held_before_infectious", "有传染性前已管控", "Held before infectious", SHARE, 1, "感染者中，传染期开始时已在管控场所（隔离、封控等）的比例", "Of all infected, those under a holding measure when they became infectious"),
    Metric("tracing_recall", "追踪检出率", "Tracing recall", SHARE, 1, "在演练内被他人感染者中，发现之前已被判为密接等的比例（未发现但已列为密接的计入）", "Of those infected by somebody within the drill, those named as contacts before they were found; contacts not yet found count"),
    Metric("tracing_precision", "密接中的感染者", "Contacts who were infected", SHARE, 1, "被判为密接者中真实感染者的比例（续发率）", "Of people named as contacts, those who were infected (secondary attack rate)"),
    Metric("contacts", "判定密接", "Named as contacts", PEOPLE, 0, "被判为密接或同住的人数", "People named as close contacts or co-residents"),
    Metric("time_to_zero", "清零用时", "Time to zero", DAYS, -1, "从第一天到最后一例管控外感染的天数；须其后连续若干天没有（天数见 quiet_days），否则为“未清零”", "Days up to the last infection outside control, if quiet_days without one follow; else not reached"),
    Metric("outside_control", "管控外感染", "Infected outside control", PEOPLE, -1, "感染时不在管控场所的人数（不含输入）", "People who were under no holding measure when they were infected, those who brought it in left out"),
    Metric("person_days", "管控人日", "Person-days held", PERSON_DAYS, -1, "在管控场所的人日；一人一天只计一次", "Days people were under a holding measure; a day of a person counts once"),
    Metric("held_people", "被管控人数", "People held", PEOPLE, -1, "至少一天在管控场所的人数", "People under a holding measure on at least one day"),
    Metric("found_per_1000", "每千管控人日发现", "Found per 1,000 person-days held", COUNT, 1, "已发现 ÷ 管控人日 × 1000", "Found by person-days held, times 1,000"),
    Metric("false_days", "从未感染者的管控人日", "Person-days held of people never infected", PERSON_DAYS, -1, "其中从未感染的人的管控人日（多数曾接触，见下一行）", "Of the person-days, those of people who were never infected (most were exposed: see the next line)"),
    Metric("needless_days", "从未感染也未暴露者的管控人日", "Person-days of people never infected, never exposed", PERSON_DAYS, -1, "从未感染、且到当天为止从未与有传染性者同处的人的管控人日", "Person-days of people never infected and, by that day, never near anybody infectious"),
    Metric("over_hold_days", "超期未解除人日", "Over-hold", PERSON_DAYS, -1, "解除日之后仍被管控的人日", "Days people were held after their last day"),
    Metric("tests", "采样人次", "Samples taken", COUNT, -1, "采样人次（含混采）", "Samples taken from people, pooled ones included"),
    Metric("tubes", "采样管", "Tubes", COUNT, 0, "混采与单采管数", "Tubes, pooled or single"),
    Metric("rooms_peak", "隔离房间高峰", "Rooms at the peak", COUNT, -1, "同一天在隔离点的最多人数", "Most people in quarantine sites on one day"),
    Metric("overdue", "逾期任务", "Tasks late", COUNT, -1, "未在时限内完成的任务数（含逾期后完成）", "Tasks not done in time, those done late included"),
    Metric("overdue_share", "逾期比例", "Share of tasks late", SHARE, -1, "逾期任务 ÷ 到期任务", "Tasks late by tasks due"),
    Metric("acts_a_resident", "每位居民配合次数", "Acts asked of a resident", COUNT, -1, "采样、申报、测温、上门、电话等次数 ÷ 人口（不含扫码）", "Samples, declarations, temperatures, visits, calls by residents; scans not counted"),
    Metric("faults_found", "发现的差错", "Planted faults found", SHARE, 1, "预设差错中软件发现的比例", "Of the faults planted, those the software found"),
)  # fmt: skip
BY_ID = {metric.id: metric for metric in METRICS}
