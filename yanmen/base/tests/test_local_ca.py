"""A local authority: what it signs is trusted in a real TLS handshake, and it can sign for nothing else."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from yanmen.base import local_ca
from yanmen.base.local_ca import Hosts
from yanmen.base.refusals import Refusal

NOW = datetime.now(UTC)
HOSTS = Hosts.read(["localhost", "edge.local", "127.0.0.1"])


@pytest.fixture
def authority():
    return local_ca.make_authority(HOSTS, title="Test CA", now=NOW)


def shake_hands(folder, authority, server, called):
    """Serve one connection with the certificate; connect as `called`, trusting the authority alone."""
    local_ca.keep(authority, folder / "ca.pem", folder / "ca.key")
    local_ca.keep(server, folder / "server.pem", folder / "server.key")
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(folder / "server.pem", folder / "server.key")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        with connection, ours.wrap_socket(connection, server_side=True) as secure:
            secure.sendall(b"hello")

    thread = threading.Thread(target=_quietly(serve), daemon=True)
    thread.start()
    theirs = ssl.create_default_context(cafile=folder / "ca.pem")
    try:
        plain = socket.create_connection(listener.getsockname())
        with plain, theirs.wrap_socket(plain, server_hostname=called) as secure:
            return secure.recv(5)
    finally:
        thread.join(5)
        listener.close()


def _quietly(serve):
    def run():
        try:
            serve()
        except (ssl.SSLError, OSError):
            return

    return run


@pytest.mark.parametrize("called", ["localhost", "edge.local", "127.0.0.1"])
def test_a_server_is_trusted_under_each_of_its_names(called, tmp_path, authority):
    server = local_ca.make_server(authority, HOSTS, now=NOW)
    assert shake_hands(tmp_path, authority, server, called) == b"hello"


def test_addresses_alone_are_enough(tmp_path):
    hosts = Hosts.read(["127.0.0.1"])
    authority = local_ca.make_authority(hosts, title="Test CA", now=NOW)
    assert shake_hands(tmp_path, authority, local_ca.make_server(authority, hosts, now=NOW), "127.0.0.1") == b"hello"


def test_a_stranger_is_not_trusted(tmp_path, authority):
    stranger = local_ca.make_authority(HOSTS, title="Other", now=NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(tmp_path, authority, local_ca.make_server(stranger, HOSTS, now=NOW), "localhost")


def test_a_stolen_key_opens_no_other_host(tmp_path, authority):
    elsewhere = Hosts.read(["bank.example"])
    freed = local_ca.make_authority(elsewhere, title="Test CA", now=NOW)
    stolen = local_ca.Pair(freed.certificate, authority.key)
    forged = local_ca.make_server(stolen, elsewhere, now=NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
        shake_hands(tmp_path, authority, forged, "bank.example")


def test_a_host_outside_is_refused_by_name(authority):
    with pytest.raises(Refusal, match=r"may not sign for 10\.1\.2\.3") as told:
        local_ca.make_server(authority, Hosts.read(["localhost", "10.1.2.3"]), now=NOW)
    assert told.value.field == "host"


def test_browsers_take_the_length_of_a_server_certificate(authority):
    leaf = local_ca.make_server(authority, HOSTS, now=NOW).certificate
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= timedelta(days=398)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "edge.local"]


def test_a_dying_authority_signs_no_more(authority):
    with pytest.raises(Refusal, match="ends too soon"):
        local_ca.make_server(authority, HOSTS, now=NOW + timedelta(days=local_ca.CA_DAYS - 300))


def test_keys_are_for_their_owner_alone(tmp_path, authority):
    local_ca.keep(authority, tmp_path / "ca.pem", tmp_path / "ca.key")
    assert (tmp_path / "ca.key").stat().st_mode & 0o777 == 0o600
    assert local_ca.read(tmp_path / "ca.pem", tmp_path / "ca.key").fingerprint() == authority.fingerprint()


def test_files_of_two_pairs_do_not_mix(tmp_path, authority):
    local_ca.keep(authority, tmp_path / "a.pem", tmp_path / "a.key")
    local_ca.keep(local_ca.make_authority(HOSTS, title="B", now=NOW), tmp_path / "b.pem", tmp_path / "b.key")
    with pytest.raises(Refusal, match="is not the key of"):
        local_ca.read(tmp_path / "a.pem", tmp_path / "b.key")


@pytest.mark.parametrize("text", ["", "a b", "-a", "a..b", "http://x", "1.2.3", "é.local", "x" * 300])
def test_what_is_no_host_is_refused(text):
    with pytest.raises(Refusal):
        Hosts.read([text])
