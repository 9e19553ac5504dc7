"""`yanmen credential`: issue, show, verify, as an operator uses them."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from yanmen.base.clock import BEIJING
from yanmen.base.identity import synthetic_resident_id
from yanmen.base.issuing import IssuingKeys
from yanmen.base.refusals import Refusal
from yanmen.project import own_codes
from yanmen.project.cli import main
from yanmen.project.qr import picture_reader

PACK = Path(__file__).resolve().parents[3] / "packs" / "shanxi" / "areas"
NOW = datetime(2022, 10, 7, 9, 30, tzinfo=BEIJING)
AT = ["--at", "2022-10-07T09:30"]


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Run a command in a home of its own; its exit code and what it said."""
    monkeypatch.setenv("YANMEN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("YANMEN_CLOCK", raising=False)
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str]:
        code = main(["credential", *arguments])
        said = capsys.readouterr()
        return code, (said.out + said.err).strip()

    return command


def issued(run, *more: str, colour: str = "green") -> str:
    code, said = run("issue", "5", "--colour", colour, "--issuing", "trial", *AT, *more)
    assert code == 0, said
    return said


def shown(run, credential: str, *more: str) -> str:
    code, said = run("show", credential, "--qr", "code.svg", *more)
    assert code == 0, said
    return said


def test_a_code_is_issued_shown_and_passes(run):
    text = shown(run, issued(run, "--device", "phone.pem"), "--device", "phone.pem", *AT)
    code, said = run("verify", text, "--issuing", "trial", *AT)
    assert code == 0
    assert "放行 pass · valid" in said
    assert "健康码有效" in said
    assert "The code is valid" in said
    assert "knowledge: 无 none" in said


def test_a_screenshot_does_not_pass(run):
    text = shown(run, issued(run, "--device", "phone.pem"), "--device", "phone.pem", *AT)
    code, said = run("verify", text, "--issuing", "trial", "--at", "2022-10-07T09:32")
    assert (code, "screenshot" in said) == (1, True)


def test_a_red_code_stops(run):
    text = shown(run, issued(run, "--device", "phone.pem", colour="red"), "--device", "phone.pem", *AT)
    code, said = run("verify", text, "--issuing", "trial", *AT)
    assert (code, "止步 stop · colour_red" in said) == (1, True)


def test_a_paper_code_is_looked_at_with_the_document(run):
    text = shown(run, issued(run, "--form", "paper", "--hint", "张** 001X"))
    code, said = run("verify", text, "--issuing", "trial", *AT)
    assert code == 1
    assert "核对 check · valid" in said
    assert "核对 compare: 张** 001X" in said


def test_a_code_is_read_from_a_file_and_from_its_picture(run):
    credential = issued(run, "--device", "phone.pem")
    Path("credential.txt").write_text(credential)
    text = run("show", "credential.txt", "--device", "phone.pem", "--qr", "code.png", *AT)[1]
    Path("code.txt").write_text(text + "\n")
    assert run("verify", "code.txt", "--issuing", "trial", *AT)[0] == 0
    if picture_reader() is None:
        pytest.skip("zxing-cpp and Pillow are not installed")
    assert run("verify", "code.png", "--issuing", "trial", *AT)[0] == 0


def test_published_documents_verify_without_the_keys_themselves(run):
    text = shown(run, issued(run, "--device", "phone.pem"), "--device", "phone.pem", *AT)
    trial = IssuingKeys.open(Path("trial"))
    Path("keys.cose").write_bytes(trial.signed_list(NOW))
    Path("root.der").write_bytes(trial.root.public_key)
    assert run("verify", text, "--keys", "keys.cose", "--root", "root.der", *AT)[0] == 0
    Path("root.der").write_bytes(IssuingKeys.open(Path("other")).root.public_key)
    code, said = run("verify", text, "--keys", "keys.cose", "--root", "root.der", *AT)
    assert (code, "签名无效" in said) == (1, True)


def test_nobody_sets_a_colour_by_hand_with_the_installation_s_own_keys(run):
    code, said = run("issue", "5", "--colour", "green", "--device", "phone.pem")
    assert code == 1
    assert "颜色不得人工设定" in said
    assert "Add --issuing FOLDER" in said


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["issue", "5", "--colour", "green", "--issuing", "trial"], "--device"),
        (["show", "nonsense!"], "neither"),
        (["verify", "nonsense", "--keys", "keys.cose"], "--root"),
    ],
)
def test_what_is_missing_is_named(run, arguments, remedy):
    code, said = run(*arguments)
    assert code == 1
    assert remedy in said
    assert "Traceback" not in said


@pytest.fixture
def town(clean):
    """Shanxi with its areas."""
    from yanmen.registry import areas

    areas.load_pack(PACK)


def person(id_type: str, number: str) -> int:
    from yanmen.registry.people import register_person
    from yanmen.registry.scope import acting, system

    with acting(system("14", purpose="control")):
        return register_person(
            name="李秀英", sex="female", born_on=date(1980, 5, 4), id_type=id_type, id_number=number, phone="",
            area="140105", by="test", now=NOW,
        ).pk  # fmt: skip


def test_a_made_up_person_gets_what_the_register_says(town, monkeypatch, tmp_path):
    monkeypatch.setenv("YANMEN_HOME", str(tmp_path))
    number = synthetic_resident_id(1, born_on=date(1980, 5, 4), sex="female")
    someone = person("resident", number)
    said = own_codes.registered(someone, now=NOW)
    assert (said.area, said.colour, said.negative_minutes) == ("140105", 0, None)
    assert said.hint == f"李** {number[-4:]}"
    claims = own_codes.claims(someone, said, now=NOW, lives=timedelta(hours=24))
    assert claims.pseudonym != own_codes.pseudonym(someone, NOW + timedelta(days=1))


def test_for_anybody_else_the_command_line_issues_nothing(town):
    for someone in (person("passport", "E12345678"), 99_999):
        with pytest.raises(Refusal, match="made up"):
            own_codes.registered(someone, now=NOW)


def test_rules_of_doors_are_there_before_a_list_is_published(town, monkeypatch, tmp_path):
    keys = IssuingKeys.open(tmp_path / "issuing").known(NOW)
    changes, policy = own_codes.published(keys, now=NOW)
    assert changes is None
    assert policy.showing_seconds >= 1
