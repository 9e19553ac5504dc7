"""Accounts of the demo: one for each first screen, plainly synthetic, with passwords that are printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from yanmen.desk.kinds import ACCOUNT_ADMINISTRATOR, COMMAND, DATA_CLERK, INSPECTOR, POLICY_AUTHOR
from yanmen.loop.catalogue import catalogue
from yanmen.registry.accounts import create_account, grant_role
from yanmen.registry.models import Account, Organisation
from yanmen.registry.scope import ADMINISTRATION, CONTROL, INSPECTION

BY = "demo"
UNIT = "雁门演练单位（虚构）"
UNIT_EN = "Yanmen drill unit (synthetic)"


@dataclass(frozen=True)
class DemoAccount:
    """One account and what it may act as."""

    username: str
    name: str
    grants: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Printed:
    """What the demo prints."""

    username: str
    password: str
    roles: str


def accounts() -> list[DemoAccount]:
    """The accounts; roles of subsystems that are not installed are left out."""
    every = [(name, "14", CONTROL) for name in sorted(catalogue.roles) if name not in _OWN]
    return [
        DemoAccount("commander", "演练指挥长", ((COMMAND.name, "14", CONTROL),)),
        DemoAccount("inspector", "演练督查员", ((INSPECTOR.name, "14", INSPECTION),)),
        DemoAccount("author", "演练政策员", ((POLICY_AUTHOR.name, "14", CONTROL),)),
        DemoAccount("clerk", "演练录入员", ((DATA_CLERK.name, "14", CONTROL),)),
        DemoAccount("officer", "演练业务员", tuple(every)),
        DemoAccount("taiyuan", "演练太原指挥部", ((COMMAND.name, "1401", CONTROL),)),
        DemoAccount("grid", "演练网格员", tuple(one for one in _grid() if one[0] in catalogue.roles)),
        DemoAccount("admin", "演练账号管理员", ((ACCOUNT_ADMINISTRATOR.name, "14", ADMINISTRATION),)),
    ]


_OWN = {kind.name for kind in (COMMAND, INSPECTOR, POLICY_AUTHOR, DATA_CLERK, ACCOUNT_ADMINISTRATOR)}


def _grid() -> tuple[tuple[str, str, str], ...]:
    return (("grid_officer", "140105", CONTROL),)


def create_demo_accounts(now: datetime, *, password: str = "") -> list[Printed]:
    """Make what is missing, give everyone a password, and say which. Runs as the owner."""
    unit, _ = Organisation.objects.using("owner").get_or_create(
        name_zh=UNIT, defaults={"name_en": UNIT_EN, "kind": "command", "area": "14", "created_at": now}
    )
    return [_make(one, unit, password or token_urlsafe(9), now) for one in accounts() if one.grants]


def _make(one: DemoAccount, unit: Organisation, password: str, now: datetime) -> Printed:
    account = Account.objects.using("owner").filter(username=one.username).first()
    if account is None:
        account = create_account(
            username=one.username, name=one.name, password=password, unit=unit, now=now, using="owner"
        )
    else:
        account.set_password(password)
        account.save(using="owner")
    held = set(account.grants.using("owner").values_list("role", "area", "purpose"))
    for role, area, purpose in one.grants:
        if (role, area, purpose) not in held:
            grant_role(account=account, role=role, area=area, purpose=purpose, by=BY, now=now, using="owner")
    roles = ", ".join(dict.fromkeys(f"{role} @ {area}" for role, area, _ in one.grants))
    return Printed(one.username, password, roles if len(one.grants) < 4 else f"{len(one.grants)} roles @ 14")
