"""The registry of forms: what each costs the grid a week, and where answers stand already."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.base.refusals import Refusal
from yanmen.desk.asking import asked_by
from yanmen.desk.pages import page
from yanmen.registry.models import Area
from yanmen.registry.scope import Scope
from yanmen.subsystems.grid import actions
from yanmen.subsystems.grid.pages.common import EVERYBODY, LEADERS, area_in, day_in, number_in, text_in
from yanmen.subsystems.grid.queries import forms as known

AREAS = 400


@page("grid/forms/", role=EVERYBODY, name="grid.forms", zh="报表登记", en="Forms", methods=("GET", "POST"), icon="file")
def forms(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Forms that are asked, with their cost; a new one is refused where its answers exist."""
    refusal = None
    if request.method == "POST":
        try:
            messages.success(request, _act(request, scope))
            return redirect("grid.forms")
        except Refusal as error:
            refusal = error
    context = {
        "forms": known.forms(scope),
        "burden": known.burden(scope),
        "ended": known.forms(scope, ended=True)[:30],
        "may_ask": scope.role in {each.name for each in LEADERS},
        "areas": scope.within(Area.objects.filter(valid_to=None), "code").order_by("code")[:AREAS],
        "sent": request.POST,
        "refusal": refusal,
    }
    return render(request, "grid/forms.html", context, status=422 if refusal else 200)


def _act(request: HttpRequest, scope: Scope) -> str:
    if scope.role not in {each.name for each in LEADERS}:
        raise Refusal("您当前的角色不能进行此操作。", "Your role cannot do this here.", field="act")
    if request.POST.get("act") == "end":
        actions.end_form(**asked_by(request), form=number_in(request, "form") or 0)
        return _("Kept.")
    made = actions.ask_form(
        **asked_by(request), area=area_in(request, scope.area), title=text_in(request, "title", 121),
        office=text_in(request, "office", 121), purpose=text_in(request, "purpose", 300),
        questions=_questions(text_in(request, "questions", 8000)), every_days=number_in(request, "every_days") or 0,
        ends_on=day_in(request, "ends_on"),
    )  # fmt: skip
    return _("Registered: %(n)d questions are asked, %(m)d are looked up.") % {
        "n": len(made.questions),
        "m": len(made.known),
    }


def _questions(text: str) -> list[actions.Wanted]:
    """One a line; after an equals sign the field that holds the answer, where the office knows it."""
    rows = [line.strip() for line in text.splitlines() if line.strip()]
    parts = [line.replace("＝", "=").partition("=") for line in rows[:100]]
    return [actions.Wanted(title.strip(), field.strip()) for title, _sign, field in parts]
