"""The board's list of people whom records propose as contacts: judged one by one with a key or a click, or many at once."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.access import log_access
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing import actions
from yanmen.subsystems.tracing.kinds import TRACER
from yanmen.subsystems.tracing.methods import desk_words as words
from yanmen.subsystems.tracing.methods.settings import CLOSE, GENERAL, NOTHING, SETTINGS
from yanmen.subsystems.tracing.pages.links import EPIDEMIOLOGIST, link
from yanmen.subsystems.tracing.queries import proposals as proposed

VERDICTS = {"close": CLOSE, "general": GENERAL, "none": NOTHING}


@page(
    "tracing/contacts/proposals/", role=(TRACER, EPIDEMIOLOGIST), name="tracing.proposals", zh="待研判接触者",
    en="Contacts to judge", methods=("GET", "POST"), nav=False,
)  # fmt: skip
def proposals(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Who met a case where a person decides what that makes them, those most likely met first."""
    now, refusal = moment_of(request), None
    case, number = request.GET.get("case", "")[:60], request.GET.get("page", "")
    if request.method == "POST":
        try:
            return _judge(request, case)
        except Refusal as error:
            refusal = error
    at = int(number) if number.isdigit() and len(number) < 5 else 0
    found = proposed.proposals(scope, finder=actions.FINDER, now=now, only=(case,) if case else (), page=at)
    if found.rows:
        log_access(scope, "people proposed as contacts", count=len({row.person for row in found.rows}), now=now)
    beyond = not case and (at + 1) * proposed.CASES_A_PAGE < len(found.cases)
    context = {
        "found": found,
        "case": case,
        "page": at,
        "next_page": at + 1 if beyond else "",
        "verdicts": words.VERDICTS,
        "reasons": words.NO_CONTACT_REASONS,
        "settings": SETTINGS,
        "venues": {
            row.key: link(scope, "tracing.venue", row.place.pk)
            for row in found.rows
            if row.place and scope.includes(row.place.area)
        },
        "chosen": set(request.POST.getlist("row")),
        "choose_all": request.GET.get("choose") == "1",
        "sent": request.POST,
        "refusal": refusal,
    }
    return render(request, "tracing/proposals.html", context, status=422 if refusal else 200)


def _judge(request: HttpRequest, case: str) -> HttpResponse:
    """One row's button (`one`), or the button of those chosen (`act`)."""
    form = request.POST
    word, _sep, row = form.get("one", "").partition("|")
    word, rows = (word, [row]) if row else (form.get("act", ""), form.getlist("row"))
    if word not in VERDICTS:
        raise Refusal("请选择判定类别。", "Choose what they are judged.", field="act", value=word[:20])
    done = actions.judge_proposed(
        **asked_by(request), proposed=rows, verdict=VERDICTS[word], reason=form.get("reason", "")[:200]
    )
    text = ngettext("%(n)d person judged.", "%(n)d people judged.", done) % {"n": done}
    messages.success(request, text + " " + _("The next turn imposes what follows."))
    kept = {"case": case, "page": request.GET.get("page", "")[:4], "judged": "1"}
    return redirect(f"{request.path}?{urlencode({name: value for name, value in kept.items() if value})}")
