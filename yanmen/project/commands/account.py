"""Accounts and their roles, by the operator of the machine: create, grant, list. 账号与授权。"""

from __future__ import annotations

import argparse
import getpass
import sys

from yanmen.base.clock import SystemClock
from yanmen.base.refusals import Refusal
from yanmen.project.cli import start_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    create = acts.add_parser("create", help="open an account; the password is asked for, or read from standard input")
    create.add_argument("username")
    create.add_argument("--name", default="")
    create.add_argument("--language", choices=("zh-hans", "en"), default="zh-hans")
    grant = acts.add_parser("grant", help="give an account a role in an area")
    grant.add_argument("username")
    grant.add_argument("role")
    grant.add_argument("area", help="code, such as 1401")
    grant.add_argument("--purpose", default="control")
    acts.add_parser("list", help="accounts and their grants")


def run(args: argparse.Namespace) -> int:
    start_django()
    try:
        return {"create": _create, "grant": _grant, "list": _list}[args.act](args)
    except Refusal as refusal:
        print(f"{refusal.zh}\n{refusal.en}", file=sys.stderr)
        return 1


def _create(args: argparse.Namespace) -> int:
    from yanmen.registry.accounts import create_account

    password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    now = SystemClock().now()
    name = args.name or args.username
    create_account(username=args.username, name=name, password=password, language=args.language, now=now, using="owner")
    return 0


def _grant(args: argparse.Namespace) -> int:
    from yanmen.loop.catalogue import catalogue
    from yanmen.registry.accounts import grant_role
    from yanmen.registry.models import Account

    account = Account.objects.using("owner").filter(username=args.username.lower()).first()
    if account is None or args.role not in catalogue.roles:
        raise Refusal(
            f"没有此账号或角色。角色有：{', '.join(sorted(catalogue.roles))}。",
            f"There is no such account or role. Roles: {', '.join(sorted(catalogue.roles))}.",
        )
    now = SystemClock().now()
    grant_role(
        account=account, role=args.role, area=args.area, purpose=args.purpose, by="operator", now=now, using="owner"
    )
    return 0


def _list(args: argparse.Namespace) -> int:
    from yanmen.registry.models import Account

    for account in Account.objects.using("owner").prefetch_related("grants").order_by("username"):
        print(f"{account.username} {account.name}{'' if account.is_active else ' (inactive)'}")
        for grant in account.grants.all():
            until = f" until {grant.valid_to:%Y-%m-%d}" if grant.valid_to else ""
            print(f"    {grant.role} {grant.area} {grant.purpose}{until}")
    return 0
