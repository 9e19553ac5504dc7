"""The API's one door: who asks, as which grant, and errors in both languages.

    @router.post("/declarations")
    @allow(role="resident_desk")
    def declare(request, body: Declaration): ...

An operation that names no role stops start-up. It runs inside ``acting(request.scope)``.

What strangers may call says so twice: ``auth=None`` in the router's decorator and ``@allow(role=PUBLIC)``.
It has no scope: whatever it touches must open by itself (a code, a token, a signature).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer
from pydantic import ConfigDict

from yanmen.base.refusals import TooOften
from yanmen.desk import clock, grants
from yanmen.desk.errors import refusal_of
from yanmen.desk.machines import scope_of_key
from yanmen.desk.pages import ANY, PUBLIC, names_of
from yanmen.desk.remedies import remedy_for
from yanmen.loop.kinds import Role
from yanmen.registry.scope import Scope, acting

F = TypeVar("F", bound=Callable[..., Any])


class Input(Schema):
    """Base of everything the API takes in: a field nobody declared is an error."""

    model_config = ConfigDict(extra="forbid")


def allow(*, role: str | Role | Iterable[str | Role]) -> Callable[[F], F]:
    """Say which roles may call an operation. Stands below the router's decorator."""
    roles = names_of(role)
    if not roles:
        raise ImproperlyConfigured("allow(role=…): name at least one role, or ANY")

    def mark(operation: F) -> F:
        operation.roles = roles  # type: ignore[attr-defined]
        return operation

    return mark


class SessionGrant(APIKeyCookie):
    """A signed-in person: the grant chosen in this session. CSRF holds."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Scope | None:
        if not request.user.is_authenticated:
            return None
        return _enter(request, grants.chosen(request, clock.now()))


class MachineKey(HttpBearer):
    """A machine: a bearer key with a scope and an expiry."""

    def authenticate(self, request: HttpRequest, token: str) -> Scope | None:
        return _enter(request, scope_of_key(request, clock.now()))


def build_api(routers: Mapping[str, Router]) -> NinjaAPI:
    """The API with every subsystem's router under its name."""
    api = NinjaAPI(title="Yanmen", version="1", docs_url=None, auth=[MachineKey(), SessionGrant()])
    api.add_decorator(_within_scope)
    for name, router in routers.items():
        _require_roles(name, router)
        api.add_router("/" + name.replace("_", "-") + "/", router, tags=[name])
    _answer_errors(api)
    return api


def _enter(request: HttpRequest, scope: Scope | None) -> Scope | None:
    request.scope, request.now = scope, clock.now()  # type: ignore[attr-defined]
    return scope


def _within_scope(operation: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(operation)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        roles: frozenset[str] = operation.roles  # type: ignore[attr-defined]
        if PUBLIC in roles:
            _enter(request, None)
            return operation(request, *args, **kwargs)
        scope: Scope = request.scope  # type: ignore[attr-defined]
        if ANY not in roles and scope.role not in roles:
            raise HttpError(403, f"needs one of the roles: {', '.join(sorted(roles))}")
        with acting(scope):
            return operation(request, *args, **kwargs)

    return run


def _require_roles(name: str, router: Router) -> None:
    for path, view in router.path_operations.items():
        for operation in view.operations:
            roles: frozenset[str] = getattr(operation.view_func, "roles", frozenset())
            if not roles:
                raise ImproperlyConfigured(f"API {name}{path}: say who may call it with @allow(role=…)")
            if (PUBLIC in roles) != (operation.auth_param is None) or (PUBLIC in roles and len(roles) > 1):
                raise ImproperlyConfigured(
                    f"API {name}{path}: what strangers may call needs both auth=None and @allow(role=PUBLIC) alone"
                )


def _answer_errors(api: NinjaAPI) -> None:
    def answer(request: HttpRequest, errors: list[dict[str, Any]], status: int) -> HttpResponse:
        return api.create_response(request, {"errors": errors}, status=status)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return answer(request, [remedy_for(one) for one in error.errors], 422)

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(
            request,
            [
                _said(
                    "请先登录，或在 Authorization 头中提供有效的密钥。",
                    "Sign in, or send a valid key in the Authorization header.",
                )
            ],
            401,
        )

    @api.exception_handler(Http404)
    def absent(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(request, [_said("在您的辖区内没有找到。", "Nothing of that name in your area.")], 404)

    @api.exception_handler(HttpError)
    def plain(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(request, [_said(_ZH.get(error.status_code, "请求被拒绝。"), str(error))], error.status_code)

    @api.exception_handler(Exception)
    def any_other(request: HttpRequest, error: Exception) -> HttpResponse:
        refusal = refusal_of(error)
        if refusal is None:
            raise error
        if isinstance(error, TooOften):
            later = answer(request, [refusal], 429)
            later["Retry-After"] = str(error.retry_after)
            return later
        return answer(request, [refusal], 422)


_ZH = {400: "请求内容无法读取。", 403: "您当前的角色不能进行此操作。", 429: "请求过于频繁，请稍后再试。"}


def _said(zh: str, en: str) -> dict[str, Any]:
    return {"field": "", "value": "", "message": {"zh": zh, "en": en}, "remedy": {"zh": "", "en": ""}}
