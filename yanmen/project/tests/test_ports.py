"""A port that somebody has is not shared with them: whoever called would be answered by the one or the other."""

import socket

import pytest

from yanmen.project import cli


@pytest.fixture
def taken():
    """A port on which somebody listens who is ready to share it, as another site of ours is."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


@pytest.mark.parametrize("command", ["serve", "demo"])
@pytest.mark.parametrize("option", ["--port", "--edge-port"])
def test_a_taken_port_is_refused_before_anything_begins(command, option, taken, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("YANMEN_HOME", str(tmp_path))
    other = "--edge-port" if option == "--port" else "--port"
    assert cli.main([command, option, str(taken), other, "0"]) == 2
    zh, en = capsys.readouterr().err.splitlines()
    assert str(taken) in zh
    assert option in zh
    assert str(taken) in en
    assert option in en
    assert list(tmp_path.iterdir()) == []


def test_a_host_that_nobody_knows_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("YANMEN_HOME", str(tmp_path))
    assert cli.main(["serve", "--host", "nosuch.invalid"]) == 2
    zh, en = capsys.readouterr().err.splitlines()
    assert "nosuch.invalid" in zh
    assert "nosuch.invalid" in en
    assert "--host" in en
    assert list(tmp_path.iterdir()) == []
