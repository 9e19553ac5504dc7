"""Co-investigation and calls over the API: the same acts as on the pages, refusals by field in both languages."""

from __future__ import annotations

from typing import Any

from yanmen.subsystems.tracing.tests.test_help import A, B, C, clocks, counties
from yanmen.subsystems.tracing.tests.test_help_doors import clock

__all__ = ["clock", "counties"]


def send(client: Any, path: str, **body: Any) -> Any:
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api/tracing{path}", json=body, headers=headers)


def test_a_request_goes_out_is_passed_on_and_answered(counties, clock, sign_in):
    wei = counties.person("魏岚")
    asker, qi, pingyao = (sign_in("tracing.tracer", area) for area in (A, B, C))
    body = {"people": [wei], "to_area": B, "case": "K-1", "degree": 1, "last_exposed": "2022-10-02"}
    told = send(asker, "/help", **body).json()
    assert (told["asked"], told["repeated"]) == ([wei], [])
    assert send(asker, "/help", **body).json() == {"help": told["help"], "asked": [], "repeated": [wei]}
    [wrong] = send(asker, "/help", **body | {"to_area": A}).json()["errors"]
    assert (wrong["field"], wrong["value"]) == ("to_area", A)
    assert wrong["message"]["zh"]
    one = f"/help/{told['help']}/{wei}"
    assert send(pingyao, f"{one}/accept").status_code == 422
    assert send(qi, f"{one}/accept").json()[0]["state"] == "accepted"
    assert send(qi, f"{one}/return", reason="busy").status_code == 422
    assert send(qi, f"{one}/return", reason="moved_on", to_area=C).json()[0]["went_to"] == C
    counties.turn("2022-10-03 10:01")
    [row] = pingyao.get("/api/tracing/help").json()["rows"]
    assert (row["hop"], row["name"], row["due_at"][:16]) == (2, "魏岚", "2022-10-04T02:00")
    assert send(pingyao, f"{one}/answer", outcome="found_managed").json()[-1]["state"] == "answered"
    counties.turn("2022-10-03 10:02")
    assert [state for _, state, *_ in clocks(counties, wei)] == ["done", "done"] or clocks(counties, wei)[-1][
        1
    ] == "done"
    assert [each["hop"] for each in asker.get("/api/tracing/help?side=out&closed=true").json()["rows"]] == [2, 1]
    assert asker.get(f"/api/tracing/help/{told['help']}/{wei}").json()[-1]["why"] == "found_managed"


def test_calls_are_kept_within_the_cap_and_counted(counties, clock, sign_in):
    wei = counties.person("魏岚")
    tracer = sign_in("tracing.tracer", A)
    call = {"channel": "phone", "outcome": "answered", "about": "核实行程", "answer": "在家"}
    assert send(tracer, f"/people/{wei}/calls", **call).json()["left_today"] == 1
    assert send(tracer, f"/people/{wei}/calls", **call).json()["left_today"] == 0
    [refused] = send(tracer, f"/people/{wei}/calls", **call).json()["errors"]
    assert refused["field"] == "beyond"
    assert len(send(tracer, f"/people/{wei}/calls", **call, beyond="asked_for").json()["rows"]) == 3
    counted = sign_in("command.staff", "1407").get("/api/tracing/calls?since=2022-10-01T00:00:00%2B08:00").json()
    assert counted == {"people": 1, "calls": 3, "spread": {"3": 1}, "areas": {A: [1, 3, 3]}}
    assert sign_in("tracing.tracer", B).get(f"/api/tracing/people/{wei}/calls").json() == {"rows": [], "left_today": 2}
