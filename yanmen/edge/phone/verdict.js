// What a door does with a code: act, reason, and how old the knowledge is. The twin of yanmen/base/verdict.py:
// vectors.json, made there, is judged here by a test. Old knowledge is told and may ask for a second look; it never
// refuses anybody.

import { COMPANION, LONGEST_TEXT, PAPER, readText, shownByHolder } from "./credential.js";
import { inForce, verifiedBy } from "./key_list.js";
import { Malformed } from "./malformed.js";

export const ACTS = ["pass", "check", "refer", "stop"];

// What a door does when the code itself is at fault. Colours and tests are the policy's.
const FAULTS = {
  too_long: "check",
  malformed: "check",
  unknown_key: "check",
  key_revoked: "refer",
  bad_signature: "stop",
  clock_wrong: "check",
  not_yet_valid: "check",
  expired: "check",
  showing_missing: "check",
  holder_mismatch: "stop",
  screenshot: "check",
  revoked: "refer",
  status_changed: "refer",
};

/** What policy says to a door while none has been published. `colours` holds act and reason, best first. */
export const USUAL_POLICY = {
  showing_seconds: 60,
  clock_skew_seconds: 30,
  knowledge_old_minutes: 720,
  act_when_old: "pass",
  colours: [["pass", "valid"], ["refer", "colour_yellow"], ["stop", "colour_red"]],
  test_max_age_hours: null,
  act_without_test: "refer",
  act_on_paper: "check",
  act_on_companion: "check",
};

/** The verdict on what was scanned. `now` is milliseconds; ages in the answer are seconds, null without knowledge. */
export async function judge(text, { keys, changes, policy, now }) {
  const door = { keys, changes, policy: { ...USUAL_POLICY, ...policy }, now: Math.floor(now / 1000) };
  if ([...text].length > LONGEST_TEXT) return verdict(door, FAULTS.too_long, "too_long");
  let showing;
  try {
    showing = await readText(text);
  } catch (fault) {
    if (!(fault instanceof Malformed)) throw fault;
    return verdict(door, FAULTS.malformed, "malformed");
  }
  const fault = await faultOf(door, showing);
  return fault ? verdict(door, FAULTS[fault], fault, showing) : allowed(door, showing);
}

async function faultOf(door, showing) {
  const { claims } = showing.credential;
  return (
    (await distrusted(door, showing)) ??
    outOfTime(door, claims) ??
    (await badlyShown(door, showing)) ??
    (door.changes ? await door.changes.speaksAgainst(claims) : null)
  );
}

/** Nobody we believe has signed it. */
async function distrusted(door, { credential }) {
  const key = door.keys.find(credential.message.keyId, credential.claims.form === PAPER ? "paper" : "code");
  if (!key) return "unknown_key";
  if (key.revokedAt !== null) return "key_revoked";
  if (!inForce(key, door.now)) return "unknown_key";
  return (await verifiedBy(credential.message, key)) ? null : "bad_signature";
}

/** Too early, too late, or the door's own clock is behind what was signed. */
function outOfTime(door, claims) {
  const skew = door.policy.clock_skew_seconds;
  const lastSigned = Math.max(door.keys.issuedAt, door.changes ? door.changes.asOf : 0);
  if (door.now + skew < lastSigned) return "clock_wrong";
  if (door.now + skew < Math.max(claims.notBefore, claims.issuedAt)) return "not_yet_valid";
  return door.now >= claims.expiresAt ? "expired" : null;
}

/** A picture of a code, a code on a phone that is not its own, a phone whose clock is ahead. */
async function badlyShown(door, showing) {
  if (showing.credential.claims.form === PAPER) return showing.shownAt === null ? null : "malformed";
  if (showing.shownAt === null) return "showing_missing";
  if (!(await shownByHolder(showing))) return "holder_mismatch";
  if (showing.shownAt > door.now + door.policy.clock_skew_seconds) return "clock_wrong";
  return door.now - showing.shownAt > door.policy.showing_seconds ? "screenshot" : null;
}

/** A true code of today: now its colour, its test, its form and the age of our knowledge speak. */
function allowed(door, showing) {
  const { policy } = door;
  const { claims } = showing.credential;
  let [act, reason] = policy.colours[Math.min(claims.colour, policy.colours.length - 1)];
  if (act === "pass" && policy.test_max_age_hours !== null && testIsOld(door, claims)) {
    [act, reason] = [policy.act_without_test, "test_too_old"];
  }
  const notes = [];
  if (claims.form === PAPER) [act, notes[0]] = [sterner(act, policy.act_on_paper), "paper_check_document"];
  if (claims.form === COMPANION) [act, notes[0]] = [sterner(act, policy.act_on_companion), "companion_check"];
  return verdict(door, act, reason, showing, notes);
}

function testIsOld(door, claims) {
  const tested = claims.negativeMinutes;
  return tested === null || door.now - tested * 60 > door.policy.test_max_age_hours * 3600;
}

function verdict(door, act, reason, showing = null, notes = []) {
  const { keys, changes, policy, now } = door;
  const age = changes ? Math.max(0, now - changes.asOf) : null;
  const old = age === null || age > policy.knowledge_old_minutes * 60;
  return {
    act: old ? sterner(act, policy.act_when_old) : act,
    reason,
    notes: [...notes, ...(old ? ["knowledge_old"] : []), ...(now > keys.expiresAt ? ["keys_old"] : [])],
    knowledgeAge: age,
    keysAge: Math.max(0, now - keys.issuedAt),
    claims: showing ? showing.credential.claims : null,
    shownAt: showing ? showing.shownAt : null,
  };
}

const sterner = (one, other) => (ACTS.indexOf(one) >= ACTS.indexOf(other) ? one : other);
