"""Screens of contacts: the board with its filters and judgements, a file of it, and one contact with everybody's calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.desk.templatetags.desk import area_name, moment, say
from yanmen.registry import areas
from yanmen.registry.access import log_access
from yanmen.registry.export import export
from yanmen.registry.importing import Column, Importer
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import actions, queries
from yanmen.subsystems.tracing.kinds import TRACER
from yanmen.subsystems.tracing.methods import desk_words as words
from yanmen.subsystems.tracing.methods.settings import SETTINGS
from yanmen.subsystems.tracing.pages.help import keep_call
from yanmen.subsystems.tracing.pages.links import EPIDEMIOLOGIST, link, may_judge, shown_name
from yanmen.subsystems.tracing.queries import calls as called
from yanmen.subsystems.tracing.queries import contact_board as boards
from yanmen.subsystems.tracing.queries import help as asking

DESK = (TRACER, EPIDEMIOLOGIST)
SPANS = (10, 30, 60)
FILE = Importer(
    kind="contacts",
    zh="接触者",
    en="Contacts",
    columns=(
        Column("person", "人员编号", "Person"),
        Column("name", "姓名", "Name"),
        Column("area", "地区代码", "Area code"),
        Column("area_name", "地区", "Area"),
        Column("case", "病例编号", "Case"),
        Column("degree", "类别", "Degree"),
        Column("setting", "场景", "Setting"),
        Column("certainty", "把握（%）", "Certainty (%)"),
        Column("last_exposed", "末次暴露", "Last exposed"),
        Column("found", "判定时间", "Found"),
        Column("stage", "进展", "Stage"),
        Column("due", "时限", "Due"),
    ),
)
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(
    "tracing/contacts/", role=DESK, name="tracing.contacts", zh="接触者看板", en="Contacts", methods=("GET", "POST"),
    icon="users",
)  # fmt: skip
def contacts(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Everybody found around cases, by how far they have come; many are judged at once."""
    now, refusal = moment_of(request), None
    asked = {name: request.GET.get(name, "")[:60] for name in (*boards.FILTERS, "after")}
    if request.method == "POST":
        try:
            return _judge(request)
        except Refusal as error:
            refusal = error
    if request.GET.get("form") == "xlsx":
        return _file(request, scope, asked)
    found = boards.board(scope, asked, now=now)
    if found.rows:
        log_access(scope, "contacts of cases", count=len(found.rows), now=now)
    context = {
        "board": found,
        "asked": asked,
        "filtered": any(asked[name] for name in boards.FILTERS if name != "state"),
        "cases": boards.cases_on_board(scope, now=now),
        "tabs": [(name, title, found.counts[name]) for name, title in words.BOARD_STATES.items()],
        "units": areas.children(scope.area),
        "judge_below": round(100 * boards.judge_below(scope, now=now)),
        "states": words.BOARD_STATES,
        "degrees": words.DEGREES,
        "settings": SETTINGS,
        "chosen": set(request.POST.getlist("row")),
        "choose_all": request.GET.get("choose") == "1",
        "sent": request.POST,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "tracing/contacts.html", context, status=422 if refusal else 200)


