"""Closed until opened: pages and operations without a role do not load; no door sets a status."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from yanmen.desk.tests.conftest import send

PEOPLE = 1317


def alarms() -> list[tuple[str, int]]:
    from yanmen.loop.models import Alarm

    return list(Alarm.objects.using("owner").order_by("pk").values_list("kind", "count"))


def test_a_page_without_a_role_does_not_import(template_database: str) -> None:
    from yanmen.desk.pages import page

    with pytest.raises(TypeError, match="role"):
        page("x/", name="x", zh="甲", en="X")  # type: ignore[call-arg]
    with pytest.raises(ImproperlyConfigured, match="at least one role"):
        page("x/", role="", name="x", zh="甲", en="X")
    with pytest.raises(ImproperlyConfigured, match="PUBLIC alone"):
        page("x/", role=("public", "any"), name="x", zh="甲", en="X")


def test_two_pages_of_one_name_do_not_import(template_database: str) -> None:
    from yanmen.desk.pages import ANY, PAGES, page

    page("here/", role=ANY, name="toys.twice", zh="甲", en="X", nav=False)(lambda request, scope: None)  # type: ignore[arg-type,return-value]
    try:
        with pytest.raises(ImproperlyConfigured, match="twice"):
            page("elsewhere/", role=ANY, name="toys.twice", zh="甲", en="X")
    finally:
        PAGES.pop("toys.twice")


def test_an_operation_without_a_role_stops_the_start(template_database: str) -> None:
    from ninja import Router

    from yanmen.desk.api import build_api

    router = Router()

    @router.get("/open")
    def open_to_all(request: Any) -> None: ...

    with pytest.raises(ImproperlyConfigured, match=r"allow\(role"):
        build_api({"toys": router})


@pytest.mark.parametrize("field", ["colour", "color", "颜色", "赋码", "Risk Tier", "verdict", "status", "健康码"])
def test_a_form_with_a_computed_field_is_refused_and_raises_an_alarm(field: str, as_staff: Any) -> None:
    before = len(alarms())
    answer = send(as_staff("commander"), "/people/", **{"q": "1", field: "red"})
    assert answer.status_code == 403
    assert "任何人不得填写" in answer.text
    assert alarms()[before:] == [("status_set_by_hand", 1)]


def test_an_alarm_says_how_many_people_were_meant(as_staff: Any) -> None:
    client = as_staff("commander")
    before = len(alarms())
    body = {"people": [{"number": n, "colour": "red"} for n in range(PEOPLE)]}
    headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
    answer = client.post("/api/arrivals/declarations", json=body, headers=headers)
    assert answer.status_code == 403
    assert set(answer.json()["errors"][0]["message"]) == {"zh", "en"}
    assert alarms()[before:] == [("status_set_by_hand", PEOPLE)]


def test_a_file_with_a_colour_column_is_refused_and_raises_an_alarm(as_staff: Any) -> None:
    before = len(alarms())
    content = "姓名,地区,健康码颜色\n" + "演练甲,140105,红\n" * 3
    files = {"file": ("people.csv", content.encode(), "text/csv")}
    answer = send(as_staff("clerk"), "/import/people/", files=files, act="apply")
    assert answer.status_code == 403
    assert alarms()[before:] == [("status_set_by_hand", 3)]


def test_a_strangers_attempt_is_turned_away_without_an_alarm(live: Any, seeded: Any) -> None:
    before = len(alarms())
    answer = live.post("/api/arrivals/declarations", json={"colour": "red"})
    assert answer.status_code in (401, 403)
    assert len(alarms()) == before


def test_the_api_names_field_value_and_remedy(as_staff: Any) -> None:
    client = as_staff("officer")
    headers = {"X-CSRFToken": client.cookies["csrftoken"], "Referer": str(client.base_url)}
    answer = client.post("/api/arrivals/declarations", json={"colou": 1, "expected_on": "soon"}, headers=headers)
    assert answer.status_code in (403, 422), answer.text
    errors = answer.json()["errors"]
    assert all({"field", "value", "message", "remedy"} <= set(one) for one in errors)


def test_a_file_is_previewed_then_applied_once_with_a_receipt_a_line(as_staff: Any) -> None:
    clerk = as_staff("clerk")
    content = "姓名,地区,出生日期\n演练新甲,140105,1990-01-01\n演练新乙,小店区,昨天\n".encode()
    first = send(clerk, "/import/people/", files={"file": ("new.csv", content, "text/csv")}, act="preview")
    assert first.status_code == 200
    assert "退回" in first.text
    done = send(clerk, "/import/people/", files={"file": ("new.csv", content, "text/csv")}, act="apply")
    assert done.url.path.startswith("/import/receipt/")
    again = send(clerk, "/import/people/", files={"file": ("new.csv", content, "text/csv")}, act="apply")
    assert again.url.path == done.url.path
    assert "此前已导入" in again.text


def test_a_changed_rule_is_tried_without_being_kept(as_staff: Any) -> None:
    from yanmen.loop.models import Measure
    from yanmen.loop.policies import shelf

    before = Measure.objects.using("loop").count()
    path = next(path for folder in shelf.folders for path in folder.glob("rules/arrivals/from_high_risk_area.yaml"))
    content = path.read_bytes().replace(b"days: 7, tests", b"days: 10, tests")
    answer = send(as_staff("author"), "/policy/try/", files={"pack": (path.name, content, "application/yaml")})
    assert answer.status_code == 200, answer.text[-2000:]
    assert "已核对" in answer.text
    assert Measure.objects.using("loop").count() == before


def test_a_rule_that_does_not_hold_is_answered_with_file_and_remedy(as_staff: Any) -> None:
    content = b"id: arrivals.from_high_risk_area\ngiven: nowhere\n"
    answer = send(as_staff("author"), "/policy/try/", files={"pack": ("x.yaml", content, "application/yaml")})
    assert answer.status_code == 422
    assert "yanmen-try" not in answer.text
