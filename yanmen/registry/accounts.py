"""Accounts, what they were granted, and the keys of machines."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from secrets import token_urlsafe

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q

from yanmen.base.area_codes import level_of
from yanmen.base.refusals import Refusal
from yanmen.registry import scope as scopes
from yanmen.registry.models import Account, ApiKey, Grant, Organisation
from yanmen.registry.scope import Scope

KEY_PREFIX = "ym_"


def create_account(
    *,
    username: str,
    name: str,
    password: str | None = None,
    language: str = "zh-hans",
    email: str = "",
    unit: Organisation | None = None,
    now: datetime,
    using: str = "default",
) -> Account:
    """Open an account; it can do nothing until it is granted a role. Without a password it cannot log in by password.

    As the application this needs a scope with the purpose `administration`; the operator's commands pass `using="owner"`.
    """
    username = username.strip().lower()
    if not username or Account.objects.using(using).filter(username=username).exists():
        raise Refusal(
            f"用户名“{username}”为空或已被使用，请换一个。",
            f'The user name "{username}" is empty or taken. Choose another.',
            field="username",
            value=username,
        )
    account = Account(username=username, name=name, language=language, email=email, unit=unit, created_at=now)
    if password is not None:
        _check_password(password, account)
    account.set_password(password)
    account.save(using=using)
    return account


def grant_role(
    *,
    account: Account | int,
    role: str,
    area: str,
    purpose: str = scopes.CONTROL,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    by: str,
    now: datetime,
    using: str = "default",
) -> Grant:
    """Give an account a role in an area. As the application: by an administrator of the area, never to oneself."""
    level_of(area)
    if purpose not in scopes.PURPOSES:
        known = ", ".join(scopes.PURPOSES)
        raise Refusal(
            f"没有用途“{purpose}”；可选：{known}。",
            f'There is no purpose "{purpose}". Choose one of: {known}.',
            field="purpose",
            value=purpose,
        )
    return Grant.objects.using(using).create(
        account_id=_pk(account),
        role=role,
        area=area,
        purpose=purpose,
        valid_from=valid_from or now,
        valid_to=valid_to,
        granted_by=by,
    )


def end_grant(grant: Grant, *, now: datetime, using: str = "default") -> None:
    """The role ends now."""
    Grant.objects.using(using).filter(pk=grant.pk).update(valid_to=now)


def scopes_of(account: Account | int, now: datetime) -> list[Scope]:
    """What an account may act as now, the widest area first. An inactive account may act as nothing."""
    pk = _pk(account)
    with scopes.settings({"account": str(pk)}):
        granted = Grant.objects.filter(_valid(now), account=pk, account__is_active=True).order_by(
            "area", "role", "purpose"
        )
        return list(dict.fromkeys(Scope(pk, *each) for each in granted.values_list("role", "area", "purpose")))


def holders(role: str, area: str, now: datetime, *, using: str = "default") -> list[Account]:
    """Who holds a role for an area: those granted it there, else those of the nearest area above."""
    granted = Grant.objects.using(using).filter(_valid(now), role=role, account__is_active=True)
    rows = [row for row in granted.select_related("account") if area.startswith(row.area)]
    nearest = max((len(row.area) for row in rows), default=0)
    return sorted({row.account for row in rows if len(row.area) == nearest}, key=lambda each: each.pk)


def issue_api_key(*, scope: Scope, label: str, expires_at: datetime, now: datetime, using: str = "default") -> str:
    """Make a key that acts as `scope` until it expires. The secret is shown once; only its digest is kept."""
    if scope.account is None:
        raise Refusal(
            "系统身份不能签发密钥。", "The system scope cannot be given a key. Choose an account.", field="account"
        )
    secret = KEY_PREFIX + token_urlsafe(32)
    ApiKey.objects.using(using).create(
        digest=_digest(secret),
        account_id=scope.account,
        label=label,
        role=scope.role,
        area=scope.area,
        purpose=scope.purpose,
        created_at=now,
        expires_at=expires_at,
    )
    return secret


def revoke_api_key(key: ApiKey, *, now: datetime, using: str = "default") -> None:
    """The key stops working at once."""
    ApiKey.objects.using(using).filter(pk=key.pk, revoked_at=None).update(revoked_at=now)


def scope_of_api_key(secret: str, now: datetime) -> Scope | None:
    """What the bearer of a key acts as; None if it is unknown, expired, revoked or its grant has ended."""
    digest = _digest(secret)
    with scopes.settings({"key": digest.hex()}):
        key = ApiKey.objects.filter(digest=digest, revoked_at=None, expires_at__gt=now).first()
    if key is None:
        return None
    asked = Scope(key.account_id, key.role, key.area, key.purpose)
    return asked if _covered(asked, scopes_of(key.account_id, now)) else None


def _covered(asked: Scope, granted: Iterable[Scope]) -> bool:
    return any(
        (each.role, each.purpose) == (asked.role, asked.purpose) and each.includes(asked.area) for each in granted
    )


def _valid(now: datetime) -> Q:
    return Q(valid_from__lte=now) & (Q(valid_to=None) | Q(valid_to__gt=now))


def _pk(account: Account | int) -> int:
    return account if isinstance(account, int) else account.pk


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _check_password(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as fault:
        raise Refusal(
            "密码过短或过于常见，请使用至少 10 位的其他密码。", " ".join(fault.messages), field="password"
        ) from fault
