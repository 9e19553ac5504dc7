"""EU COVID certificates: issue one; verify files, expected beside found, exit 1 if different. 签发、核验欧盟数字新冠证书。"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from rich.console import Console
from rich.progress import Progress

from yanmen.base.dcc import transport
from yanmen.base.dcc.certificate import Certificate, DocumentSigner, reasons_against
from yanmen.base.dcc.content import faults, unknown_codes
from yanmen.base.dcc.issuing import DocumentKey
from yanmen.base.dcc.issuing import issue as issue_certificate
from yanmen.base.dcc.vectors import Finding, check, known_faults, load, name_of
from yanmen.base.issuing import IssuingKeys
from yanmen.base.key_list import DCC
from yanmen.base.refusals import Malformed, Refusal
from yanmen.base.signing import Signer
from yanmen.project import state
from yanmen.project.moments import moment
from yanmen.project.qr import LARGEST_PICTURE, draw, picture_reader

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")


@dataclass(frozen=True)
class Line:
    """One file's outcome: `differences` are unlisted, `listed` are faults of the vector itself."""

    name: str
    said: str
    differences: Sequence[str] = ()
    listed: Sequence[str] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True)
    _issue_arguments(acts.add_parser("issue", help="sign a certificate's content and draw its code"))
    verify = acts.add_parser("verify", help="test vectors (JSON), texts that begin with HC1:, or pictures of codes")
    verify.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file, or a folder of them")
    verify.add_argument(
        "--signer", action="append", type=Path, default=[], help="trusted certificate (X.509, DER or PEM)"
    )
    verify.add_argument("--at", type=moment, help="the moment asked about, for texts and pictures (now if left out)")
    verify.add_argument("--quiet", action="store_true", help="only differences and the summary")


def _issue_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("content", type=Path, metavar="FILE", help="the certificate's content (JSON, schema 1.3.0)")
    parser.add_argument("--country", default="CN", help="issuing country (CN)")
    parser.add_argument("--days", type=int, default=180, help="how long it is good (180)")
    parser.add_argument("--certificate", type=Path, help="the signer's certificate, for verifiers abroad (DER or PEM)")
    parser.add_argument("--issuing", type=Path, metavar="FOLDER", help="issuing keys, if not this installation's")
    parser.add_argument("--qr", type=Path, metavar="FILE", help="draw into this PNG or SVG file, not on the terminal")
    parser.add_argument("--at", type=moment, help="the moment of issue (now if left out)")


def run(options: argparse.Namespace) -> int:
    return issue(options) if options.act == "issue" else verify(options)


def issue(options: argparse.Namespace) -> int:
    """Sign a certificate with the key for certificates; what breaks the schema is refused."""
    now = options.at or datetime.now(UTC)
    signer: Signer = IssuingKeys.open(options.issuing or state.home() / "issuing").signer(DCC, now)
    if options.certificate:
        signer = DocumentKey(signer, _der(options.certificate))
    try:
        content, ends = json.loads(options.content.read_bytes()), now + timedelta(days=options.days)
        text = issue_certificate(content, signer, country=options.country, now=now, expires_at=ends)
    except (OSError, json.JSONDecodeError) as fault:
        print(f"无法读取 {options.content}。Cannot read {options.content}: {fault}", file=sys.stderr)
        return 1
    except Refusal as refusal:
        print(f"{refusal.zh} {refusal.en}", file=sys.stderr)
        return 1
    print(text)
    draw(text, file=options.qr)
    return 0


def verify(options: argparse.Namespace) -> int:
    """Every file, expected beside found, and a summary."""
    console = Console(highlight=False, soft_wrap=True)
    files = list(_files(options.files))
    signers = [_signer(path) for path in options.signer]
    lines = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for path in progress.track(files, description="核验 Verifying"):
            line = _line(path, signers, options.at or datetime.now(UTC))
            lines.append(line)
            if line.differences or not options.quiet:
                _print(line, console)
    if picture_reader() is None:
        console.print(
            "读图需安装 zxing-cpp 和 Pillow，图片未检验。Pictures were not looked at: install zxing-cpp and Pillow."
        )
    return _summary(lines, console)


