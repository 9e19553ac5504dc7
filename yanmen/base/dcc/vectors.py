"""Test vectors of others (the EU's `dcc-testdata` form): what each expects beside what we find.

A vector holds one certificate in its stages (picture, text, Base45, compressed, COSE, CBOR, JSON) and says which steps
should succeed. Faults of the vectors themselves are listed by name in `upstream_faults.json`.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from yanmen.base import base45, cbor
from yanmen.base.dcc import content as rules
from yanmen.base.dcc import transport
from yanmen.base.dcc.certificate import Certificate, DocumentSigner, signed_by
from yanmen.base.refusals import Malformed

ReadPicture = Callable[[bytes], str | None]
_EXPECTED = "EXPECTED"


@dataclass(frozen=True)
class Finding:
    """One step of one vector. `found` is None where the step could not be tried; then `why` says it."""

    step: str
    expected: bool
    found: bool | None
    why: str = ""


def known_faults() -> Mapping[str, Mapping[str, str]]:
    """Vector → step → what is wrong with the vector, in one line."""
    listed: Mapping[str, Mapping[str, str]] = json.loads(
        Path(__file__).with_name("upstream_faults.json").read_text("utf-8")
    )
    return listed


def name_of(path: Path) -> str:
    """How a vector is named in the list of faults: country and file, whatever folder they lie in."""
    parts = [part for part in path.resolve().with_suffix("").parts if part not in ("2DCode", "raw")]
    for country in ("common", *(part for part in parts if len(part) == 2 and part.isupper())):
        if country in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(country) :])
    return parts[-1]


def load(path: Path) -> dict[str, Any]:
    """A vector of a file; a picture that lies in the folder `png` beside it is put in."""
    vector: dict[str, Any] = json.loads(path.read_bytes())
    wanted = _picture_name(path)
    for folder in (path.parent.parent / "png", path.parent.parent.parent / "png"):
        for picture in folder.glob("*.png") if "2DCODE" not in vector else ():
            if _picture_name(picture) == wanted:
                vector["2DCODE"] = base64.b64encode(picture.read_bytes()).decode()
    return vector


def _picture_name(path: Path) -> str:
    return path.stem.removesuffix("_Raw").replace("-", "_")


def check(vector: Mapping[str, Any], read_picture: ReadPicture | None = None) -> list[Finding]:
    """Every step that the vector expects something of; without a reader of pictures, all but that one."""
    tried = _Steps(vector, read_picture)
    steps: Mapping[str, Callable[[], bool]] = {
        "PICTUREDECODE": tried.picture,
        "UNPREFIX": tried.unprefix,
        "B45DECODE": tried.base45,
        "COMPRESSION": tried.compression,
        "DECODE": tried.decode,
        "VERIFY": tried.verify,
        "KEYUSAGE": tried.key_usage,
        "EXPIRATIONCHECK": tried.in_time,
        "VALIDJSON": tried.same_as_json,
        "VALIDOBJECT": lambda: not rules.faults(vector["JSON"]),
        "SCHEMAVALIDATION": tried.schema,
        "ENCODE": tried.encode,
    }
    expected = {name.removeprefix(_EXPECTED): each for name, each in vector["EXPECTEDRESULTS"].items()}
    if read_picture is None:
        expected.pop("PICTUREDECODE", None)
    return [_finding(step, each, steps.get(step)) for step, each in expected.items()]


def _finding(step: str, expected: bool, attempt: Callable[[], bool] | None) -> Finding:
    if attempt is None:
        return Finding(step, expected, None, "no such step is known")
    try:
        return Finding(step, expected, attempt())
    except Malformed as refusal:
        return Finding(step, expected, False, refusal.en)
    except KeyError as missing:
        return Finding(step, expected, None, f"the vector has no {missing.args[0]}")


class _Steps:
    """The steps of one vector; each raises Malformed or says whether it holds."""

    def __init__(self, vector: Mapping[str, Any], read_picture: ReadPicture | None) -> None:
        self.vector, self.read_picture = vector, read_picture

    def picture(self) -> bool:
        picture = base64.b64decode(self.vector["2DCODE"])
        return self.read_picture is not None and self.read_picture(picture) == self.vector["PREFIX"]

    def unprefix(self) -> bool:
        return bool(transport.unprefix(self.vector["PREFIX"]) == self.vector["BASE45"])

    def base45(self) -> bool:
        return base45.decode(self.vector["BASE45"], longest=transport.LONGEST_TEXT) == self._bytes("COMPRESSED")

    def compression(self) -> bool:
        return transport.inflate(self._bytes("COMPRESSED")) == self._bytes("COSE")

    def decode(self) -> bool:
        """The CBOR stands in the message, as the certificate or as all its claims."""
        plain = cbor.decode(self._bytes("CBOR"), longest=transport.LONGEST_MESSAGE, depth=12, strict=False)
        if "COSE" not in self.vector:
            return isinstance(plain, dict)
        certificate = self._certificate()
        return bool(plain == certificate.content) or self._bytes("CBOR") == certificate.message.payload

    def verify(self) -> bool:
        return signed_by(self._certificate(), self._signer())

    def key_usage(self) -> bool:
        return self._signer().may_sign(self._certificate().kind)

    def in_time(self) -> bool:
        return self._certificate().in_time(datetime.fromisoformat(self.vector["TESTCTX"]["VALIDATIONCLOCK"]))

    def same_as_json(self) -> bool:
        return bool(self._content() == self.vector["JSON"])

    def schema(self) -> bool:
        content = self._content()
        return not rules.faults(content) and not rules.unknown_codes(content)

    def encode(self) -> bool:
        said = self.vector["JSON"]
        return bool(cbor.decode(cbor.encode(said), longest=transport.LONGEST_MESSAGE, depth=12) == said)

    def _content(self) -> Mapping[str, Any]:
        """What was signed; in a vector without a message, its CBOR."""
        if "COSE" in self.vector:
            return self._certificate().content
        plain = cbor.decode(self._bytes("CBOR"), longest=transport.LONGEST_MESSAGE, depth=12, strict=False)
        return plain if isinstance(plain, dict) else {}

    def _certificate(self) -> Certificate:
        return Certificate.read(self._bytes("COSE"))

    def _signer(self) -> DocumentSigner:
        return DocumentSigner.read(base64.b64decode(self.vector["TESTCTX"]["CERTIFICATE"]))

    def _bytes(self, stage: str) -> bytes:
        return bytes.fromhex(self.vector[stage])
