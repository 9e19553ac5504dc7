"""Signers by address: files, a hardware module, the national profile."""

import shutil
import subprocess
from pathlib import Path

import pytest

from yanmen.base import cose
from yanmen.base.signers import signer_at
from yanmen.base.signing import FileSigner, verify
from yanmen.base.sm2 import IDENTITY, Sm2Signer

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")


def test_a_key_file_is_found_by_its_address(tmp_path):
    kept = FileSigner.open(tmp_path / "code.pem")
    assert signer_at("file:code.pem", folder=tmp_path).public_key == kept.public_key


@pytest.mark.parametrize("address", ["", "code.pem", "http://example.org/key", "vault:code"])
def test_an_address_of_no_known_kind_is_refused_with_the_kinds_named(address):
    with pytest.raises(ValueError, match="pkcs11"):
        signer_at(address)


@pytest.fixture
def token(tmp_path, monkeypatch):
    """A SoftHSM token of its own with one P-256 key, and the address of that key."""
    if not SOFTHSM.exists() or not shutil.which("softhsm2-util"):
        pytest.skip("SoftHSM2 is not installed")
    pkcs11 = pytest.importorskip("pkcs11")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    (tmp_path / "pin").write_text("4711\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    made = ["softhsm2-util", "--init-token", "--free", "--label", "yanmen", "--pin", "4711", "--so-pin", "0815"]
    subprocess.run(made, check=True, capture_output=True)
    library = pkcs11.lib(str(SOFTHSM))
    library.reinitialize()
    parameters = pkcs11.util.ec.encode_named_curve_parameters("secp256r1")
    with library.get_token(token_label="yanmen").open(rw=True, user_pin="4711") as session:
        curve = {pkcs11.Attribute.EC_PARAMS: parameters}
        session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True).generate_keypair(
            store=True, label="code"
        )
    return f"pkcs11:token=yanmen;object=code?module-path={SOFTHSM}&pin-source={tmp_path / 'pin'}"


def test_a_hardware_module_signs_what_everyone_can_verify(token):
    signer = signer_at(token)
    message = cose.read1(cose.sign1(b"a health code", signer))
    assert message.key_id == signer.key_id
    assert message.verify(signer.public_key)
    assert not message.verify(FileSigner.generate().public_key)


def test_a_session_that_broke_is_opened_anew(token):
    signer = signer_at(token)
    signer._session.close()
    assert verify(public_key=signer.public_key, message=b"later", signature=signer.sign(b"later"))


def test_an_address_without_its_module_names_what_it_lacks(token):
    with pytest.raises(ValueError, match="module-path"):
        signer_at("pkcs11:token=yanmen;object=code")


# GM/T 0003.5-2012 (GB/T 32918.5-2017), appendix A.2: digital signature on the recommended curve.
SECRET = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC_X = "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
PUBLIC_Y = "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
NONCE = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def test_the_national_standard_s_own_signature_is_verified():
    signer = Sm2Signer(SECRET)
    assert signer.public_key[-64:].hex().upper() == PUBLIC_X + PUBLIC_Y
    assert verify(public_key=signer.public_key, message=b"message digest", signature=SIGNATURE, algorithm="SM2")
    assert not verify(public_key=signer.public_key, message=b"message digesT", signature=SIGNATURE, algorithm="SM2")
    from gmalg import SM2

    assert b"".join(SM2(SECRET, IDENTITY, rnd_fn=lambda bits: NONCE).sign(b"message digest")) == SIGNATURE


def test_an_sm2_key_signs_behind_the_same_port(tmp_path):
    (tmp_path / "sm2.pem").write_text(Sm2Signer.generate().pem())
    signer = signer_at("sm2:sm2.pem", folder=tmp_path)
    message = cose.read1(cose.sign1(b"a health code", signer))
    assert (message.algorithm, message.verify(signer.public_key)) == ("SM2", True)
    assert not message.verify(FileSigner.generate().public_key)


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(64), b"\xff" * 64])
def test_a_signature_that_cannot_be_one_is_no_error(signature):
    for signer in (Sm2Signer(SECRET), FileSigner.generate()):
        algorithm = signer.algorithm
        assert not verify(public_key=signer.public_key, message=b"x", signature=signature, algorithm=algorithm)


def test_a_signature_of_one_algorithm_is_none_of_another():
    signer = FileSigner.generate()
    for algorithm in ("PS256", "SM2", "none", ""):
        assert not verify(public_key=signer.public_key, message=b"x", signature=signer.sign(b"x"), algorithm=algorithm)
