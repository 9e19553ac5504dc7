"""The front door of the site, over a real socket."""

import pytest

from yanmen.project.testing import PASSWORD, new_account, visitor


def test_a_stranger_is_sent_to_the_login_page(live):
    answer = live.get("/")
    assert answer.status_code == 200
    assert "/account/login/" in str(answer.url)


def test_the_login_page_names_no_other_host_and_allows_no_inline_script(live):
    answer = live.get("/account/login/")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert 'src="http' not in answer.text
    assert 'href="http' not in answer.text


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "雁门"), ("en", "Yanmen")])
def test_the_login_page_speaks_the_language_of_the_reader(live, language, word):
    assert word in live.get("/account/login/", headers={"Accept-Language": language}).text


@pytest.mark.real_passwords
def test_somebody_with_one_role_arrives_at_the_first_page_after_signing_in(sign_in):
    officer = sign_in("inspector", area="14")
    answer = officer.get("/")
    assert answer.status_code == 200
    assert "/account/login/" not in str(answer.url)


def test_the_api_answers_a_stranger_with_what_to_do_in_both_languages(live):
    errors = live.get("/api/arrivals/journeys").json()["errors"]
    assert set(errors[0]["message"]) == {"zh", "en"}


def test_an_office_behind_one_address_signs_in_when_shifts_change(live):
    name = new_account("inspector", "14")
    assert [_enter(live, name, PASSWORD) for _ in range(40)] == [302] * 40


@pytest.mark.parametrize("_again", ["once", "and once more"])
def test_guessing_passwords_ends_soon_and_one_test_knows_nothing_of_another(live, _again):
    name = new_account("inspector", "14")
    answers = [_enter(live, name, "wrong") for _ in range(6)]
    assert answers == [200] * 6
    assert _enter(live, name, PASSWORD) == 200, "five wrong tries lock the name for five minutes"


def _enter(live, name, password):
    with visitor(live.url, follow_redirects=False) as client:
        client.get("/account/login/")
        form = {"login": name, "password": password, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        return client.post("/account/login/", data=form, headers={"Referer": live.url}).status_code
