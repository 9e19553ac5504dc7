"""Screens of co-investigation: what came in and went out with its clocks, a new request, and one person of a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry import people
from yanmen.registry.access import log_access
from yanmen.registry.models import Area
from yanmen.registry.people import Details
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.kinds import TRACER
from yanmen.subsystems.tracing.methods import desk_words as words
from yanmen.subsystems.tracing.methods.settings import SETTINGS
from yanmen.subsystems.tracing.pages.links import EPIDEMIOLOGIST
from yanmen.subsystems.tracing.queries import calls as called
from yanmen.subsystems.tracing.queries import help as asking

DESK = (TRACER, EPIDEMIOLOGIST)
LINES = 500


@page(
    "tracing/help/", role=DESK, name="tracing.help", zh="协查", en="Co-investigation", methods=("GET", "POST"),
    icon="arrow",
)  # fmt: skip
def helps(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Requests in and out, those whose clock ends first on top; several are accepted at once."""
    now = moment_of(request)
    side = asking.OUT if request.GET.get("side") == asking.OUT else asking.IN
    open_only = request.GET.get("closed") != "1"
    refusal = None
    if request.method == "POST":
        try:
            done = _accept_chosen(request)
            messages.success(
                request, ngettext("%(n)d request accepted.", "%(n)d requests accepted.", done) % {"n": done}
            )
            return redirect(request.get_full_path())
        except Refusal as error:
            refusal = error
    found = asking.requests(scope, side=side, open_only=open_only, now=now, after=request.GET.get("after", "")[:40])
    if found.rows:
        log_access(scope, "people of requests to trace", count=len(found.rows), now=now)
    context = {
        "rows": found.rows,
        "after": found.after,
        "side": side,
        "open_only": open_only,
        "counts": asking.help_counts(scope, now=now),
        "limits": asking.limits(scope, now=now),
        "states": words.HELP_STATES,
        "why": {**words.RETURN_REASONS, **words.OUTCOMES},
        "degrees": words.DEGREES,
        "chosen": set(request.POST.getlist("row")),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "tracing/help.html", context, status=422 if refusal else 200)


@page(
    "tracing/help/new/", role=DESK, name="tracing.help_new", zh="发起协查", en="Ask another area",
    methods=("GET", "POST"), icon="arrow", nav=False,
)  # fmt: skip
def new_help(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Ask another area about people: register numbers, identity numbers, or a list of people who are not registered yet."""
    sent: QueryDict | dict[str, Any] = request.POST
    refusal = None
    if request.method == "POST":
        try:
            done = _ask(request)
            text = ngettext("%(n)d person asked about.", "%(n)d people asked about.", len(done.asked)) % {
                "n": len(done.asked)
            }
            if done.repeated:
                text += " " + ngettext(
                    "%(n)d had been asked about before.", "%(n)d had been asked about before.", len(done.repeated)
                ) % {"n": len(done.repeated)}
            messages.success(request, text)
            return redirect("/tracing/help/?side=out")
        except Refusal as error:
            refusal = error
    else:
        chosen = [each for each in request.GET.getlist("person") if each.isdigit()][:LINES]
        sent = {
            name: request.GET.get(name, "")[:60] for name in ("case", "degree", "last_exposed", "first_exposed", "via")
        }
        sent["people"] = "\n".join(chosen)
    context = {
        "sent": sent,
        "refusal": refusal,
        "areas": _areas(),
        "settings": SETTINGS,
        "degrees": words.DEGREES,
        "limits": asking.limits(scope, now=moment_of(request)),
    }
    return render(request, "tracing/help_new.html", context, status=422 if refusal else 200)


@page(
    "tracing/help/<uuid:number>/<int:person>/", role=DESK, name="tracing.help_one", zh="协查对象", en="Somebody to trace",
    methods=("GET", "POST"), nav=False,
)  # fmt: skip
def one_help(request: HttpRequest, scope: Scope, number: UUID, person: int) -> HttpResponse:
    """Who is meant, who was asked so far, what desks asked the person, and what may be said now."""
    now, refusal, phone = moment_of(request), None, ""
    if request.method == "POST":
        try:
            phone = _act(request, str(number), person)
            if not phone:
                messages.success(request, _("Kept."))
                return redirect(request.path)
        except Refusal as error:
            refusal = error
    hops = asking.hops_of(scope, str(number), person, now=now)
    if not hops:
        raise Http404(str(number))
    log_access(scope, "somebody to trace", person=person, now=now)
    last = hops[-1]
    context = {
        "one": last,
        "hops": hops,
        "mine": scope.includes(last.to_area) and last.is_open,
        "asked_by_me": scope.includes(last.from_area) and last.is_open,
        "here": scope.includes(last.register_area),
        "phone": phone,
        "calls": called.calls(scope, person, now=now),
        "limits": asking.limits(scope, now=now),
        "areas": _areas(),
        "settings": SETTINGS,
        "states": words.HELP_STATES,
        "degrees": words.DEGREES,
        "reasons": words.RETURN_REASONS,
        "outcomes": words.OUTCOMES,
        "why": {**words.RETURN_REASONS, **words.OUTCOMES},
        "channels": words.CHANNELS,
        "call_outcomes": words.CALL_OUTCOMES,
        "beyond": words.BEYOND,
        "sent": request.POST,
        "refusal": refusal,
        "now": now,
    }
    return render(request, "tracing/help_one.html", context, status=422 if refusal else 200)


def keep_call(request: HttpRequest, person: int) -> None:
    """A call as the form on a page states it."""
    form = request.POST
    actions.record_call(
        **asked_by(request),
        person=person,
        channel=form.get("channel", "")[:40],
        outcome=form.get("outcome", "")[:40],
        about=form.get("about", ""),
        answer=form.get("answer", ""),
        beyond=form.get("beyond", "")[:40],
        case=form.get("case", "")[:60],
    )


def day_in(text: str, field: str) -> date | None:
    """A day of a form, or none for an empty field."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refusal(
            "日期请写成 2022-10-07。", "Write the date as 2022-10-07.", field=field, value=text[:20]
        ) from None


