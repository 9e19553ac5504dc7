"""What a unit has in hand, and what it says of it; requests upward."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yanmen.desk.asking import asked_by, moment_of
from yanmen.desk.pages import page
from yanmen.registry.scope import Scope
from yanmen.subsystems.command.actions import orders as order_actions
from yanmen.subsystems.command.actions import receipts as actions
from yanmen.subsystems.command.actions import requests as request_actions
from yanmen.subsystems.command.methods import order_words as words
from yanmen.subsystems.command.methods.targets import next_level
from yanmen.subsystems.command.pages.fields import HOLDS, LOOKS, moment_in, must_hold, no_such_act, number_in, text_in
from yanmen.subsystems.command.queries import orders as queries
from yanmen.subsystems.command.queries import requests as asking

FINISHED = ("verified", "recalled")
TOLD = {"read": "read", "accept": "accept"}


@page(
    "command/inbox/",
    role=LOOKS,
    name="command.inbox",
    zh="收到的指令",
    en="Orders in hand",
    icon="tasks",
    order=13,
    methods=("GET", "POST"),
)
def inbox(request: HttpRequest, scope: Scope) -> HttpResponse:
    """Orders to the asker's own unit, unfinished first, and those it gave that are not over; one button says that all of them arrived."""
    if request.method == "POST":
        must_hold(scope)
        many = actions.receive(**asked_by(request))
        messages.success(request, _("Received: %(n)d.") % {"n": many})
        return redirect("command.inbox")
    rows, now = list(queries.inbox(scope)), moment_of(request)
    context = {
        "rows": [each for each in rows if each.state not in FINISHED], "over": [each for each in rows if each.state in FINISHED],
        "fresh": sum(1 for each in rows if each.state == "issued"), "now": now, "words": words, "may": scope.role in HOLDS,
        "given": queries.board(scope, now=now),
    }  # fmt: skip
    return render(request, "command/inbox.html", context)


@page(
    "command/receipts/<int:receipt>/", role=LOOKS, name="command.receipt", zh="办理指令", en="An order in hand", methods=("GET", "POST"), nav=False,
)  # fmt: skip
def in_hand(request: HttpRequest, scope: Scope, receipt: int) -> HttpResponse:
    """One order in a unit's hands: read, accept, pass on, done; its clock at each hop."""
    found = queries.receipt(scope, receipt)
    if found is None:
        raise Http404(str(receipt))
    if request.method == "POST":
        must_hold(scope)
        _act(request, scope, receipt)
        return redirect("command.receipt", receipt=receipt)
    mine = found.area == scope.area and scope.role in HOLDS and found.order.state == "open"
    now = moment_of(request)
    below = [(each, queries.coverage(scope, each, now=now)) for each in found.orders.all()]
    context = {
        "receipt": found, "order": found.order, "mine": mine, "now": now, "words": words, "below": below,
        "level": next_level(scope.area), "hops": _hops(found), "wanted": words.WANTED,
    }  # fmt: skip
    return render(request, "command/receipt.html", context)


@page(
    "command/requests/",
    role=LOOKS,
    name="command.requests",
    zh="请示求援",
    en="Requests upward",
    icon="arrow",
    order=15,
    methods=("GET", "POST"),
)
def requests(request: HttpRequest, scope: Scope) -> HttpResponse:
    """What units below ask, with its clock; what the asker's unit asked itself."""
    if request.method == "POST":
        must_hold(scope)
        _answer_or_ask(request, scope)
        return redirect("command.requests")
    now = moment_of(request)
    context = {
        "incoming": asking.incoming(scope, now=now), "outgoing": asking.outgoing(scope, now=now), "now": now, "words": words,
        "may": scope.role in HOLDS, "has_above": len(scope.area) > 2,
    }  # fmt: skip
    return render(request, "command/requests.html", context)


def _act(request: HttpRequest, scope: Scope, receipt: int) -> None:
    act = request.POST.get("act", "")
    if act == "read":
        actions.read(receipt=receipt, **asked_by(request))
    elif act == "accept":
        actions.accept(receipt=receipt, **asked_by(request))
    elif act == "done":
        actions.done(receipt=receipt, note=text_in(request, "note", 1000), **asked_by(request))
    elif act == "split":
        held = queries.receipt(scope, receipt)
        assert held is not None  # looked up by the page itself
        made = order_actions.split(
            receipt=held, text=text_in(request, "text", 4000), due_at=moment_in(request, "due_at"), **asked_by(request)
        )
        messages.success(request, _("The order was given to %(n)d units.") % {"n": made.target_count})
    else:
        raise no_such_act(act)


def _answer_or_ask(request: HttpRequest, scope: Scope) -> None:
    act = request.POST.get("act", "")
    if act == "seen":
        request_actions.see(**asked_by(request))
    elif act == "answer":
        request_actions.answer(
            request=number_in(request, "request") or 0, outcome=text_in(request, "outcome", 10), reason=text_in(request, "reason", 1000),
            **asked_by(request),
        )  # fmt: skip
    elif act == "ask":
        number = number_in(request, "receipt")
        request_actions.ask(
            kind=text_in(request, "kind", 20), text=text_in(request, "text", 2000), amount=number_in(request, "amount"),
            needed_at=moment_in(request, "needed_at"), receipt=queries.receipt(scope, number) if number else None, **asked_by(request),
        )  # fmt: skip
        messages.success(request, _("Asked; the clock of the unit above runs."))
    else:
        raise no_such_act(act)


def _hops(one: object) -> list[dict[str, object]]:
    """Each hop with when it was due and when it came."""
    wanted = (("receive", "receive_by", "received_at"), ("read", "read_due", "read_at"), ("accept", "accept_due", "accepted_at"), ("done", "due_at", "done_at"))  # fmt: skip
    found: list[dict[str, object]] = [
        {"hop": hop, "due": getattr(one, due), "at": getattr(one, at)} for hop, due, at in wanted
    ]
    return [*found, {"hop": "verify", "due": None, "at": one.verified_at}]
