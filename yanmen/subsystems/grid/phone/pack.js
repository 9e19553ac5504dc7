// What this phone knows of its doors: fetched whole, sealed in parts, replaced at once. A new pack is written beside the
// old one, and one value says which holds: whoever dies in between still has the old.

import { reach, Refused } from "./network.js";
import { ANOTHER, keyOf } from "./site.js";

const PATH = "/api/grid/pack";
const PART = 100;
const LONGEST_WAIT = 300000;
const LOCK = "yanmen-grid-pack";

/** Doors, forms and conflicts as the site told them at `madeAt`. */
export class Pack {
  /** The pack that is here and not over, or null. */
  static async load(store, now) {
    const head = await store.get("pack", now);
    if (!head) return null;
    const parts = await Promise.all(Array.from({ length: head.parts }, (_, place) => store.get(`pack/${head.slot}/${place}`, now)));
    return parts.includes(null) ? null : new Pack(head, parts.flat());
  }

  constructor(head, doors) {
    Object.assign(this, head.told, { doors, etag: head.etag, fetchedAt: head.fetchedAt });
    this.madeAt = Date.parse(head.told.made_at);
    this.endsAt = Date.parse(head.told.ends_at);
    this.byId = new Map(doors.map((door) => [door.id, door]));
  }

  get people() {
    return this.doors.reduce((sum, door) => sum + door.people.length, 0);
  }
}

/**
 * Fetch the pack and put it in place of the old one; `told({doors, people, bytes, kept})` hears how far it is. Says whether
 * there was a newer one. Two tabs do not fetch at once, and what is another worker's is not kept.
 */
export function fetchPack({ store, clock, etag, told }) {
  return navigator.locks.request(LOCK, async () => {
    const headers = etag ? { "If-None-Match": etag } : {};
    const response = await reach(PATH, { headers, credentials: "same-origin", timeout: LONGEST_WAIT });
    const fetchedAt = clock.now();
    if (response.status === 304) {
      await prolong(store, response.headers, fetchedAt);
      return false;
    }
    if (!response.ok) throw new Refused({ status: response.status, told: await response.json().catch(() => null), wait: Number(response.headers.get("Retry-After")) || 0 });
    const { doors, ...rest } = JSON.parse(await received(response, told));
    const { id: account, role, area } = rest.account;
    if (keyOf({ account, role, area }) !== store.user) throw new Refused({ status: 409, told: ANOTHER, wait: 0 });
    await keep(store, { doors, rest, etag: response.headers.get("ETag"), fetchedAt }, told);
    return true;
  });
}

/** Nothing has changed: the same doors, as of now. */
async function prolong(store, headers, fetchedAt) {
  const head = await store.get("pack", fetchedAt);
  if (!head) return;
  const [made_at, ends_at] = ["Pack-Made-At", "Pack-Ends-At"].map((name) => headers.get(name));
  const until = Date.parse(ends_at);
  await store.prolong(`pack/${head.slot}/`, until);
  await store.set("pack", { ...head, fetchedAt, told: { ...head.told, made_at, ends_at } }, { until });
}

/** The text of the answer as it comes in; doors and people are counted by their first words. */
async function received(response, told) {
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  const seen = { doors: 0, people: 0, bytes: 0, kept: 0 };
  const pieces = [];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const piece = decoder.decode(value, { stream: true });
    pieces.push(piece);
    seen.bytes += value.length;
    seen.doors += count(piece, '"people":');
    seen.people += count(piece, '"owed":');
    told({ ...seen });
  }
  return pieces.join("") + decoder.decode();
}

const count = (text, word) => text.split(word).length - 1;

async function keep(store, { doors, rest, etag, fetchedAt }, told) {
  const until = Date.parse(rest.ends_at);
  const before = await store.get("pack", 0);
  const slot = before?.slot === "a" ? "b" : "a";
  await store.forget(`pack/${slot}/`);
  const parts = Math.ceil(doors.length / PART);
  const people = doors.reduce((sum, door) => sum + door.people.length, 0);
  for (let place = 0; place < parts; place += 1) {
    await store.set(`pack/${slot}/${place}`, doors.slice(place * PART, (place + 1) * PART), { until });
    told({ doors: doors.length, people, bytes: 0, kept: Math.min(doors.length, (place + 1) * PART) });
  }
  await store.set("pack", { slot, parts, etag, fetchedAt, told: rest }, { until });
  if (before) await store.forget(`pack/${before.slot}/`);
}
