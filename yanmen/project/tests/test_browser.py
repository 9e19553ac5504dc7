"""The front door in a real browser."""

import pytest


@pytest.mark.browser
def test_the_login_page_opens_without_errors_and_without_asking_any_other_host(live, browser):
    page = browser.new_page()
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{live.url}/account/login/")
    page.get_by_role("button").first.wait_for()
    assert [url for url in asked if not url.startswith((live.url, "data:"))] == []
    assert said == []
    page.close()
