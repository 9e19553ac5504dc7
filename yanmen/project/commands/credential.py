"""Signed health codes: issue one, show it as a phone does, verify what was shown. 健康码的签发、出示与核验。"""

import argparse
import base64
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console

from yanmen.base import credentials
from yanmen.base.changes import Changes
from yanmen.base.clock import SystemClock
from yanmen.base.credentials import COMPANION, PAPER, PHONE, PREFIX, Claims, Credential
from yanmen.base.issuing import IssuingKeys
from yanmen.base.key_list import CODE, KeyList
from yanmen.base.key_list import PAPER as PAPER_USE
from yanmen.base.refusals import Malformed, Refusal
from yanmen.base.signing import FileSigner
from yanmen.base.verdict import DoorPolicy, Verdict, judge
from yanmen.project import own_codes, qr, state
from yanmen.project.cli import start_django
from yanmen.project.moments import moment

FORMS = {"phone": PHONE, "paper": PAPER, "companion": COMPANION}
COLOURS = ("green", "yellow", "red")
ACTS = {"pass": "放行 pass", "check": "核对 check", "refer": "引导 refer", "stop": "止步 stop"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    _issue_arguments(acts.add_parser("issue", help="sign a code for a made-up person, or from given claims"))
    show = acts.add_parser("show", help="the text and QR code that a phone shows now, or that stands on paper")
    show.add_argument("credential", help="what `issue` printed, or a file with it")
    show.add_argument("--device", type=Path, help="the phone's key file (PEM)")
    show.add_argument("--qr", type=Path, metavar="FILE", help="draw into this PNG or SVG file, not on the terminal")
    verify = acts.add_parser("verify", help="the verdict on a code; exit 1 unless it passes")
    verify.add_argument("code", help="the text (YM1:…), a file with it, or a picture of the QR code")
    verify.add_argument("--keys", type=Path, help="a published list of keys; with --root")
    verify.add_argument("--root", type=Path, help="the root public key (DER)")
    verify.add_argument("--changes", type=Path, help="a published list of changes")
    verify.add_argument("--published", action="store_true", help="with the changes and door rules published here")
    for each in (show, verify, acts.choices["issue"]):
        each.add_argument("--at", type=moment, help="the moment, such as 2022-10-07T09:30 (now if left out)")
    for each in (verify, acts.choices["issue"]):
        each.add_argument("--issuing", type=Path, metavar="FOLDER", help="issuing keys for a trial (made if missing)")


def _issue_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("person", type=int, help="number of the person in the register")
    parser.add_argument("--form", choices=FORMS, default="phone")
    parser.add_argument("--device", type=Path, help="the phone's key file (PEM); made if it is missing")
    parser.add_argument("--hours", type=float, default=24, help="how long it is good (24)")
    parser.add_argument("--colour", choices=COLOURS, help="given claims: not read from the register; for trials only")
    parser.add_argument("--area", default="14", help="given claims: area code")
    parser.add_argument("--negative", type=moment, help="given claims: moment of the last negative test")
    parser.add_argument("--vaccination", type=int, default=0, help="given claims: vaccination class")
    parser.add_argument("--hint", help="given claims: masked name and document of a paper or companion's code")


def run(options: argparse.Namespace) -> int:
    try:
        return {"issue": issue, "show": show, "verify": verify}[options.act](options)
    except Refusal as refusal:
        print(f"{refusal.zh} {refusal.en}", file=sys.stderr)
        return 1


def issue(options: argparse.Namespace) -> int:
    """Sign a code: of the register for somebody made up, of given claims for a trial."""
    now = _now(options)
    if options.colour:
        said = _given(options)
    else:
        start_django()
        said = own_codes.registered(options.person, now=now)
    claims = own_codes.claims(options.person, said, now=now, lives=timedelta(hours=options.hours))
    form = FORMS[options.form]
    signer = _issuing(options).signer(PAPER_USE if form == PAPER else CODE, now)
    print(base64.urlsafe_b64encode(credentials.issue(_formed(claims, said, options), signer)).decode())
    return 0


def show(options: argparse.Namespace) -> int:
    """What a scanner reads: for a phone signed by its key at this moment, for paper the credential alone."""
    encoded = _credential(options.credential)
    if Credential.read(encoded).claims.form == PAPER:
        text = credentials.print_paper(encoded)
    elif options.device is None:
        raise Refusal("请用 --device 指定手机密钥文件。", "Name the phone's key file with --device.", field="device")
    else:
        text = credentials.show(encoded, FileSigner.read(options.device), _now(options))
    print(text)
    qr.draw(text, file=options.qr)
    return 0


def verify(options: argparse.Namespace) -> int:
    """The verdict, why, and how old the knowledge is."""
    now = _now(options)
    keys = _keys(options, now)
    changes, policy = None, DoorPolicy()
    if options.published:
        start_django()
        changes, policy = own_codes.published(keys, now=now)
    if options.changes:
        changes = Changes.read(options.changes.read_bytes(), keys, now)
    verdict = judge(_text(options.code), keys=keys, changes=changes, policy=policy, now=now)
    _print(verdict, Console(highlight=False, soft_wrap=True))
    return 0 if verdict.act == "pass" else 1


def _given(options: argparse.Namespace) -> own_codes.Register:
    """Claims by hand are for trials: no door of this installation ever trusts them."""
    if options.issuing is None and not state.clock_start():
        raise Refusal(
            "颜色不得人工设定：给定内容只能用试验密钥签发。请加 --issuing 试验密钥目录。",
            "Nobody sets a colour by hand: given claims are signed with keys for a trial. Add --issuing FOLDER.",
            field="colour",
        )
    negative = int(options.negative.timestamp()) // 60 if options.negative else None
    return own_codes.Register(options.area, COLOURS.index(options.colour), negative, options.hint or "")


def _formed(claims: Claims, said: own_codes.Register, options: argparse.Namespace) -> Claims:
    form = FORMS[options.form]
    if form != PAPER and options.device is None:
        raise Refusal(
            "请用 --device 指定手机密钥文件（没有则生成）。",
            "Name the phone's key file with --device (it is made if missing).",
            field="device",
        )
    key = None if form == PAPER else FileSigner.open(options.device).public_key
    hint = None if form == PHONE else said.hint
    return replace(claims, form=form, holder_key=key, hint=hint, vaccination=options.vaccination)


def _issuing(options: argparse.Namespace) -> IssuingKeys:
    return IssuingKeys.open(options.issuing or state.home() / "issuing")


def _keys(options: argparse.Namespace, now: datetime) -> KeyList:
    if options.keys is None:
        return _issuing(options).known(now)
    if options.root is None:
        raise Refusal("请用 --root 指定根公钥。", "Name the root public key with --root.", field="root")
    return KeyList.read(options.keys.read_bytes(), options.root.read_bytes())


def _credential(named: str) -> bytes:
    path = Path(named)
    text = path.read_text("ascii", "replace").strip() if len(named) < 200 and path.is_file() else named
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError as fault:
        raise Malformed(
            "这不是 issue 输出的内容，也没有此文件。", "This is neither what `issue` printed nor a file with it."
        ) from fault


def _text(named: str) -> str:
    """The text itself, of a file, or of a picture."""
    path = Path(named)
    if named.startswith(PREFIX) or not path.is_file():
        return named
    data = path.read_bytes()[: qr.LARGEST_PICTURE]
    if data.startswith(PREFIX.encode()):
        return data.decode("ascii", "replace").rstrip("\r\n")
    read = qr.picture_reader()
    if read is None:
        raise Refusal("读图需安装 zxing-cpp 和 Pillow。", "Reading pictures needs zxing-cpp and Pillow. Install them.")
    found = read(data)
    if found is None:
        raise Refusal("图中没有可读的二维码。", "There is no readable code in the picture.", value=named)
    return found


def _print(verdict: Verdict, console: Console) -> None:
    colour = {"pass": "green", "stop": "red"}.get(verdict.act, "yellow")
    console.print(f"[bold {colour}]{ACTS[verdict.act]}[/] · {verdict.reason}")
    for language in ("zh", "en"):
        console.print(verdict.said(language))
    age = "无 none" if verdict.knowledge_age is None else f"{verdict.knowledge_age // 60} 分钟 minutes"
    console.print(f"状态变更清单 knowledge: {age} · 密钥清单 keys: {(verdict.keys_age or 0) // 60} 分钟 minutes")
    if verdict.claims and verdict.claims.hint:
        console.print(f"核对 compare: {verdict.claims.hint}", markup=False)


def _now(options: argparse.Namespace) -> datetime:
    start = state.clock_start()
    at: datetime = options.at or (moment(start) if start else SystemClock().now())
    return at
