"""A small world for the registry's tests: Shanxi's areas, and scopes in three of them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from yanmen.base.clock import BEIJING

PACK = Path(__file__).resolve().parents[3] / "packs" / "shanxi" / "areas"
NOW = datetime(2022, 10, 7, 9, 0, tzinfo=BEIJING)


@pytest.fixture
def shanxi(clean: str) -> Iterator[None]:
    """An empty register in a province with its areas."""
    from yanmen.registry import areas

    areas.load_pack(PACK)
    return


def account(name: str = "officer"):
    """An account, as the operator's command makes it."""
    from yanmen.registry.accounts import create_account

    return create_account(username=name, name=name, now=NOW, using="owner")


def scope(area: str, *, name: str = "", purpose: str = "control", role: str = "community_officer"):
    """A scope of an account that was granted it."""
    from yanmen.registry.accounts import grant_role
    from yanmen.registry.scope import Scope

    own = account(name or f"officer-{area}-{purpose}")
    grant_role(account=own, role=role, area=area, purpose=purpose, by="operator", now=NOW, using="owner")
    return Scope(own.pk, role, area, purpose)


def person(
    area: str, name: str = "李秀英", *, serial: int | None = None, born=None, phone: str = "", sex: str = "female"
):
    """A synthetic person, registered in the current scope."""
    from datetime import date

    from yanmen.base.identity import synthetic_resident_id
    from yanmen.registry.people import register_person

    born = born or date(1980, 5, 4)
    number = "" if serial is None else synthetic_resident_id(serial, born_on=born, sex=sex)
    return register_person(
        name=name, sex=sex, born_on=born, id_type="resident" if number else "", id_number=number, phone=phone, area=area,
        by="account:1", now=NOW,
    )  # fmt: skip


@pytest.fixture
def settings_keyring(tmp_path: Path) -> Iterator[Path]:
    """A key ring of this test's own, so that rotating it concerns nobody else."""
    from django.conf import settings

    from yanmen.registry import vault

    before = settings.YANMEN_KEYRING
    settings.YANMEN_KEYRING = tmp_path / "keyring.json"
    vault._open.cache_clear()
    yield settings.YANMEN_KEYRING
    settings.YANMEN_KEYRING = before
    vault._open.cache_clear()
