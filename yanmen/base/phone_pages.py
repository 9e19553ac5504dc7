"""Applications for phones: folders of files kept in memory, with types, validators, compression and a strict security policy.

An application is the files that all share (`phone/`) and its own. The service worker gets the list of files with their
hashes, so that a phone keeps exactly this version for work without the server. There is no build step: the version is
the hash of the content.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yanmen.base.drill_mark import TAG

SHARED = Path(__file__).parent / "phone"
NOT_SERVED = {"tests"}
ABSENT = "404.html"
WORKER = "sw.js"
VERSION = "version.js"

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src blob:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
ALWAYS = [
    ("Content-Security-Policy", POLICY),
    ("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]

Headers = tuple[tuple[str, str], ...]
Answer = tuple[int, Headers, bytes]


@dataclass(frozen=True)
class Page:
    """One file as it goes over the wire."""

    kind: str
    body: bytes
    packed: bytes | None
    etag: str


def answer(
    files: Mapping[str, Page], root: str, path: str, accept_encoding: str = "", if_none_match: str = ""
) -> Answer:
    """Status, headers and body for a GET of `path`; the application stands under `root`."""
    if path in ("", "/", root.rstrip("/")):
        return 302, (("Location", root), *ALWAYS), b""
    name = path.removeprefix(root) or "index.html"
    found = files.get(name) if path.startswith(root) else None
    if found is None:
        return _send(404, files[ABSENT], accept_encoding, ())
    if found.etag in if_none_match:
        return 304, (("ETag", found.etag), *ALWAYS), b""
    scope = (("Service-Worker-Allowed", root),) if name == WORKER else ()
    return _send(200, found, accept_encoding, (("ETag", found.etag), *scope))


def _send(status: int, page: Page, accept_encoding: str, extra: Headers) -> Answer:
    headers = (("Content-Type", page.kind), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding"), *extra, *ALWAYS)
    if page.packed is not None and "gzip" in accept_encoding:
        return status, (("Content-Encoding", "gzip"), *headers), page.packed
    return status, headers, page.body


def read(folder: Path, drill: str = "") -> Mapping[str, Page]:
    """Every file of an application by its name, with the version and the list of files that follow from their content.

    With `drill` each page says so: phones keep it too and show it without a network.
    """
    files = dict(sorted((_files(SHARED) | _files(folder)).items()))
    if drill:
        files |= {name: _marked(body, drill) for name, body in files.items() if name.endswith(".html")}
    files[VERSION] = f'export const VERSION = "{_version(files)}";\n'.encode()
    files[WORKER] = _precache(files) + files[WORKER]
    return {name: _page(name, body) for name, body in files.items()}


def _files(folder: Path) -> dict[str, bytes]:
    """Files that browsers may have."""
    found = {}
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if file.is_file() and file.suffix in TYPES and not NOT_SERVED & set(name.parts):
            found[name.as_posix()] = file.read_bytes()
    return found


def _marked(body: bytes, drill: str) -> bytes:
    """The page with the mark at its head and in its title."""
    band = f'<body data-drill="{TAG}"><p class="drill-mark" role="note">{html.escape(drill)}</p>'
    return body.replace(b"<title>", f"<title>{TAG} · ".encode(), 1).replace(b"<body>", band.encode(), 1)


def _version(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, body in files.items():
        whole.update(name.encode() + b"\0" + hashlib.sha256(body).digest())
    return whole.hexdigest()[:12]


def _precache(files: Mapping[str, bytes]) -> bytes:
    """The head of the service worker: which version this is, and which files with which content belong to it."""
    kept = {name: _integrity(body) for name, body in files.items() if name not in (WORKER, ABSENT)}
    told = json.dumps(kept, indent=1)
    return f'const VERSION = "{_version(files)}";\nconst FILES = {told};\n\n'.encode()


def _integrity(body: bytes) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def _page(name: str, body: bytes) -> Page:
    packed = gzip.compress(body, 9, mtime=0)
    etag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    return Page(TYPES[Path(name).suffix], body, packed if len(packed) < len(body) else None, etag)
