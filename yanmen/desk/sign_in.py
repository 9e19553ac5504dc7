"""Signing in: staff accounts only, made by administrators; then the choice of a grant."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yanmen.desk import clock, grants
from yanmen.desk.networks import network_of


class StaffOnly(DefaultAccountAdapter):
    """Nobody signs up by themselves, and nobody is told whether a name exists."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("desk.grants")

    def get_client_ip(self, request: HttpRequest) -> str:
        return network_of(request)


@login_required
@require_http_methods(["GET", "POST"])
def grants_page(request: HttpRequest) -> HttpResponse:
    """Which role, in which area, for which purpose this session acts as."""
    now = clock.now()
    if request.method == "POST":
        if grants.choose(request, request.POST.get("grant", ""), now):
            return redirect(_next(request))
        messages.error(request, _("That role is no longer yours. Choose another one."))
    scopes = grants.choices(request, now)
    if len(scopes) == 1 and request.method == "GET":
        grants.choose(request, grants.key(scopes[0]), now)
        return redirect(_next(request))
    options = [(grants.key(scope), scope) for scope in scopes]
    context = {"options": options, "acting": grants.chosen(request, now), "next": _next(request)}
    return render(request, "desk/grants.html", context, status=200 if scopes else 403)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe else reverse("desk.start")