@page(
    "tracing/contacts/<int:person>/", role=(*DESK, "grid_officer"), name="tracing.contact", zh="接触者", en="Contact",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def contact(request: HttpRequest, scope: Scope, person: int) -> HttpResponse:
    """One contact: what was found, what every desk asked them and heard, and a call to record."""
    now, refusal = moment_of(request), None
    found = queries.person(scope, person)
    if found is None:
        raise Http404(str(person))
    if request.method == "POST":
        try:
            _keep(request, person)
            messages.success(request, _("Kept."))
            return redirect(request.path)
        except Refusal as error:
            refusal = error
    log_access(scope, "contact", person=person, now=now)
    context = {
        "person": found,
        "exposures": queries.exposures_of(scope, person),
        "asked": asking.asked_to(scope, person, now=now),
        "calls": called.calls(scope, person, now=now),
        "person_page": link(scope, "desk.person", person),
        "settings": SETTINGS,
        "degrees": words.DEGREES,
        "channels": words.CHANNELS,
        "call_outcomes": words.CALL_OUTCOMES,
        "beyond": words.BEYOND,
        "sent": request.POST,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "tracing/contacts_one.html", context, status=422 if refusal else 200)


@page(
    "tracing/calls/", role=(*DESK, "command.staff"), name="tracing.calls", zh="联系频次", en="How often people are called",
    icon="bell",
)  # fmt: skip
def how_often(request: HttpRequest, scope: Scope) -> HttpResponse:
    """How often people were called in the last days: the distribution, by area, and who most often."""
    now = moment_of(request)
    days = next((each for each in SPANS if request.GET.get("days") == str(each)), SPANS[0])
    told = called.call_metric(scope, since=now - timedelta(days=days), until=now)
    if told.top:
        log_access(scope, "who is called most often", count=len(told.top), now=now)
    context = {
        "told": told,
        "top": [(person, shown_name(scope, name), area, count) for person, name, area, count in told.top],
        "days": days,
        "spans": SPANS,
        "most": max((people for _, people in told.spread), default=0),
        "may_open": may_judge(scope),
        "calls": called.calls(scope, 0, now=now),
    }
    return render(request, "tracing/contacts_called.html", context)


def _keep(request: HttpRequest, person: int) -> None:
    """What was done for a contact: called, told of the risk, visited, brought to the place."""
    form, about = request.POST, asked_by(request) | {"person": person}
    acts: dict[str, Callable[[], object]] = {
        "call": lambda: keep_call(request, person),
        "tell": lambda: actions.tell_risk(**about, case=form.get("case", "")[:60], channel=form.get("channel", "")[:20]),
        "visit": lambda: actions.record_visit(
            **about, temperature=_degrees(form.get("temperature", "")), symptoms=form.get("symptoms") == "1",
            channel="door", note=form.get("note", "")[:200],
        ),
        "transfer": lambda: actions.record_transfer(
            **about, to_place=form.get("to_place", "")[:80], received_by=form.get("received_by", "")[:40]
        ),
    }  # fmt: skip
    act = form.get("act", "")
    if act not in acts:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    acts[act]()


def _degrees(text: str) -> float | None:
    """A temperature in degrees Celsius, or none for an empty field."""
    try:
        found = float(text) if text.strip() else None
    except ValueError:
        found = 0.0
    if found is not None and not 30 <= found <= 45:
        raise Refusal("体温请填30至45之间的度数。", "Give the temperature in degrees between 30 and 45.", field="temperature", value=text[:10])  # fmt: skip
    return found


def _judge(request: HttpRequest) -> HttpResponse:
    form, about = request.POST, asked_by(request)
    rows = _chosen(form.getlist("row"))
    act = form.get("act", "")
    if act == "confirm":
        done = actions.confirm_contacts(**about, found=rows)
        text = ngettext("%(n)d contact confirmed.", "%(n)d contacts confirmed.", done) % {"n": done}
    elif act == "exclude":
        done = actions.exclude_contacts(**about, found=rows, reason=form.get("reason", "")[:200])
        text = ngettext("%(n)d person is no contact.", "%(n)d people are no contacts.", done) % {"n": done}
        text += " " + _("The next turn lifts what rested on it.")
    elif act == "ask":
        return _ask(about["scope"], form.getlist("row"), about["now"])
    else:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    messages.success(request, text)
    return redirect(request.get_full_path())


def _ask(scope: Scope, rows: list[str], now: datetime) -> HttpResponse:
    """Those chosen, as the form of a request to another area takes them."""
    chosen = boards.chosen(scope, _chosen(rows), now=now)
    cases = {each.case_id for each in chosen}
    if len(cases) != 1:
        raise Refusal("一份协查对应一个病例。", "A request is about the contacts of one case.", field="row", value=str(len(cases)))  # fmt: skip
    degrees = {each.degree for each in chosen}
    days = [each.last_exposed for each in chosen if each.last_exposed]
    fields: list[tuple[str, str]] = [("person", str(each.person_id)) for each in chosen]
    fields += [("case", cases.pop()), ("degree", degrees.pop() if len(degrees) == 1 else "")]
    fields += [("last_exposed", max(days).isoformat() if days else "")]
    return redirect(f"{reverse('tracing.help_new')}?{urlencode(fields)}")


def _chosen(rows: list[str]) -> list[UUID]:
    if not rows:
        raise Refusal("请先勾选人员。", "Choose some people first.", field="row")
    try:
        return [UUID(each) for each in rows]
    except ValueError:
        raise Refusal("请刷新后重新勾选。", "Reload the list and choose again.", field="row") from None


def _file(request: HttpRequest, scope: Scope, asked: dict[str, str]) -> HttpResponse:
    now, language = moment_of(request), get_language() or "zh"
    found = boards.board(scope, asked | {"after": ""}, now=now, limit=boards.MOST_ROWS).rows
    rows = [
        [
            str(one.person_id), one.name, one.home, area_name(one.home), one.case_id, say(words.DEGREES.get(one.degree)),
            say(SETTINGS.get(one.via)) or one.via, "" if one.percent is None else str(one.percent),
            one.last_exposed.isoformat() if one.last_exposed else "", moment(one.found_at),
            say(words.BOARD_STATES[one.state]), moment(one.due_at) if one.due_at else "",
        ]
        for one in found
    ]  # fmt: skip
    body = export(FILE, rows, scope=scope, now=now, form="xlsx", language=language, reason="contact board")
    answer = HttpResponse(body, content_type=EXCEL)
    answer["Content-Disposition"] = 'attachment; filename="contacts.xlsx"'
    return answer
