"""Peace and emergency: list, preflight, propose, approve, undo, renew. 平战转换：查看、检查、提出、批准、撤销、续期。"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from yanmen.base.refusals import Refusal
from yanmen.project.cli import start_django
from yanmen.project.moments import day

SAID = {
    "propose": "已提出，编号 {0}，待另一单位批准。\nProposed: {0}. Another unit has to approve it.",
    "renew": "已提出续期，编号 {0}，待另一单位批准。\nRenewal proposed: {0}. Another unit has to approve it.",
    "approve": "已批准 {0} 个地区。\nApproved: {0} areas.",
    "undo": "恢复平时 {0[reversed]} 个地区，未转即撤销 {0[cancelled]} 个。\n{0[reversed]} reversed, {0[cancelled]} cancelled before they switched.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="list|preflight|propose|approve|undo|renew", required=True)
    for name, told in (("list", "what was proposed and what is in force"), ("preflight", "is everything ready")):
        acts.add_parser(name, help=told).add_argument(
            "area", nargs="?", default="", help="code of the area; the province by default"
        )
    propose = acts.add_parser("propose", help="propose that areas switch to emergency")
    propose.add_argument("areas", nargs="+", metavar="AREA")
    propose.add_argument("--from", dest="starts_on", type=day, required=True, metavar="DATE")
    propose.add_argument(
        "--apart", dest="apart_days", type=_days, default=0, metavar="DAYS", help="days between one area and the next"
    )
    propose.add_argument("--desk", default="*")
    propose.add_argument("--disease", default="covid19")
    approve = acts.add_parser("approve", help="approve a switch, as another account of another unit")
    undo = acts.add_parser("undo", help="cancel what has not switched yet, reverse what has")
    for each in (approve, undo):
        each.add_argument("switch")
    undo.add_argument("--reason", required=True)
    undo.add_argument("--area", default="")
    renew = acts.add_parser("renew", help="propose that an emergency goes on")
    renew.add_argument("proposal")
    for each in (propose, renew):
        each.add_argument("--until", dest="ends_on", type=day, required=True, metavar="DATE")
        each.add_argument("--clause", required=True)
        each.add_argument(
            "--unready", dest="unready_reason", default="", help="why it goes on though something is not ready"
        )
    for each in (propose, renew, undo):
        each.add_argument("--document", required=True)
    for each in (propose, renew, undo, approve):
        each.add_argument("--unit", required=True)
        each.add_argument("--by", dest="username", required=True, help="name of the account that signs")


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"“{text}”不是天数，请写整数，如2。 “{text}” is no number of days. Write 2.")
    return int(text)


def run(options: argparse.Namespace) -> int:
    start_django()
    from yanmen.desk import clock
    from yanmen.registry.scope import acting

    now, given = clock.now(), dict(vars(options))
    act = given.pop("act")
    looks = {"list": _list, "preflight": _preflight}
    try:
        scope = _scope(given.pop("username", ""), given.pop("area", "") if act in looks else "", now)
        with acting(scope, now=now):
            if act in looks:
                looks[act](scope, now)
            else:
                print(_do(act, scope, now, given))
    except Refusal as fault:
        about = f"{fault.field}: {fault.value}\n" if fault.field else ""
        print(f"{about}{fault.zh}\n{fault.en}", file=sys.stderr)
        return 1
    return 0


def _do(act: str, scope: Any, now: Any, given: dict[str, Any]) -> str:
    from yanmen.subsystems.command.actions import mode as actions

    wanted = {
        "propose": ("areas", "starts_on", "apart_days", "desk", "disease", "ends_on", "clause", "unready_reason", "document", "unit"),
        "approve": ("switch", "unit"), "undo": ("switch", "reason", "area", "document", "unit"),
        "renew": ("proposal", "ends_on", "clause", "unready_reason", "document", "unit"),
    }[act]  # fmt: skip
    done = getattr(actions, act)(
        scope=scope, by=scope.by, now=now, **{name: given[name] for name in wanted if name in given}
    )
    return SAID[act].format(done)


def _scope(username: str, area: str, now: Any) -> Any:
    """As the account that signs, in its role at the command centre; to look, as the operator of the machine."""
    from yanmen.loop.own_kinds import COMMAND
    from yanmen.registry.accounts import scopes_of
    from yanmen.registry.areas import area as registered
    from yanmen.registry.models import Account, Area
    from yanmen.registry.scope import system

    if not username:
        provinces = Area.objects.using("loop").filter(level="province", valid_to=None).values_list("code", flat=True)
        code = area or provinces.first()
        if not code:
            raise Refusal("没有辖区，请先导入。", "There are no areas yet: import them first.")
        return system(registered(str(code)).code)
    account = Account.objects.using("loop").filter(username=username).first()
    held = [each for each in scopes_of(account, now) if each.role == COMMAND.name] if account else []
    if not held:
        raise Refusal(
            f"“{username}”不是指挥部工作人员的账号，请由其账号签署。", f"“{username}” is no account of command-centre staff. Sign as one of them.",
            field="by", value=username,
        )  # fmt: skip
    return held[0]


def _list(scope: Any, now: Any) -> None:
    from yanmen.subsystems.command.queries import mode as queries

    table = Table(
        "switch", "proposal", "area", "desk", "days", "document", "state", title=f"{scope.area} · {now:%Y-%m-%d %H:%M}"
    )
    for each in queries.proposals(scope, now=now):
        zh, en = each.state_title["zh"], each.state_title["en"]
        table.add_row(
            each.switch,
            str(each.id),
            each.area,
            each.desk,
            f"{each.starts_on} – {each.ends_on}",
            each.document,
            f"{zh} {en}",
        )
    Console(width=200).print(table)


def _preflight(scope: Any, now: Any) -> None:
    from yanmen.desk.readiness import ready

    table = Table("state", "check", "have", "need", "remedy")
    for one in ready(scope, now=now):
        remedy = "" if one.state == "ok" else f"{one.check.remedy['zh']} {one.check.remedy['en']}"
        table.add_row(
            one.state,
            f"{one.check.zh} {one.check.en}",
            "?" if one.have is None else str(one.have),
            str(one.need),
            remedy,
        )
    Console(width=160).print(table)
