"""Community grid through the doors people use."""

import pytest

from yanmen.subsystems.grid.kinds import OFFICER


@pytest.fixture
def officer(sign_in):
    return sign_in(OFFICER.name, area="1401", language="en")


def post(client, url, **form):
    token = client.cookies["csrftoken"]
    return client.post(url, data=form | {"csrfmiddlewaretoken": token}, headers={"Referer": str(client.base_url)})


def test_what_an_officer_reports_stands_in_the_list(officer):
    assert "Nothing was reported yet" in officer.get("/grid/").text
    assert "a first report" in post(officer, "/grid/", note="a first report").text


def test_an_empty_report_is_refused_with_what_to_do(officer):
    officer.get("/grid/")
    answer = post(officer, "/grid/", note=" ")
    assert answer.status_code == 422
    assert "Write what you report." in answer.text


def test_nobody_else_gets_in(sign_in):
    assert sign_in("inspector", area="14").get("/grid/").status_code == 403
