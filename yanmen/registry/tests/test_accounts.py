"""Accounts, grants, keys."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError

from yanmen.base.refusals import Refusal
from yanmen.registry.tests.conftest import NOW, account, scope

pytestmark = pytest.mark.usefixtures("shanxi")


def test_an_account_without_grants_may_act_as_nothing():
    from yanmen.registry.accounts import scopes_of

    assert scopes_of(account(), NOW) == []


def test_grants_begin_and_end():
    from yanmen.registry.accounts import end_grant, grant_role, scopes_of
    from yanmen.registry.scope import Scope

    own = account()
    later = NOW + timedelta(days=1)
    grant = grant_role(account=own, role="lead", area="1401", valid_from=later, by="operator", now=NOW, using="owner")
    assert scopes_of(own, NOW) == []
    assert scopes_of(own, later) == [Scope(own.pk, "lead", "1401")]
    end_grant(grant, now=later + timedelta(hours=1), using="owner")
    assert scopes_of(own.pk, later + timedelta(hours=2)) == []


def test_an_administrator_grants_in_their_area_but_not_elsewhere_and_not_to_themselves():
    from yanmen.registry.accounts import create_account, grant_role, scopes_of
    from yanmen.registry.scope import acting

    admin = scope("1401", purpose="administration", role="administrator")
    with acting(admin):
        other = create_account(username="New.Person", name="新人", password="correct horse battery", now=NOW)
        grant_role(account=other, role="grid_officer", area="140121", by=admin.by, now=NOW)
    assert [each.area for each in scopes_of(other, NOW)] == ["140121"]
    for aim, area in ((other, "1402"), (other, "14"), (admin.account, "140121")):
        with pytest.raises(ProgrammingError), acting(admin):
            grant_role(account=aim, role="grid_officer", area=area, by=admin.by, now=NOW)
    with pytest.raises(ProgrammingError), acting(scope("1401")):
        grant_role(account=other, role="grid_officer", area="140121", by="x", now=NOW)


def test_user_names_are_taken_once_whatever_their_case():
    from yanmen.registry.accounts import create_account

    account("wang")
    with pytest.raises(Refusal, match="taken"):
        create_account(username=" Wang ", name="王", now=NOW, using="owner")
    with pytest.raises(Refusal) as weak:
        create_account(username="weak", name="弱", password="12345", now=NOW, using="owner")
    assert weak.value.field == "password"


def test_a_key_acts_as_its_scope_until_it_expires_is_revoked_or_its_grant_ends():
    from yanmen.registry.accounts import end_grant, issue_api_key, revoke_api_key, scope_of_api_key
    from yanmen.registry.models import ApiKey, Grant
    from yanmen.registry.scope import acting

    own = scope("1401")
    soon = NOW + timedelta(days=30)
    with acting(own):
        secret = issue_api_key(scope=own.narrowed("140121"), label="lab", expires_at=soon, now=NOW)
        other = issue_api_key(scope=own, label="lab", expires_at=soon, now=NOW)
        revoke_api_key(ApiKey.objects.order_by("-pk")[0], now=NOW)
    assert scope_of_api_key(secret, NOW) == own.narrowed("140121")
    assert scope_of_api_key(other, NOW) is None
    assert scope_of_api_key(secret + "x", NOW) is None
    assert scope_of_api_key(secret, soon) is None
    assert not ApiKey.objects.exists()
    for grant in Grant.objects.using("owner").filter(account=own.account):
        end_grant(grant, now=NOW, using="owner")
    assert scope_of_api_key(secret, NOW + timedelta(hours=1)) is None


def test_a_key_cannot_be_wider_than_the_grant():
    from dataclasses import replace

    from yanmen.registry.accounts import issue_api_key
    from yanmen.registry.scope import acting

    own = scope("1401")
    for wider in (replace(own, role="chief"), replace(own, purpose="inspection")):
        with pytest.raises(ProgrammingError), acting(own):
            issue_api_key(scope=wider, label="", expires_at=NOW + timedelta(days=1), now=NOW)


def test_the_holder_of_a_role_is_the_nearest_one():
    from yanmen.registry.accounts import holders

    city, county = scope("1401", name="city"), scope("140121", name="county")
    found = {
        area: [each.pk for each in holders("community_officer", area, NOW, using="owner")]
        for area in ("140121", "140105", "1402")
    }
    assert found == {"140121": [county.account], "140105": [city.account], "1402": []}
