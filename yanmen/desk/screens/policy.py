"""Policy pages: rules as tables with sources and grades, what differs between dates, try before publish."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_date

from yanmen.base.clock import local_date
from yanmen.base.refusals import Refusal
from yanmen.desk import policy_book, said, trials
from yanmen.desk.kinds import COMMAND, INSPECTOR, POLICY_AUTHOR
from yanmen.desk.pages import ANY, page
from yanmen.desk.words import SUBSYSTEMS
from yanmen.registry.scope import Scope


@page("policy/", role=ANY, name="desk.policy", zh="政策", en="Policy", icon="book", group="policy", order=1)
def policy(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Every rule that holds here on a day, by field."""
    day = _day(request, "day")
    fields: dict[str, list[dict[str, Any]]] = {}
    for rule, edition in policy_book.on_day(day, scope.area):
        row: dict[str, Any] = {"rule": rule, "edition": edition, "off": edition is None or edition.off}
        if edition and not edition.off:
            row["stages"] = said.value_in_words("stages", [policy_book.stage_of(stage) for stage in edition.stages])
        fields.setdefault(rule.id.split(".")[0], []).append(row)
    shelves = [(_field_title(name, rows), sorted(rows, key=lambda row: row["off"])) for name, rows in fields.items()]
    timelines = [pack for pack in policy_book.book().packs if len(pack.editions) > 1]
    return render(request, "desk/policy.html", {"fields": shelves, "day": day, "timelines": timelines})


def _field_title(name: str, rows: list[dict[str, Any]]) -> Any:
    """The field's own title, or that of the pack it comes from."""
    return SUBSYSTEMS.get(name) or policy_book.book().pack(rows[0]["rule"].pack)


@page("policy/rule/<str:name>/", role=ANY, name="desk.rule", zh="规则", en="Rule", icon="book")
def rule(request: HttpRequest, scope: Scope, name: str) -> HttpResponse:
    """One rule: what it asks, and each edition's values with source and grade."""
    found = policy_book.rule_or_none(name)
    if found is None:
        raise Http404
    day = _day(request, "day")
    editions = policy_book.book().of(name)
    current = policy_book.book().at(name, max(scope.area, found.area, key=len), day)
    values = current.values if current else {}
    context = {
        "rule": found,
        "lines": [{"text": line, "said": said.line_in_words(found, line, values)} for line in found.when],
        "editions": [{"edition": one, "current": one is current} for one in editions],
        "current": current,
        "rows": []
        if current is None or current.off
        else [
            {"line": line, "said": said.value_in_words(line.name, line.value)} for line in policy_book.lines(current)
        ],
        "day": day,
    }
    return render(request, "desk/rule.html", context)


@page(
    "policy/diff/", role=ANY, name="desk.diff", zh="政策对比", en="Compare dates", icon="diff", group="policy", order=2
)
def diff(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What changes between two days."""
    named = [edition for pack in policy_book.book().packs for edition in pack.editions if len(pack.editions) > 1]
    second = _day(request, "to")
    first = parse_date(request.GET.get("from", "")) or _previous(named, second)
    rules: dict[str, dict[str, Any]] = {}
    for one in policy_book.differences(first, second, scope.area):
        row = {
            "difference": one,
            "before": said.value_in_words(one.name, one.before),
            "after": said.value_in_words(one.name, one.after),
        }
        rules.setdefault(one.rule.id, {"rule": one.rule, "rows": []})["rows"].append(row)
    return render(
        request, "desk/diff.html", {"rules": rules.values(), "first": first, "second": second, "named": named}
    )


@page(
    "policy/try/",
    role=(POLICY_AUTHOR, COMMAND, INSPECTOR),
    name="desk.try",
    zh="政策试算",
    en="Try a policy",
    icon="try",
    group="policy",
    methods=("GET", "POST"),
)
def try_policy(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Who would be affected, before anything is published."""
    result = None
    if request.method == "POST":
        upload = request.FILES.get("pack")
        if upload is None:
            raise Refusal(
                "请选择一个政策包（.zip）或规则文件（.yaml）。",
                "Choose a pack (.zip) or a rule file (.yaml).",
                field="pack",
            )
        result = trials.attempt(scope, upload.name or "", upload.read(), now=request.now)  # type: ignore[attr-defined]
    return render(request, "desk/try.html", {"result": result})


def _day(request: HttpRequest, name: str) -> date:
    asked = request.POST.get(name) or request.GET.get(name) or ""
    return parse_date(asked) or local_date(request.now)  # type: ignore[attr-defined]


def _previous(named: list[Any], day: date) -> date:
    before = sorted(one.valid_from for one in named if one.valid_from < day)
    return before[-2] if len(before) > 1 else (before[0] if before else day)
