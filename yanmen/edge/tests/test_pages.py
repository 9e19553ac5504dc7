"""The phone pages over the wire: types, validators, compression, policy, and one version of everything."""

import base64
import gzip
import hashlib
import json
import re
import shutil

import pytest

from yanmen.base.tests.phone_files import missing_files, missing_texts
from yanmen.edge import pages
from yanmen.edge.pages import FOLDER, answer, read, respond


def header(headers, name):
    return dict(headers).get(name)


@pytest.mark.parametrize("path", ["", "/", "/phone"])
def test_the_front_door_leads_to_the_pages(path):
    status, headers, _ = respond(path)
    assert (status, header(headers, "Location")) == (302, "/phone/")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/phone/", "text/html; charset=utf-8"),
        ("/phone/app.js", "text/javascript; charset=utf-8"),
        ("/phone/views/scan.js", "text/javascript; charset=utf-8"),
        ("/phone/style.css", "text/css; charset=utf-8"),
        ("/phone/app.webmanifest", "application/manifest+json"),
        ("/phone/vendor/zxing/reader.wasm", "application/wasm"),
        ("/phone/icon-192.png", "image/png"),
    ],
)
def test_files_have_their_types(path, kind):
    status, headers, body = respond(path)
    assert (status, header(headers, "Content-Type")) == (200, kind)
    assert body


def test_nothing_is_sent_twice():
    _, headers, body = respond("/phone/app.js")
    again, later, empty = respond("/phone/app.js", if_none_match=f'W/"x", {header(headers, "ETag")}')
    assert (again, empty) == (304, b"")
    assert header(later, "ETag") == header(headers, "ETag")
    assert body


def test_text_is_packed_for_who_can_unpack():
    _, plain, whole = respond("/phone/texts.js")
    _, packed, small = respond("/phone/texts.js", accept_encoding="br, gzip")
    assert (header(plain, "Content-Encoding"), header(packed, "Content-Encoding")) == (None, "gzip")
    assert gzip.decompress(small) == whole
    assert len(small) < len(whole) / 2


@pytest.mark.parametrize(
    "path",
    ["/phone/nothing", "/phone/../pages.py", "/phone/tests/vectors.json", "/phone/views", "/other", "/phone/%2e%2e/x"],
)
def test_what_is_not_there_says_so_in_both_languages(path):
    status, headers, body = respond(path)
    assert status == 404
    assert header(headers, "Content-Type") == "text/html; charset=utf-8"
    assert "没有这一页" in body.decode()
    assert "no such page" in body.decode()


@pytest.mark.parametrize("path", ["/phone/", "/phone/app.js", "/phone/nothing", "/", "/phone/sw.js"])
def test_every_answer_carries_the_policy(path):
    _, headers, _ = respond(path)
    policy = header(headers, "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert "unsafe-inline" not in policy
    assert "http" not in policy
    assert header(headers, "X-Content-Type-Options") == "nosniff"
    assert "camera=(self)" in header(headers, "Permissions-Policy")


def test_the_worker_knows_every_file_by_its_hash():
    status, headers, body = respond("/phone/sw.js")
    assert (status, header(headers, "Service-Worker-Allowed")) == (200, "/phone/")
    kept = json.loads(re.search(r"const FILES = (\{.*?\});", body.decode(), re.DOTALL)[1])
    assert {"index.html", "app.js", "version.js", "vendor/zxing/reader.wasm"} <= set(kept)
    assert "sw.js" not in kept
    for name, integrity in kept.items():
        digest = hashlib.sha256(respond(f"/phone/{name}")[2]).digest()
        assert integrity == "sha256-" + base64.b64encode(digest).decode()


def test_a_changed_file_is_a_new_version(tmp_path):
    shutil.copytree(FOLDER, tmp_path / "phone")
    before = answer(read(tmp_path / "phone"), "/phone/version.js")[2]
    assert before == answer(read(tmp_path / "phone"), "/phone/version.js")[2]
    (tmp_path / "phone" / "style.css").write_text("body {}", "utf-8")
    assert answer(read(tmp_path / "phone"), "/phone/version.js")[2] != before


def test_pages_name_no_file_that_is_missing():
    assert missing_files(pages.pages(), "/phone/") == []


def test_every_text_that_is_used_stands_in_both_languages():
    assert missing_texts(pages.pages()) == set()


def test_verdicts_say_the_same_as_python():
    from yanmen.base.verdict_texts import TEXTS

    told = json.loads(pages.pages()["verdicts.json"].body)
    assert told == {code: list(texts) for code, texts in TEXTS.items()}


def test_the_pages_of_a_drill_say_so_and_are_another_version():
    _, real, _ = respond("/phone/")
    _, marked, body = respond("/phone/", drill="演练 <x> · Drill: nobody here is real")
    assert "<title>演练 Drill · 雁门" in body.decode()
    assert '<p class="drill-mark" role="note">演练 &lt;x&gt; · Drill: nobody here is real</p>' in body.decode()
    assert header(real, "ETag") != header(marked, "ETag")
    assert respond("/phone/version.js")[2] != respond("/phone/version.js", drill="d")[2]
