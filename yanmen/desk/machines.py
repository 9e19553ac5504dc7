"""Machines that call: a bearer key is a grant of its own, scoped and expiring."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from yanmen.registry.accounts import scope_of_api_key
from yanmen.registry.scope import Scope


def scope_of_key(request: HttpRequest, now: datetime) -> Scope | None:
    """The scope of the request's bearer key, or None."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        return None
    return scope_of_api_key(secret.strip(), now)
