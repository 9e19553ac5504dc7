"""Issuing keys: made once, changed in time, revoked, and listed under the root key."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from yanmen.base import credentials
from yanmen.base.issuing import LEAD, LIVES, IssuingKeys
from yanmen.base.key_list import USES, KeyList
from yanmen.base.refusals import Malformed, Refusal
from yanmen.base.signing import FileSigner
from yanmen.base.tests.edge_vectors import NOW, SIGNERS, claims
from yanmen.base.verdict import DoorPolicy, judge


@pytest.fixture
def keys(tmp_path):
    return IssuingKeys.open(tmp_path / "issuing")


def reason(keys, code, at):
    shown = credentials.show(code, SIGNERS["phone"], at)
    return judge(shown, keys=keys.known(at), changes=None, policy=DoorPolicy(), now=at).reason


def code_of(keys, at, **said):
    moment = int(at.timestamp())
    times = {"issued_at": moment, "not_before": moment, "expires_at": moment + 86400, **said}
    return credentials.issue(claims(1, **times), keys.signer("code", at))


def test_there_is_one_key_a_use_and_a_root(keys):
    assert sorted(each.use for each in keys.keys) == sorted(USES)
    assert len({each.key_id for each in keys.keys} | {keys.root.key_id.hex()}) == len(USES) + 1


def test_opening_again_finds_the_same_keys(keys, tmp_path):
    again = IssuingKeys.open(tmp_path / "issuing")
    assert again.keys == keys.keys
    assert again.root.public_key == keys.root.public_key
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "issuing").glob("*.pem")} == {0o600}


def test_processes_that_open_at_once_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: IssuingKeys.open(tmp_path / "issuing"), range(8)))
    assert len({each.root.key_id for each in opened}) == 1
    assert len({each.keys for each in opened}) == 1


def test_a_new_key_is_listed_before_it_signs_and_the_old_verifies_until_its_codes_have_ended(keys):
    old = keys.current("code", NOW)
    before = code_of(keys, NOW)
    (new,) = keys.rotate(NOW, uses=["code"])
    assert keys.current("code", NOW).key_id == old.key_id
    assert keys.known(NOW).find(bytes.fromhex(new.key_id), "code") is not None
    changed = NOW + LEAD
    assert keys.current("code", changed).key_id == new.key_id
    last_of_old = code_of(keys, changed - timedelta(seconds=1))
    assert reason(keys, before, NOW + timedelta(hours=1)) == "valid"
    assert reason(keys, last_of_old, changed + timedelta(hours=23)) == "valid"
    assert reason(keys, code_of(keys, changed), changed) == "valid"
    ended = changed + LIVES["code"] + timedelta(seconds=1)
    assert keys.known(ended).find(bytes.fromhex(old.key_id), "code") is None


def test_rotating_twice_keeps_the_end_of_the_first(keys):
    keys.rotate(NOW, uses=["code"])
    end = keys.keys[0].until
    keys.rotate(NOW + timedelta(days=1), uses=["code"])
    assert keys.keys[0].until == end
    assert [each.until is None for each in keys.keys if each.use == "code"] == [False, False, True]


def test_a_revoked_key_is_listed_as_revoked_and_another_signs_at_once(keys):
    code, revoked = code_of(keys, NOW), keys.current("code", NOW)
    keys.revoke(bytes.fromhex(revoked.key_id), NOW)
    assert reason(keys, code, NOW) == "key_revoked"
    assert reason(keys, code_of(keys, NOW), NOW) == "valid"
    assert keys.current("code", NOW).key_id != revoked.key_id
    with pytest.raises(Refusal, match="no such key"):
        keys.revoke(bytes(8), NOW)


def test_another_process_sees_the_change_after_a_look(keys, tmp_path):
    other = IssuingKeys.open(tmp_path / "issuing")
    keys.rotate(NOW, lead=timedelta(0))
    assert other.current("code", NOW).key_id != keys.current("code", NOW).key_id
    other.refresh()
    assert other.keys == keys.keys
    assert other.signer("code", NOW).public_key == keys.signer("code", NOW).public_key


def test_a_key_may_live_elsewhere(keys, tmp_path):
    elsewhere = FileSigner.open(tmp_path / "safe" / "code.pem")
    keys.rotate(NOW, uses=["code"], lead=timedelta(0), address=f"file:{tmp_path / 'safe' / 'code.pem'}")
    assert keys.signer("code", NOW).public_key == elsewhere.public_key


def test_a_list_that_another_root_signed_is_refused(keys):
    for wrong in (FileSigner.generate().public_key, keys.signer("list", NOW).public_key):
        with pytest.raises(Malformed, match="signature"):
            KeyList.read(keys.signed_list(NOW), wrong)


def test_a_key_has_one_use_and_is_taken_once(keys):
    again = next(each.address for each in keys.keys if each.use == "code")
    for uses, address in ((("code",), again), (("paper",), again), (("code", "paper"), "file:somewhere.pem")):
        with pytest.raises(Refusal, match="one use"):
            keys.rotate(NOW, uses=uses, address=address)


def test_a_new_key_never_lies_in_the_file_of_another(keys, tmp_path):
    keys.rotate(NOW, uses=("code",))
    (tmp_path / "issuing" / "code-1.pem").unlink()  # what has run out may be put away
    (new,) = keys.rotate(NOW + timedelta(days=1), uses=("code",))
    assert new.address == "file:code-3.pem"
    assert [each.key_id for each in keys.keys].count(new.key_id) == 1


def test_a_verifier_needs_no_private_key_but_that_of_codes(keys, tmp_path):
    folder = tmp_path / "edge"
    folder.mkdir()
    for name in ("keys.json", "code-1.pem"):
        (folder / name).write_bytes((tmp_path / "issuing" / name).read_bytes())
    edge = IssuingKeys(folder)
    assert reason(edge, code_of(edge, NOW), NOW) == "valid"
    assert edge.known(NOW) == keys.known(NOW) == KeyList.read(keys.signed_list(NOW), keys.root.public_key)
    with pytest.raises(OSError, match="root"):
        edge.signed_list(NOW)
