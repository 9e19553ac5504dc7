"""The grid worker's application over HTTP: files for whoever asks, a strict policy, one version, both languages."""

from __future__ import annotations

import json
import re

from yanmen.base.tests.phone_files import missing_files, missing_texts
from yanmen.subsystems.grid.kinds import MANAGER, WORKER
from yanmen.subsystems.grid.pages.phone import files
from yanmen.subsystems.grid.tests.village import VILLAGE, open_village


def test_files_are_for_whoever_asks_and_carry_the_strict_policy(clean, live):
    for path, kind in (("", "text/html"), ("app.js", "text/javascript"), ("views/door.js", "text/javascript"), ("store.js", "text/javascript"), ("grid.css", "text/css")):  # fmt: skip
        answer = live.get(f"/grid/phone/{path}")
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind), path
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe-inline" not in policy
        assert "sessionid" not in answer.cookies
    again = live.get("/grid/phone/app.js", headers={"If-None-Match": live.get("/grid/phone/app.js").headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert live.get("/grid/phone/tests/x.js").status_code == 404


def test_the_worker_keeps_the_shared_files_and_its_own(clean, live):
    answer = live.get("/grid/phone/sw.js")
    assert answer.headers["service-worker-allowed"] == "/grid/phone/"
    kept = json.loads(re.search(r"const FILES = (\{.*?\});", answer.text, re.DOTALL)[1])
    assert {"index.html", "app.js", "version.js", "outbox.js", "store.js", "views/door.js", "grid.css"} <= set(kept)


def test_nothing_is_missing_and_every_text_stands_in_both_languages():
    assert missing_files(files(), "/grid/phone/") == []
    assert missing_texts(files()) == set()


def test_the_way_in_asks_strangers_to_sign_in_and_leads_workers_back(clean, live, sign_in):
    open_village()
    asked = live.get("/grid/phone/in/", follow_redirects=False)
    assert (asked.status_code, asked.headers["location"]) == (302, "/account/login/?next=/grid/phone/in/")
    back = sign_in(WORKER, VILLAGE).get("/grid/phone/in/", follow_redirects=False)
    assert (back.status_code, back.headers["location"]) == (302, "/grid/phone/")


def test_who_is_signed_in(clean, live, sign_in):
    open_village()
    assert live.get("/api/grid/me").status_code == 401
    told = sign_in(WORKER, VILLAGE).get("/api/grid/me").json()
    assert (told["role"], told["area"], told["area_zh"]) == (WORKER, VILLAGE, "幸福村")
    assert told["csrf"]
    assert sign_in(MANAGER.name, VILLAGE).get("/api/grid/me").json()["role"] == MANAGER.name
    assert sign_in("sampling", VILLAGE).get("/api/grid/me").status_code == 403
