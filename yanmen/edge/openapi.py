"""GET /edge/v1/openapi.json: the doors as OpenAPI 3.1, from the very types that decode and encode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from yanmen.edge.door import HEADERS, Read
from yanmen.edge.doors import batches, check_ins, code, credential, keeping, reading, sessions, state
from yanmen.edge.doors.documents import NAMES
from yanmen.edge.edge import Edge
from yanmen.edge.errors import Told
from yanmen.edge.http.messages import Request
from yanmen.edge.recording import Pass, Sample, Scan

ROOT = "/edge/v1/"
SIGNED: list[dict[str, list[str]]] = [{"session": []}]
READ_FAULTS = ("401", "403", "429", "503")
POST_FAULTS = ("400", "401", "403", "413", "415", "422", "429", "503")

POSTS: Mapping[str, tuple[str, tuple[type[msgspec.Struct], ...], type[msgspec.Struct], bool]] = {
    "sessions": ("Open a session with a device's certificate.", (sessions.Opening,), sessions.Opened, False),
    "credential": ("Get a signed health code.", (credential.Asking,), credential.Issued, True),
    "look": ("What is known of the person of a scanned code.", (code.Look,), code.Code, True),
    "read": ("The verdict on a scanned code.", (reading.Reading,), reading.Said, True),
    "check-ins": ("Check in at a venue.", (check_ins.CheckIn, Scan), keeping.Kept, True),
    "passes": ("Somebody passed the device's post.", (Pass,), keeping.Kept, True),
    "samples": ("A sample was bound to a tube.", (Sample,), keeping.Kept, True),
    "batches": ("Deliver records that a device kept.", (), batches.Result, True),
}


class OpenApiDoor(Read):
    """Who writes a client starts here."""

    name = "openapi"
    path = ROOT + "openapi.json"

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge)
        self._body = msgspec.json.encode(document())

    def handle(self, request: Request, body: bytes) -> None:
        self.send(request, 200, HEADERS, self._body)


def document() -> dict[str, Any]:
    """The whole description."""
    types = [Told, code.Code, state.Health, *_types()]
    _, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    components["Batch"] = _batch()
    paths: dict[str, Any] = {
        ROOT + "code": {"get": _read("One's own code.", _json(_ref("Code")), READ_FAULTS, security=SIGNED)},
        ROOT + "health": {"get": _read("How this edge is.", _json(_ref("Health")), ("503",))},
        ROOT + "metrics": {"get": _read("Counters for Prometheus.", {"text/plain": {}}, ("503",))},
        ROOT + "openapi.json": {"get": _read("This description.", _json({"type": "object"}), ("503",))},
    }
    for name in NAMES:
        answer = _read("A published, signed document.", {"application/cose": {}}, ("404", "503"))
        answer["responses"]["304"] = {"description": "Not changed since If-None-Match."}
        paths[f"{ROOT}documents/{name}"] = {"get": answer}
    for name, (summary, asked, told, signed) in POSTS.items():
        paths[ROOT + name] = {"post": _post(summary, asked, told, signed)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yanmen edge", "version": state.VERSION, "description": ABOUT},
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": {"session": SCHEME}},
    }


ABOUT = (
    "Ids are UUID version 7, chosen by the client; the same id again is acknowledged and changes nothing. "
    "Times are milliseconds since 1970, bytes are base64url without padding. 503 and 429 say when to come again."
)
SCHEME = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "`Yanmen <session> <mac>`; mac = HMAC-SHA256(key, method ‖ LF ‖ path and query ‖ LF ‖ body), 16 bytes.",
}


def _types() -> list[Any]:
    return [each for _, asked, told, _ in POSTS.values() for each in (*asked, told)]


def _batch() -> dict[str, Any]:
    """One kind of record a batch: `door` says which."""
    kinds = {"check-ins": "Scan", "passes": "Pass", "samples": "Sample"}
    return {
        "anyOf": [
            {
                "type": "object",
                "required": ["door", "records"],
                "properties": {
                    "door": {"const": door},
                    "records": {"type": "array", "maxItems": batches.MOST, "items": _ref(record)},
                },
            }
            for door, record in kinds.items()
        ]
    }


def _post(summary: str, asked: Sequence[type], told: type, signed: bool) -> dict[str, Any]:
    schemas = [_ref(each.__name__) for each in asked] or [_ref("Batch")]
    kinds = ("application/json",) if asked else ("application/json", "application/msgpack")
    content = {kind: {"schema": {"anyOf": schemas}} for kind in kinds}
    answer = _read(summary, _json(_ref(told.__name__)), POST_FAULTS, security=SIGNED if signed else [])
    return answer | {"requestBody": {"required": True, "content": content}}


def _read(summary: str, content: Any, faults: tuple[str, ...], *, security: Any = ()) -> dict[str, Any]:
    responses: dict[str, Any] = {"200": {"description": "Done.", "content": content}}
    for status in faults:
        responses[status] = {"description": "See the body.", "content": _json(_ref("Told"))}
        if status in ("429", "503"):
            responses[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return {"summary": summary, "responses": responses, "security": list(security)}


def _json(schema: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