def _line(path: Path, signers: Sequence[DocumentSigner], now: datetime) -> Line:
    """One file: a vector if it is JSON, else a certificate to be judged."""
    name = name_of(path)
    if not path.is_file() or path.stat().st_size > LARGEST_PICTURE:
        return Line(name, "", ["no such file, or larger than 20 MB 文件不存在或过大"])
    if path.suffix.lower() == ".json":
        return _vector_line(name, path)
    try:
        return _certificate_line(name, _text(path, path.read_bytes()), signers, now)
    except Malformed as refusal:
        return Line(name, "", [f"{refusal.zh} {refusal.en}"])


def _vector_line(name: str, path: Path) -> Line:
    try:
        findings = check(load(path), picture_reader())
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        return Line(name, "", [f"no test vector 不是测试向量 ({type(fault).__name__})"])
    listed = known_faults().get(name, {})
    differing = [each for each in findings if each.found is not each.expected]
    return Line(
        name,
        f"expected 预期 {_steps(findings, 'expected')} · found 实得 {_steps(findings, 'found')}",
        [f"{_said(each)}" for each in differing if each.step not in listed],
        [f"{each.step}: {listed[each.step]}" for each in differing if each.step in listed],
    )


def _certificate_line(name: str, text: str, signers: Sequence[DocumentSigner], now: datetime) -> Line:
    """Accepted, or why not; without a trusted signer the signature cannot be believed."""
    certificate = Certificate.read(transport.decode(text.strip()))
    against = reasons_against(certificate, signers, now)
    codes = [] if faults(certificate.content) else unknown_codes(certificate.content)
    said = f"{certificate.kind} · {certificate.issuer} · {certificate.issued_at} … {certificate.expires_at}"
    said += f" · codes not listed 未列代码: {', '.join(codes)}" if codes else ""
    return Line(
        name, f"expected 预期 accepted 接受 · found 实得 {', '.join(against) or 'accepted 接受'} · {said}", against
    )


def _text(path: Path, data: bytes) -> str:
    if path.suffix.lower() not in PICTURES:
        return data[: 2 * transport.LONGEST_TEXT].decode("ascii", "replace")
    read = picture_reader()
    found = read(data) if read else None
    if found is None:
        zh, en = ("图中没有可读的二维码", "no readable code in the picture") if read else (
            "读图需安装 zxing-cpp 和 Pillow", "reading pictures needs the packages zxing-cpp and Pillow"
        )  # fmt: skip
        raise Malformed(zh, en)
    return found


def _print(line: Line, console: Console) -> None:
    mark = "[red]✗[/]" if line.differences else "[yellow]≈[/]" if line.listed else "[green]✓[/]"
    console.print(f"{mark} {line.name}  {line.said}")
    for each in line.differences:
        console.print(f"    [red]{each}[/]")
    for each in line.listed:
        console.print(f"    [yellow]listed 已列明 {each}[/]")


def _summary(lines: Sequence[Line], console: Console) -> int:
    differing = sum(1 for each in lines if each.differences)
    listed = sum(1 for each in lines if each.listed)
    console.print(
        f"{len(lines)} files, {len(lines) - differing} as expected ({listed} with a listed fault of their own), "
        f"{differing} different. 共 {len(lines)} 个文件，{len(lines) - differing} 个符合预期"
        f"（其中 {listed} 个自身有已列明的错误），{differing} 个不符。"
    )
    return 1 if differing else 0


def _steps(findings: Sequence[Finding], which: str) -> str:
    """Each step with + (succeeds), - (fails) or ? (could not be tried)."""
    marks = {True: "+", False: "-", None: "?"}
    return " ".join(f"{marks[getattr(each, which)]}{each.step.lower()}" for each in findings)


def _said(finding: Finding) -> str:
    found = "could not be tried 无法检验" if finding.found is None else str(finding.found).lower()
    return f"{finding.step}: expected {str(finding.expected).lower()}, found {found} {finding.why}".rstrip()


def _files(named: Sequence[Path]) -> Iterator[Path]:
    """The files, and what lies in folders."""
    for path in named:
        yield from sorted(each for each in path.rglob("*.json")) if path.is_dir() else [path]


def _signer(path: Path) -> DocumentSigner:
    return DocumentSigner.read(_der(path))


def _der(path: Path) -> bytes:
    """A certificate as DER, whichever way it is kept."""
    data = path.read_bytes()
    if not data.startswith(b"-----BEGIN"):
        return data
    return x509.load_pem_x509_certificate(data).public_bytes(Encoding.DER)
