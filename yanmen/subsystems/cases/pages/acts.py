"""What may be recorded about a case: what each act needs, whether it is owed, done or not possible now, and doing it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.http import QueryDict

from yanmen.base.refusals import Refusal
from yanmen.registry.scope import Scope
from yanmen.subsystems.cases import actions, queries
from yanmen.subsystems.cases.methods.words import KINDS, NO_CASE, RISKS, SEVERITIES, SOURCE_SETTINGS, SYMPTOMS
from yanmen.subsystems.cases.pages import investigating
from yanmen.subsystems.cases.pages.fields import Field, said, text_of
from yanmen.subsystems.cases.pages.forms import day_of, degrees_of, moment_of, moment_or_none, number_of
from yanmen.subsystems.cases.pages.shapes import (
    AT,
    BOTH,
    DONE,
    EXPERT,
    GONE,
    NOTE,
    NOTHING,
    OPEN,
    OWED,
    REASON,
    SHUT,
    Act,
    Shown,
    Situation,
    Stance,
    while_open,
)  # fmt: skip

STAY = (
    Field("stay_area", said("到过的地区代码", "Stay: area code"), "area", most=12),
    Field("stay_until", said("离开时间", "Stay: until"), "datetime-local"),
)


def shown(role: str, situation: Situation) -> list[Shown]:
    """The acts of a role, those owed first, those not possible last."""
    order = {OWED: 0, OPEN: 1, DONE: 2, SHUT: 3}
    found = [Shown(act, *act.stance(situation)) for act in ACTS.values() if role in act.roles and not act.hidden]
    return sorted(found, key=lambda one: order[one.state])


@transaction.atomic
def perform(form: QueryDict, scope: Scope, case: str, now: datetime) -> Act:
    """Do what the form says, or say why not."""
    act = ACTS.get(form.get("act", ""))
    if act is None or scope.role not in act.roles:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    act.run(form, {"scope": scope, "case": case, "by": scope.by, "now": now}, now)
    return act


def _stays(form: QueryDict, now: datetime) -> list[actions.StayFound]:
    """One stay from the form: area and until when."""
    area = form.get("stay_area", "").split(" ")[0].strip()
    until = form.get("stay_until", "")
    return [actions.StayFound(area, moment_of(until, "stay_until") if until else now)] if area else []


def _once(
    task: str, done: Callable[[queries.Case], datetime | None], zh: str, en: str
) -> Callable[[Situation], Stance]:
    """Done once there is a moment; owed while its task is open."""

    def stance(situation: Situation) -> Stance:
        if not situation.case.open:
            return SHUT, GONE
        if done(situation.case):
            return DONE, said(zh, en)
        return OWED if task in situation.owed else OPEN, NOTHING

    return stance


def _discharge(situation: Situation) -> Stance:
    if not situation.case.open:
        return (DONE, said("已出院。", "Discharged already.")) if situation.case.discharged_at else (SHUT, GONE)
    unmet = situation.checklist.unmet if situation.checklist else []
    if unmet:
        return OPEN, said(
            f"出院标准有{len(unmet)}条未达到：{'；'.join(each.zh for each in unmet)}。仍要出院须写明理由。",
            f"{len(unmet)} criteria are not met: {'; '.join(each.en for each in unmet)}. A discharge needs a reason.",
        )
    return OPEN, NOTHING


def _follow_up(situation: Situation) -> Stance:
    if situation.case.discharged_at is None:
        return SHUT, said("出院后才能随访。", "Only after the discharge.")
    return OWED if "follow_up_discharged" in situation.owed else OPEN, NOTHING


def _assess(situation: Situation) -> Stance:
    after = situation.aftercare
    if after is None or not (after.positives or situation.case.setting == "re_positive"):
        return SHUT, said("出院后没有再次阳性。", "There is no positive since a discharge.")
    if "assess_re_positive" in situation.owed or after.decision == "assess":
        return OWED, after.decision_title
    return (DONE if after.assessed else OPEN), after.decision_title


def _death(situation: Situation) -> Stance:
    return (SHUT, said("已记录死亡。", "The death is recorded.")) if situation.case.died_at else while_open(situation)


def _take_back_death(situation: Situation) -> Stance:
    return (OPEN, NOTHING) if situation.case.died_at else (SHUT, said("没有死亡记录。", "No death is recorded."))


def _source(situation: Situation) -> Stance:
    if situation.source:
        return DONE, said("已判定；再次填写即更正。", "Told; telling again corrects it.")
    return OWED if "find_source" in situation.owed else OPEN, NOTHING


def _no_source(situation: Situation) -> Stance:
    return (OPEN, NOTHING) if situation.source else (SHUT, said("尚未判定来源。", "No source is told yet."))


def _hand_over(situation: Situation) -> Stance:
    if situation.case.handed_to:
        return SHUT, said("已移交。", "Handed over already.")
    if not situation.case.open:
        return SHUT, said("病例已结案，不再移交。", "The case is closed and is not handed over.")
    return OPEN, NOTHING


def _certainty(form: QueryDict) -> float:
    told = number_of(
        form.get("certainty", ""), "certainty", "确定程度应为0到1的数。", "Certainty is a number from 0 to 1."
    )
    return 1 if told is None else told


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "audit", said("审核报告卡：正确、完整", "Report is right and complete"),
            said("核对姓名、证件、现住址、分类和发病日期后点击。", "Compare name, document, address, kind and onset first."),
            EXPERT, _once("audit_report", lambda case: case.audited_at, "报告卡已审核。", "The report is audited."),
            lambda form, about, now: actions.audit_report(**about, note=text_of(form)), (NOTE,),
        ),
        Act(
            "trace", said("核心流调完成", "Core trajectory recorded"),
            said("记下发病前后到过的地区和离开时间；可分次补充。", "Where the case was and until when; may be added to later."),
            EXPERT, _once("trace_core", lambda case: case.traced_at, "核心流调已记录，可继续补充停留地。", "Recorded; stays may still be added."),
            lambda form, about, now: actions.trace_core(**about, stays=_stays(form, now), note=text_of(form)), (*STAY, NOTE),
        ),
        Act(
            "investigate", said("流行病学调查完成", "Investigation finished"),
            said("发病日期、暴露史和接触者均已核实。", "Onset, exposures and contacts have been looked into."),
            EXPERT, _once("investigate_case", lambda case: case.investigated_at, "调查已完成。", "The investigation is finished."),
            lambda form, about, now: actions.investigate(
                **about, onset_on=day_of(form.get("onset_on", ""), "onset_on"), stays=_stays(form, now), note=text_of(form)
            ),
            (Field("onset_on", said("发病日期", "Onset"), "date"), *STAY, NOTE),
        ),
        Act(
            "course", said("记录病情", "Tell the course"),
            said("至少填写一项；只写这一刻的情况。", "At least one thing; as it was at this moment."),
            BOTH, while_open,
            lambda form, about, now: actions.tell_course(
                **about, at=moment_or_none(form.get("at", ""), "at"), severity=form.get("severity", ""),
                symptoms=form.getlist("symptoms"), temperature=degrees_of(form.get("temperature", "")),
                onset_on=day_of(form.get("course_onset_on", ""), "onset_on"),
                free_since=day_of(form.get("free_since", ""), "free_since"), note=text_of(form),
            ),
            (
                AT, Field("temperature", said("体温（℃）", "Temperature (°C)"), "decimal", most=5),
                Field("symptoms", said("症状", "Symptoms"), "many", choices=SYMPTOMS),
                Field("severity", said("临床分型", "Severity"), "choice", choices=SEVERITIES),
                Field("course_onset_on", said("发病日期（如需更正）", "Onset (to correct it)"), "date"),
                Field("free_since", said("症状消失日期", "Free of symptoms since"), "date"), NOTE,
            ),
        ),
        Act(
            "admit", said("已收治", "Admitted"), said("写明定点医院或方舱名称。", "Name the hospital or the isolation place."),
            BOTH, _once("admit_case", lambda case: case.admitted_at, "已收治；转院可再记一次。", "Admitted; a transfer may be recorded again."),
            lambda form, about, now: actions.admit(
                **about, facility=text_of(form, "facility") or text_of(form), at=moment_or_none(form.get("at", ""), "at")
            ),
            (Field("facility", said("收治机构", "Where"), required=True, most=200), AT),
        ),
        Act(
            "discharge", said("出院（舱）", "Discharged"),
            said("对照左侧出院标准；未达到的须写明理由。", "See the checklist; what is not met needs a reason."),
            BOTH, _discharge,
            lambda form, about, now: actions.discharge(
                **about, at=moment_or_none(form.get("at", ""), "at"), reason=text_of(form, "reason"), note=text_of(form)
            ),
            (AT, Field("reason", said("未达标仍出院的理由", "Reason, if a criterion is not met")), NOTE),
        ),
        Act(
            "follow_up", said("出院后随访", "Followed up"), said("记录健康状况。", "How the person is."), BOTH, _follow_up,
            lambda form, about, now: actions.follow_up(**about, note=text_of(form)), (NOTE,),
        ),
        Act(
            "assess", said("复阳风险评估", "Assess a re-positive"),
            said("依据最近一次Ct值、症状和病程天数。", "By the latest Ct, the symptoms and the day of the course."),
            EXPERT, _assess, lambda form, about, now: actions.assess(**about, risk=form.get("risk", ""), note=text_of(form)),
            (Field("risk", said("结论", "Finding"), "choice", required=True, choices=RISKS), NOTE),
        ),
        Act(
            "source", said("感染来源", "Source of the infection"),
            said(
                "填传染者的病例编号；输入、物品等其他来源留空，只选场景。",
                "The key of the case that infected this one; leave it empty for an imported or other source.",
            ),
            EXPERT, _source,
            lambda form, about, now: actions.tell_source(
                **about, infector=text_of(form, "infector", 60), setting=form.get("setting", ""),
                certainty=_certainty(form), note=text_of(form),
            ),
            (
                Field("infector", said("传染者的病例编号", "Key of the infector"), most=60),
                Field("setting", said("传播场景", "Setting"), "choice", required=True, choices=SOURCE_SETTINGS),
                Field("certainty", said("确定程度（0至1，空为1）", "Certainty (0 to 1, empty: 1)"), "decimal", most=4), NOTE,
            ),
        ),
        Act(
            "no_source", said("撤回来源判定", "Take back the source"), said("须写明理由。", "Needs a reason."), EXPERT, _no_source,
            lambda form, about, now: actions.take_back_source(**about, reason=text_of(form, "reason")), (REASON,),
        ),
        Act(
            "reclassify", said("订正报告", "Set the report right"),
            said(
                "订正为“假阳性”后，因本报告而对所有人采取的措施随即解除；历史记录两者都保留。",
                "A false positive lifts everything that rests on this report, for everybody. The history keeps both.",
            ),
            EXPERT, lambda situation: (OPEN, NOTHING),
            lambda form, about, now: actions.reclassify(**about, to=form.get("to", ""), reason=text_of(form, "reason")),
            (Field("to", said("实为", "In truth"), "choice", required=True, choices=KINDS | NO_CASE), REASON),
        ),
        Act(
            "death", said("死亡", "Died"), said("写明死因。", "Name the cause."), BOTH, _death,
            lambda form, about, now: actions.record_death(
                **about, at=moment_or_none(form.get("at", ""), "at"), cause=text_of(form, "cause"), note=text_of(form)
            ),
            (AT, Field("cause", said("死因", "Cause"), required=True), NOTE),
        ),
        Act(
            "take_back_death", said("撤回死亡记录", "Take back the death"), said("须写明理由。", "Needs a reason."), BOTH, _take_back_death,
            lambda form, about, now: actions.take_back_death(**about, reason=text_of(form, "reason")), (REASON,),
        ),
        Act(
            "hand_over", said("移交其他地区", "Hand over to another area"),
            said(
                "报告、已办事项、任务和此人的责任地区一并移交；时限不重新计算。",
                "The report, what was done, the tasks and the area in charge of the person go together; no clock restarts.",
            ),
            EXPERT, _hand_over,
            lambda form, about, now: actions.hand_over(
                **about, to_area=form.get("to_area", "").split(" ")[0].strip()[:12], reason=text_of(form, "reason")
            ),
            (Field("to_area", said("接收地区代码", "Code of the receiving area"), "area", required=True, most=12), REASON),
        ),
        Act(
            "merge", said("与另一报告合并", "Merge with another report"),
            said(
                "本报告撤回，并入所填病例；可在“疑似重复报告”页撤销。",
                "This report is withdrawn and folds into the other one; it can be undone on the page of duplicates.",
            ),
            EXPERT, lambda situation: (OPEN, NOTHING),
            lambda form, about, now: actions.merge(**about, into=text_of(form, "into", 60), reason=text_of(form, "reason")),
            (Field("into", said("保留的病例编号", "Key of the case that stays"), required=True, most=60), REASON),
        ),
        Act("answers", said("流调补充", "Answers recorded"), NOTHING, BOTH, while_open, investigating.answer, hidden=True),
        Act("exposure", said("暴露史已核实", "Exposure confirmed"), NOTHING, EXPERT, while_open, investigating.confirm, hidden=True),
        Act("add_exposure", said("暴露史已补充", "Exposure added"), NOTHING, EXPERT, while_open, investigating.add, hidden=True),
    )
}  # fmt: skip
