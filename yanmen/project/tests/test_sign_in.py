"""The front door of the site, over a real socket."""

import pytest


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


def test_somebody_with_one_role_arrives_at_the_first_page_after_signing_in(sign_in):
    officer = sign_in("inspector", area="14")
    answer = officer.get("/")
    assert answer.status_code == 200
    assert "/account/login/" not in str(answer.url)


def test_the_api_answers_a_stranger_with_what_to_do_in_both_languages(live):
    errors = live.get("/api/arrivals/journeys").json()["errors"]
    assert set(errors[0]["message"]) == {"zh", "en"}