def area_in(text: str) -> str:
    """The code before the name in a field that offers both."""
    return text.strip().split(" ")[0][:12]


def _act(request: HttpRequest, number: str, person: int) -> str:
    form = request.POST
    about: dict[str, Any] = asked_by(request) | {"help": number, "person": person}
    note, area = form.get("note", ""), area_in(form.get("to_area", ""))
    acts: dict[str, Callable[[], Any]] = {
        "accept": lambda: actions.accept_help(**about, here=bool(form.get("here")), note=note),
        "return": lambda: actions.return_help(**about, reason=form.get("reason", "")[:40], to_area=area, note=note),
        "answer": lambda: actions.answer_help(**about, outcome=form.get("answered", "")[:40], left_to=area, note=note),
        "take_back": lambda: actions.take_back_help(**about, reason=form.get("reason", "")),
        "phone": lambda: actions.reveal_phone(**about, reason=form.get("reason", "")),
        "call": lambda: keep_call(request, person),
    }
    act = form.get("act", "")
    if act not in acts:
        raise Refusal("请选择要办理的事项。", "Choose what to do.", field="act", value=act[:20])
    return str(acts[act]() or "")


def _accept_chosen(request: HttpRequest) -> int:
    chosen = request.POST.getlist("row")[:LINES]
    if not chosen:
        raise Refusal("请先勾选协查对象。", "Choose some people first.", field="row")
    for each in chosen:
        number, _slash, person = each.partition("/")
        whose = int(person) if person.isdigit() else 0
        here = request.POST.get("act") == "here"
        actions.accept_help(**asked_by(request), help=number, person=whose, here=here)
    return len(chosen)


def _ask(request: HttpRequest) -> actions.Asked:
    form, scope = request.POST, asked_by(request)["scope"]
    degree = form.get("degree", "")
    last = day_in(form.get("last_exposed", ""), "last_exposed")
    if last is None:
        raise Refusal("请填写末次暴露日期。", "Give the day of the last exposure.", field="last_exposed")
    about: dict[str, Any] = asked_by(request) | {
        "to_area": area_in(form.get("to_area", "")),
        "case": form.get("case", "")[:60],
        "degree": int(degree) if degree in ("1", "2") else None,
        "first_exposed": day_in(form.get("first_exposed", ""), "first_exposed"),
        "last_exposed": last,
        "via": form.get("via", "")[:20],
        "note": form.get("note", ""),
    }
    lines = [line.strip() for line in form.get("people", "").splitlines() if line.strip()][: LINES + 1]
    if any("," in line or "，" in line for line in lines):
        return actions.ask_help_listed(**about, rows=[_details(line, scope) for line in lines])
    return actions.ask_help(**about, people=[_number(line, scope) for line in lines])


def _details(line: str, scope: Scope) -> Details:
    parts = [part.strip() for part in line.replace("，", ",").split(",")] + ["", ""]
    name, document, phone = parts[0], parts[1], parts[2]
    if not document:
        raise Refusal(
            "名单每行写“姓名,证件号,电话”，证件号必填。",
            "Each line: name, document number, telephone; the document number is needed.",
            field="people",
            value=name[:20],
        )
    return Details(name=name, id_type="resident", id_number=document, phone=phone, area=scope.area)


def _number(line: str, scope: Scope) -> int:
    if line.isascii() and line.isdigit() and len(line) < 10:
        return int(line)
    found = people.find_by_id_number(scope, line)
    if found is None:
        raise Refusal(
            "在您的辖区内没有此证件号。请写“姓名,证件号,电话”，将先登记再协查。",
            "Nobody in your areas has this document. Write name, document number, telephone: they are registered first.",
            field="people",
            value=line[:6] + "…",
        )
    return found.pk


def _areas() -> list[Area]:
    return list(Area.objects.filter(valid_to=None, level__in=("county", "city")).order_by("code"))
