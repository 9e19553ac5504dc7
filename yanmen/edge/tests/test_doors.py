"""Each door of a running edge, through HTTP."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import msgspec
import psycopg
import pytest

from yanmen.edge.testing import Device, RunningEdge, holder, identifier, milliseconds, officer, pseudonym
from yanmen.edge.tests.town import AREA, CLOSED, OLD_SEED, SHOP, SITE, UNKNOWN, code

CHECK_INS, PASSES, SAMPLES, BATCHES = (f"/edge/v1/{door}" for door in ("check-ins", "passes", "samples", "batches"))


def check_in(**changed: object) -> dict[str, object]:
    return {"id": str(identifier()), "venue": code(), "at": milliseconds()} | changed


def a_pass(**changed: object) -> dict[str, object]:
    return {
        "id": str(identifier()),
        "at": milliseconds(),
        "pseudonym": pseudonym(8),
        "direction": "in",
        "lane": 2,
        "shown": "green",
        "reason": "valid",
        "knowledge_minutes": 12,
        "vehicle": "晋A12345",
        "group": str(uuid4()),
    } | changed


def sample(**changed: object) -> dict[str, object]:
    return {
        "id": str(identifier()), "at": milliseconds(), "pseudonym": pseudonym(8), "tube": "T-1000", "position": 3,
    } | changed  # fmt: skip


def row(rows: psycopg.Connection, table: str, identifier: object) -> dict[str, object] | None:
    with rows.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        return cursor.execute(f"SELECT * FROM loop_bulk_{table} WHERE id = %s", [identifier]).fetchone()


def test_a_resident_sees_the_code_and_how_old_the_knowledge_is(client: httpx.Client, phone: Device) -> None:
    answer = phone.get(client, "/edge/v1/code")
    assert answer.status_code == 200
    told = answer.json()
    assert told.pop("age_seconds") < 10
    assert told == {"colour": 0, "negative": None, "vaccination": 0, "seq": 0}


def test_a_check_in_is_a_claim_at_the_venue(client: httpx.Client, phone: Device, rows: psycopg.Connection) -> None:
    record = check_in()
    answer = phone.post(client, CHECK_INS, record)
    assert (answer.status_code, answer.json()) == (200, {"id": record["id"], "kept": True})
    kept = row(rows, "presence_scanned", record["id"])
    assert kept.pop("recorded_at") - datetime.now(UTC) < timedelta(seconds=5)
    assert kept.pop("occurred_at").timestamp() == record["at"] / 1000
    assert kept == {
        "id": UUID(record["id"]),
        "person_id": 7,
        "place_id": SHOP,
        "area": AREA,
        "recorded_by": "device:7",
        "claimed": True,
        "via": "phone",
        "device": 7,
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"venue": code(UNKNOWN)}, "venue"),
        ({"venue": code(CLOSED)}, "venue"),
        ({"venue": code(SHOP, OLD_SEED)}, "venue"),
        ({"venue": code()[:-1] + "0"}, "venue"),
        ({"venue": "https://elsewhere"}, "venue"),
        ({"id": str(uuid4())}, "id"),
        ({"id": str(identifier(datetime.now(UTC) - timedelta(days=16)))}, "id"),
        ({"id": str(identifier(datetime.now(UTC) + timedelta(days=3)))}, "id"),
        ({"at": milliseconds() - 15 * 86_400_000}, "at"),
        ({"at": milliseconds() + 3_600_000}, "at"),
        ({"at": "yesterday"}, "at"),
    ],
)
def test_what_is_refused_names_field_and_remedy(
    client: httpx.Client, phone: Device, changed: dict[str, object], field: str
) -> None:
    answer = phone.post(client, CHECK_INS, check_in(**changed))
    assert answer.status_code == 422
    told = answer.json()
    assert told["field"] == field
    assert told["zh"]
    assert told["en"]


def test_a_pass_is_kept_with_what_the_officer_saw(
    client: httpx.Client, guard: Device, rows: psycopg.Connection
) -> None:
    record = a_pass()
    assert guard.post(client, PASSES, record).json() == {"id": record["id"], "kept": True}
    kept = row(rows, "checkpoints_passed", record["id"])
    assert {name: kept[name] for name in kept if name not in ("recorded_at", "occurred_at")} == {
        "id": UUID(record["id"]),
        "person_id": 8,
        "place_id": 4,
        "area": AREA,
        "recorded_by": "device:104",
        "direction": "in",
        "lane": 2,
        "shown": "green",
        "reason": "valid",
        "knowledge_minutes": 12,
        "vehicle": "晋A12345",
        "group_id": UUID(record["group"]),
        "device": 104,
    }


def test_a_pass_without_a_code_names_nobody(client: httpx.Client, guard: Device, rows: psycopg.Connection) -> None:
    record = a_pass(pseudonym=None, group=None, knowledge_minutes=None)
    assert guard.post(client, PASSES, record).status_code == 200
    kept = row(rows, "checkpoints_passed", record["id"])
    assert (kept["person_id"], kept["group_id"], kept["knowledge_minutes"]) == (None, None, None)


def test_a_sample_is_bound_to_its_tube(client: httpx.Client, sampler: Device, rows: psycopg.Connection) -> None:
    record = sample()
    assert sampler.post(client, SAMPLES, record).status_code == 200
    kept = row(rows, "screening_bound", record["id"])
    assert (kept["person_id"], kept["place_id"], kept["tube"], kept["position"]) == (8, SITE, "T-1000", 3)


def test_a_scanner_at_a_venue_claims_nothing(client: httpx.Client, scanner: Device, rows: psycopg.Connection) -> None:
    record = {"id": str(identifier()), "at": milliseconds(), "pseudonym": pseudonym(8)}
    assert scanner.post(client, CHECK_INS, record).status_code == 200
    kept = row(rows, "presence_scanned", record["id"])
    assert (kept["person_id"], kept["claimed"], kept["via"], kept["device"]) == (8, False, "scanner", 109)


@pytest.mark.parametrize(
    "text", ["", "A" * 22, "!" * 22, "A" * 40, pseudonym(8, datetime.now(UTC) - timedelta(days=20))]
)
def test_a_pseudonym_that_was_not_made_here_or_is_old_names_nobody(
    client: httpx.Client, guard: Device, text: str
) -> None:
    answer = guard.post(client, PASSES, a_pass(pseudonym=text))
    assert (answer.status_code, answer.json()["field"]) == (422, "pseudonym")
    assert guard.post(client, "/edge/v1/look", {"pseudonym": text}).status_code == 422
    told = guard.post(client, BATCHES, {"door": "passes", "records": [a_pass(pseudonym=text)]}).json()["results"]
    assert told[0][1] == "refused"


@pytest.mark.parametrize(("days", "status"), [(-13, 422), (-4, 422), (-2, 422), (0, 200)])
def test_who_sees_a_code_today_cannot_say_that_it_was_seen_last_week(
    client: httpx.Client, scanner: Device, days: int, status: int
) -> None:
    """A forged visit of the past would make a contact of anybody whose code was seen once."""
    then = datetime.now(UTC) + timedelta(days=days)
    record = {"id": str(identifier(then)), "at": milliseconds(then), "pseudonym": pseudonym(8)}
    assert scanner.post(client, CHECK_INS, record).status_code == status
    told = scanner.post(client, BATCHES, {"door": "check-ins", "records": [record]}).json()["results"]
    assert told[0][1] == ("repeated" if status == 200 else "refused")
    honest = record | {"id": str(identifier(then)), "pseudonym": pseudonym(8, then)}
    assert scanner.post(client, CHECK_INS, honest).status_code == 200


@pytest.mark.parametrize(
    ("who", "path", "record"),
    [
        ("phone", PASSES, a_pass()),
        ("phone", "/edge/v1/look", {"pseudonym": pseudonym(8)}),
        ("guard", SAMPLES, sample()),
        ("guard", CHECK_INS, {"id": str(identifier()), "at": milliseconds(), "pseudonym": pseudonym(8)}),
        ("scanner", PASSES, a_pass()),
        ("sampler", PASSES, a_pass()),
    ],
)
def test_a_device_does_only_what_it_is_for(
    client: httpx.Client, request: pytest.FixtureRequest, who: str, path: str, record: dict[str, object]
) -> None:
    assert request.getfixturevalue(who).post(client, path, record).status_code == 403


def test_an_officer_looks_at_the_person_of_a_code(client: httpx.Client, guard: Device) -> None:
    assert guard.post(client, "/edge/v1/look", {"pseudonym": pseudonym(8)}).json()["colour"] == 0


def test_a_batch_has_a_receipt_for_each_record_in_order(
    client: httpx.Client, guard: Device, rows: psycopg.Connection
) -> None:
    good, twice = a_pass(), a_pass(pseudonym=None)
    bad = [a_pass(at=0), a_pass(pseudonym="A" * 22), a_pass(lane="x"), {"nothing": 1}, a_pass(vehicle="a\0b")]
    records = [good, *bad, twice, twice]
    answer = guard.post(client, BATCHES, {"door": "passes", "records": records})
    assert answer.status_code == 200
    results = answer.json()["results"]
    assert [each[1] for each in results] == ["kept", *["refused"] * 5, "kept", "repeated"]
    assert [each[0] for each in results] == [each.get("id") for each in records]
    assert [each[2]["field"] for each in results if each[1] == "refused"] == ["at", "pseudonym", "lane", "", ""]
    again = guard.post(client, BATCHES, {"door": "passes", "records": [good, a_pass()]})
    assert [each[1] for each in again.json()["results"]] == ["repeated", "kept"]
    assert row(rows, "checkpoints_passed", twice["id"])


@pytest.mark.parametrize("kind", ["application/msgpack", "application/json; charset=utf-8"])
def test_a_thousand_records_go_at_once(
    client: httpx.Client, sampler: Device, rows: psycopg.Connection, kind: str
) -> None:
    records = [sample(tube=f"T{number // 10}", position=number % 10 + 1) for number in range(1000)]
    encode = msgspec.msgpack.encode if "msgpack" in kind else msgspec.json.encode
    answer = sampler.post(client, BATCHES, encode({"door": "samples", "records": records}), kind=kind)
    assert [each[1] for each in answer.json()["results"]] == ["kept"] * 1000
    (count,) = rows.execute(
        "SELECT count(*) FROM loop_bulk_screening_bound WHERE id = ANY (%s::uuid[])", [[each["id"] for each in records]]
    ).fetchone()
    assert count == 1000
    more = sampler.post(client, BATCHES, encode({"door": "samples", "records": [sample()] * 1001}), kind=kind)
    assert more.status_code == 413


def test_the_same_id_again_is_acknowledged_and_changes_nothing(
    client: httpx.Client, phone: Device, rows: psycopg.Connection
) -> None:
    record = check_in()
    told = [phone.post(client, CHECK_INS, record).json()["kept"] for _ in range(3)]
    assert told == [True, "repeated", "repeated"]
    before = row(rows, "presence_scanned", record["id"])
    phone.post(client, CHECK_INS, record | {"at": record["at"] - 5000})
    assert row(rows, "presence_scanned", record["id"]) == before


def test_health_and_metrics_tell_how_the_edge_is(client: httpx.Client, edge: RunningEdge) -> None:
    health = client.get("/edge/v1/health").json()
    assert (health["status"], health["database"], health["queue"]) == ("ok", "up", 0)
    text = client.get("/edge/v1/metrics").text
    assert 'yanmen_edge_answers_total{door="check-ins",status="200"}' in text
    assert "yanmen_edge_commit_seconds_count" in text


def test_addresses_and_methods_that_are_not_there(client: httpx.Client) -> None:
    assert client.get("/edge/v2/code").status_code == 404
    assert client.get(CHECK_INS).status_code == 405
    assert client.get(CHECK_INS).headers["allow"] == "POST"
    assert client.get("/phone/").status_code == 200
    assert client.get("/site/api/health-code/holder/x").status_code == 404


def test_the_process_never_loads_django(edge: RunningEdge) -> None:
    for pid in edge.workers():
        with open(f"/proc/{pid}/maps") as maps:  # noqa: PTH123
            assert "django" not in maps.read()
    import subprocess
    import sys

    code = "import sys, yanmen.edge.app, yanmen.edge.__main__; print('django' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code]).strip() == b"False"


def test_two_holders_have_sessions_of_their_own(edge: RunningEdge, client: httpx.Client) -> None:
    other = holder(edge.home, person=12).sign_in(edge.url)
    assert other.get(client, "/edge/v1/code").status_code == 200
    assert officer(edge.home, place=4, area=AREA, role="x", device=5).sign_in(edge.url).session != other.session
