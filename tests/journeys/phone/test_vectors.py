"""JavaScript and Python mean the same: every vector is judged in a real browser, by the modules that phones run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from yanmen.base import changes, cose
from yanmen.base.door_words import DoorWords
from yanmen.base.issuing import IssuingKeys
from yanmen.base.key_list import KeyList
from yanmen.edge import pages
from yanmen.edge.pages import FOLDER
from yanmen.edge.testing import b64
from yanmen.edge.tests.phones import served
from yanmen.project.state import ROOT

pytestmark = pytest.mark.browser
VECTORS = json.loads((FOLDER / "tests" / "vectors.json").read_text("utf-8"))

JUDGED = """async ({vectors}) => {
  const [{judge}, {readKeyList}, {readChanges}, bytes] = await Promise.all(
    ["verdict.js", "key_list.js", "changes.js", "bytes.js"].map((name) => import("/phone/" + name)));
  const root = bytes.fromBase64url(vectors.root_key);
  const list = (name) => readKeyList(bytes.fromBase64url(vectors.key_lists[name]), root);
  const found = [];
  for (const each of vectors.cases) {
    const now = each.now * 1000;
    const keys = await list(each.keys);
    let changes = null;
    for (const name of each.changes) {
      const document = bytes.fromBase64url(vectors.changes[name]);
      changes = changes ? await changes.followedBy(document, keys, now) : await readChanges(document, keys, now);
    }
    const policy = vectors.policies[each.policy];
    const verdict = await judge(vectors.texts[each.text], {keys, changes, policy, now});
    const {act, reason, notes, knowledgeAge, keysAge, claims, shownAt} = verdict;
    found.push({act, reason, notes, knowledge_age: knowledgeAge, keys_age: keysAge, shown_at: shownAt, claims: claims && {
      area: claims.area, pseudonym: bytes.toBase64url(claims.pseudonym), issued_at: claims.issuedAt,
      not_before: claims.notBefore, expires_at: claims.expiresAt, colour: claims.colour,
      negative_minutes: claims.negativeMinutes, vaccination: claims.vaccination, form: claims.form,
      x: claims.holderX && bytes.toBase64url(claims.holderX), hint: claims.hint}});
  }
  return found;
}"""
BELIEVED = """async ({vectors}) => {
  const [{readKeyList}, {readChanges}, {fromBase64url}, {Malformed}] = await Promise.all(
    ["key_list.js", "changes.js", "bytes.js", "malformed.js"].map((name) => import("/phone/" + name)));
  const root = fromBase64url(vectors.root_key);
  const main = await readKeyList(fromBase64url(vectors.key_lists.main), root);
  return Promise.all(vectors.documents.map(async ({kind, document}) => {
    const read = kind === "keys" ? readKeyList(fromBase64url(vectors.key_lists[document]), root)
      : readChanges(fromBase64url(vectors.changes[document]), main, vectors.now * 1000);
    return read.then(() => true, (fault) => { if (fault instanceof Malformed) return false; throw fault; });
  }));
}"""
SETS = """async ({vectors}) => {
  const [{decodeSet}, {fromBase64url}, {encode, decode}] = await Promise.all(
    ["changes.js", "bytes.js", "base45.js"].map((name) => import("/phone/" + name)));
  const values = vectors.sets.map(({set, count, log2}) => [...decodeSet(fromBase64url(set), count, log2)]);
  const texts = Object.entries(vectors.base45).map(([plain, coded]) => {
    const bytes = new TextEncoder().encode(plain);
    return encode(bytes) === coded && new TextDecoder().decode(decode(coded)) === plain;
  });
  return {values, texts};
}"""
SHOWN = """async ({vectors}) => {
  const [{show, readText, shownByHolder}, {fromBase64url, toBase64url}, base45, {read1}] = await Promise.all(
    ["credential.js", "bytes.js", "base45.js", "cose.js"].map((name) => import("/phone/" + name)));
  const key = await crypto.subtle.importKey("jwk", vectors.device.private_key, {name: "ECDSA", namedCurve: "P-256"}, false, ["sign"]);
  const text = await show(fromBase64url(vectors.device.credential), key, vectors.now * 1000);
  const message = read1(base45.decode(text.slice(4)));
  return {payload: toBase64url(message.payload), own: await shownByHolder(await readText(text))};
}"""

PLAYED_BACK = """async ({root, rounds, now}) => {
  const [{Documents}, {fromBase64url}] = await Promise.all(["documents.js", "bytes.js"].map((name) => import("/phone/" + name)));
  const told = {};
  const store = {document: async (name) => told[name] && {bytes: fromBase64url(told[name])}};
  const documents = new Documents({store, rootKey: fromBase64url(root), clock: {now: () => now * 1000, atLeast: async () => {}}});
  const found = [];
  for (const round of rounds) {
    Object.assign(told, round);
    await documents.load();
    found.push([documents.words.asks, documents.changes.asOf]);
  }
  return found;
}"""

PLACED = """async ({root, keys, words, kinds, now}) => {
  const [{readKeyList}, {readWords, policyAt, askedAt}, {fromBase64url}] = await Promise.all(
    ["key_list.js", "words.js", "bytes.js"].map((name) => import("/phone/" + name)));
  const list = await readKeyList(fromBase64url(keys), fromBase64url(root));
  const told = await readWords(fromBase64url(words), list, now * 1000);
  return kinds.map((kind) => [policyAt(told, kind || null), askedAt(told, kind || null)]);
}"""


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """A page of ours, with its security policy, without an edge behind it."""
    with served(pages.respond) as url:
        context = browser.new_context()
        made = context.new_page()
        made.goto(f"{url}/phone/")
        yield made
        context.close()


def test_every_case_gets_the_same_verdict(page: Any) -> None:
    found = page.evaluate(JUDGED, {"vectors": VECTORS})
    different = []
    for case, got in zip(VECTORS["cases"], found, strict=True):
        expected = _as_the_phone_says(case["expected"])
        if {name: got[name] for name in expected} != expected:
            different.append((case["text"], expected, got))
    assert different == []
    assert len(found) >= 80


def _as_the_phone_says(expected: dict[str, Any]) -> dict[str, Any]:
    """The phone keeps of a key the x coordinate: 32 of the last 64 bytes."""
    claims = expected["claims"]
    if claims is None:
        return expected
    said = {name: value for name, value in claims.items() if name != "holder_key"}
    key = claims.get("holder_key")
    return {**expected, "claims": {**said, "x": _x_of(key) if key else None}}


def _x_of(key: str) -> str:
    from base64 import urlsafe_b64decode, urlsafe_b64encode

    return urlsafe_b64encode(urlsafe_b64decode(key + "=" * (-len(key) % 4))[-64:-32]).decode().rstrip("=")


def test_documents_are_believed_or_not_as_python_does(page: Any) -> None:
    believed = page.evaluate(BELIEVED, {"vectors": VECTORS})
    assert believed == [each["accepted"] for each in VECTORS["documents"]]


def test_sets_and_base45_are_read_alike(page: Any) -> None:
    found = page.evaluate(SETS, {"vectors": VECTORS})
    assert found["values"] == [each["values"] for each in VECTORS["sets"]]
    assert all(found["texts"])


def test_what_the_phone_shows_is_what_python_would_show(page: Any) -> None:
    found = page.evaluate(SHOWN, {"vectors": VECTORS})
    assert found == {"payload": VECTORS["device"]["showing_payload"], "own": True}


def test_older_documents_do_not_replace_newer_ones(page: Any, tmp_path: Path) -> None:
    """Who stands between phone and edge may keep what was signed before, and cannot play it back."""
    now = datetime(2022, 11, 28, 9, tzinfo=UTC)
    keys = IssuingKeys.open(tmp_path)
    signer = keys.signer("list", now)

    def words(at: datetime, *, asks: bool) -> str:
        titles = {"green": {"zh": "绿码", "en": "Green"}}
        said = {
            "order": ["green"],
            "titles": titles,
            "policy": {},
            "say": {},
            "asks": asks,
            "at": {},
            "asks_at": {},
            "issued_at": int(at.timestamp()),
        }
        return b64(cose.sign1(json.dumps(said).encode(), signer))

    def changed(at: datetime, seq: int) -> str:
        return b64(changes.publish([], signer=signer, now=at, expires_at=at + timedelta(days=2), seq=seq))

    hour = timedelta(hours=1)
    rounds = [
        {"keys": b64(keys.signed_list(now)), "words": words(now - hour, asks=True), "changes": changed(now - hour, 5)},
        {"words": words(now - 9 * hour, asks=False), "changes": changed(now - 9 * hour, 9)},
        {"words": words(now, asks=False), "changes": changed(now, 2)},  # a restored register counts from lower down
    ]
    told = page.evaluate(
        PLAYED_BACK, {"root": b64(keys.root.public_key), "rounds": rounds, "now": int(now.timestamp())}
    )
    before, after = int((now - hour).timestamp()), int(now.timestamp())
    assert told == [[True, before], [True, before], [False, after]]


@pytest.mark.parametrize("day", ["2022-10-07", "2022-11-25", "2022-12-08", "2023-01-08"])
def test_what_doors_ask_at_a_kind_of_place_is_read_alike(page: Any, tmp_path: Path, day: str) -> None:
    from yanmen.subsystems.health_code.queries.doors import load_doors

    (doors,) = load_doors([ROOT / "packs" / "shanxi"])
    rules = doors.on(date.fromisoformat(day))
    assert rules is not None
    now = datetime(2023, 1, 9, tzinfo=UTC)
    keys = IssuingKeys.open(tmp_path)
    said = {
        "issued_at": 1,
        "order": ["green"],
        "titles": {"green": {"zh": "绿码", "en": "Green"}},
        "say": {},
        "credential_hours": 24,
        "stale_hours": 12,
        **{name: getattr(rules, name) for name in ("asks", "policy", "at", "asks_at")},
    }
    document = cose.sign1(json.dumps(said).encode(), keys.signer("list", now))
    read = DoorWords.read(document, KeyList.read(keys.signed_list(now), keys.root.public_key), now)
    kinds = ["", *rules.at, "supermarket", "road", "constructor", "__proto__"]
    about = {"root": b64(keys.root.public_key), "keys": b64(keys.signed_list(now)), "words": b64(document)}
    found = page.evaluate(PLACED, {**about, "kinds": kinds, "now": int(now.timestamp())})
    expected = [[asdict(read.policy_at(kind)), read.asked_at(kind)] for kind in kinds]
    assert found == json.loads(json.dumps(expected))
