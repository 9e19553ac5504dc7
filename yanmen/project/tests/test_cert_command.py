"""`yanmen cert`: made once, renewed without asking phones again, never overwritten in silence."""

import pytest

from yanmen.project.cli import main


@pytest.fixture
def cert(tmp_path, capsys):
    def call(*arguments):
        code = main(["cert", *arguments, "--folder", str(tmp_path)])
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def test_it_makes_both_and_tells_how_to_trust_them(cert, tmp_path):
    code, said = cert("edge.local", "10.0.0.5")
    assert code == 0
    for word in ("SHA-256", "Android", "iOS", "certutil -addstore", "edge serve", "10.0.0.5"):
        assert word in said
    assert (tmp_path / "server.key").stat().st_mode & 0o777 == 0o600


def test_again_renews_the_server_and_keeps_the_authority(cert, tmp_path):
    cert("edge.local")
    authority, server = (tmp_path / "ca.pem").read_bytes(), (tmp_path / "server.pem").read_bytes()
    code, said = cert("edge.local")
    assert (code, "renewed" in said) == (0, True)
    assert (tmp_path / "ca.pem").read_bytes() == authority
    assert (tmp_path / "server.pem").read_bytes() != server


def test_another_host_needs_another_authority(cert, tmp_path):
    cert("edge.local")
    before = (tmp_path / "ca.pem").read_bytes()
    code, said = cert("other.local")
    assert (code, "may not sign for other.local" in said) == (1, True)
    assert (tmp_path / "ca.pem").read_bytes() == before


def test_a_new_authority_leaves_the_old_one_beside(cert, tmp_path):
    cert("edge.local")
    before = (tmp_path / "ca.pem").read_bytes()
    assert cert("other.local", "--new-ca")[0] == 0
    assert [file.read_bytes() for file in tmp_path.glob("before-*/ca.pem")] == [before]
    assert (tmp_path / "ca.pem").read_bytes() != before
