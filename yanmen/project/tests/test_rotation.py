"""A new sealing key: whatever any register sealed opens afterwards, and no model forgets to say what it seals."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.apps import apps
from django.conf import settings as configured

from yanmen.base.clock import BEIJING
from yanmen.base.ids import uuid7
from yanmen.base.sealing import KeyRing, key_name
from yanmen.registry import vault
from yanmen.registry.rotation import rotate, sealed_models
from yanmen.registry.vault import ring

START = datetime(2022, 9, 1, 9, tzinfo=BEIJING)


@pytest.fixture
def own_ring(tmp_path, monkeypatch):
    """A key ring of this test's own."""
    KeyRing.generate("first").save(tmp_path / "keyring.json")
    monkeypatch.setattr(configured, "YANMEN_KEYRING", tmp_path / "keyring.json")
    vault._open.cache_clear()
    yield
    vault._open.cache_clear()


def test_a_new_key_seals_the_rows_of_every_register(clean, own_ring):
    door = apps.get_model("grid", "Door")(area="140105", address="合成路1号", made_at=START, made_by="test")
    door.save(using="owner")
    key = uuid7(START)
    apps.get_model("grid", "Edit")(
        key=key, door=door, area="140105", field="contact_phone", outcome="created", said_at=START, recorded_at=START, by="test",
        sealed=ring().seal("13800000001", f"grid_edit.value:{key}"), digest=b"d",
    ).save(using="owner")  # fmt: skip
    apps.get_model("risk_areas", "Receiver")(
        area="140105", name_zh="小店区", key_sealed=ring().seal("secret", "risk_areas.receiver"), created_at=START, created_by="test"
    ).save(using="owner")  # fmt: skip
    assert rotate("second") == 2
    assert list(ring().sealing) == ["second"]
    edit = apps.get_model("grid", "Edit").objects.using("owner").get()
    receiver = apps.get_model("risk_areas", "Receiver").objects.using("owner").get()
    assert key_name(bytes(edit.sealed)) == "second"
    assert ring().unseal(bytes(edit.sealed), f"grid_edit.value:{key}") == "13800000001"
    assert ring().unseal(bytes(receiver.key_sealed), "risk_areas.receiver") == "secret"
    assert rotate("second") == 0


def test_every_sealed_column_is_named():
    named = {f"{model._meta.db_table}.{column}" for model, columns in sealed_models().items() for column in columns}
    found = {
        f"{model._meta.db_table}.{field.attname}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if getattr(field, "attname", "").endswith("sealed")
    }
    assert found == named
