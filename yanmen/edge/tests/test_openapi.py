"""Schemathesis reads the description and sends what it allows and what it forbids; every answer is as described."""

import httpx
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import BaseSchema, Case, checks

from yanmen.edge.openapi import document
from yanmen.edge.testing import Device, RunningEdge

ALLOWED = {200, 304, 400, 401, 403, 404, 405, 413, 415, 422, 429, 503}
EXAMPLES = 10
DOORS = [(path, method) for path, methods in document()["paths"].items() for method in methods]

checks.load_all_checks()
CHECKS = [
    checks.CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "response_headers_conformance",
    )
]


@schemathesis.serializer("application/msgpack")
def _packed(_: object, value: object) -> bytes:
    try:
        return msgspec.msgpack.encode(value)
    except OverflowError:
        return b"\xc1"  # its numbers are larger than MessagePack's


def test_the_description_names_every_door(client: httpx.Client) -> None:
    told = client.get("/edge/v1/openapi.json").json()
    assert told == msgspec.json.decode(msgspec.json.encode(document()))
    assert {path.removeprefix("/edge/v1/") for path in told["paths"]} >= {
        "code",
        "check-ins",
        "batches",
        "documents/keys",
    }


@pytest.fixture(scope="module")
def schema(edge: RunningEdge) -> BaseSchema:
    return schemathesis.openapi.from_url(f"{edge.url}/edge/v1/openapi.json")


@pytest.mark.parametrize("who", ["nobody", "phone", "guard"])
@pytest.mark.parametrize(("path", "method"), DOORS)
def test_every_answer_is_as_described(
    schema: BaseSchema, request: pytest.FixtureRequest, path: str, method: str, who: str
) -> None:
    device: Device | None = None if who == "nobody" else request.getfixturevalue(who)
    operation = schema[path][method.upper()]
    with requests.Session() as session:

        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Case) -> None:
            sent = session.prepare_request(requests.Request(**_request(case)))
            if device is not None:
                body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
                sent.headers["authorization"] = device.authorization(sent.method or "", sent.path_url, body)
            answer = session.send(sent, timeout=10)
            assert answer.status_code in ALLOWED
            case.validate_response(answer, checks=CHECKS)

        ask()


def _request(case: Case) -> dict[str, object]:
    known = {"method", "url", "headers", "files", "data", "params", "auth", "cookies", "json"}
    return {name: value for name, value in case.as_transport_kwargs().items() if name in known}
