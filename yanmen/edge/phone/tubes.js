// The tubes of a shift on this phone: the one in use, those before it, and who was bound to which today.

import { fromBase64url, toBase64url, utf8 } from "./bytes.js";

const KEPT_FOR = 24 * 3600 * 1000;
const SHANXI = 8 * 3600 * 1000;
const MOST = 500;

/** One phone's tubes. What is said here is for the officer's eyes; what counts are the records in the outbox. */
export class Tubes {
  constructor({ store, clock }) {
    Object.assign(this, { store, clock });
  }

  /** Take up the work where it was left. */
  async load() {
    const now = this.clock.now();
    const kept = (await this.store.get("tube", now)) ?? {};
    const before = (await this.store.get("tubes", now)) ?? { used: [], bound: {} };
    const today = Object.entries(before.bound).filter(([, { at }]) => day(at) === day(now));
    this.tube = kept.tube ?? null;
    this.size = kept.size ?? 10;
    this.asked = kept.asked ?? false;
    this.count = kept.count ?? kept.people?.length ?? 0;
    this.last = kept.last ?? null;
    this.used = before.used.filter(({ at }) => at > now - KEPT_FOR).slice(0, MOST);
    this.bound = Object.fromEntries(today);
    for (const pseudonym of kept.people ?? []) this.bound[pseudonym] ??= { tube: kept.tube, at: now };
  }

  get full() {
    return this.tube !== null && this.count >= this.size;
  }

  /** Whether a tube is in use that still has room. */
  get filling() {
    return this.tube !== null && this.count < this.size;
  }

  /** What became of this tube earlier in the shift, or nothing. */
  before(tube) {
    return this.used.find((each) => each.tube === tube);
  }

  /** What stands for the holder of a document in these lists, where a pseudonym stands for others: never the number. */
  async markOf({ id_type: type, id_number: number }) {
    const now = this.clock.now();
    const kept = (await this.store.get("tube_key", now)) ?? toBase64url(crypto.getRandomValues(new Uint8Array(32)));
    await this.store.set("tube_key", kept, { until: now + 2 * KEPT_FOR });
    const key = await crypto.subtle.importKey("raw", fromBase64url(kept), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const mac = await crypto.subtle.sign("HMAC", key, utf8(`${type} ${number}`));
    return toBase64url(new Uint8Array(mac).subarray(0, 16));
  }

  /** Where and when this person was bound today on this phone, or nothing. */
  boundBefore(pseudonym) {
    return this.bound[pseudonym];
  }

  /** How many people go into the tubes from now on. */
  async hold(size) {
    this.size = size;
    await this.#keep();
  }

  /** Begin a tube, or go on with one that was begun before. */
  async use(tube) {
    const before = this.before(tube);
    Object.assign(this, { tube, count: before?.count ?? 0, size: before?.size ?? this.size, asked: true, last: null });
    if (!before) this.used.unshift({ tube, count: 0, size: this.size, at: this.clock.now(), ids: [] });
    await this.#keep();
  }

  /** Somebody was bound to the tube in use, by this record. */
  async add(pseudonym, id) {
    this.count += 1;
    this.last = { pseudonym, id, former: this.bound[pseudonym] ?? null };
    this.bound[pseudonym] = { tube: this.tube, at: this.clock.now() };
    this.#told((each) => each.ids.push(id));
    await this.#keep();
  }

  /** The last binding was taken back. */
  async undo() {
    const { pseudonym, id, former } = this.last;
    this.count -= 1;
    this.last = null;
    if (former) this.bound[pseudonym] = former;
    else delete this.bound[pseudonym];
    this.#told((each) => { each.ids = each.ids.filter((one) => one !== id); });
    await this.#keep();
  }

  /** No more people go into the tube in use. */
  async close() {
    Object.assign(this, { tube: null, count: 0, last: null });
    await this.#keep();
  }

  #told(change) {
    const entry = this.before(this.tube);
    if (!entry) return;
    entry.count = this.count;
    change(entry);
  }

  async #keep() {
    const until = this.clock.now() + KEPT_FOR;
    const { tube, size, asked, count, last, used, bound } = this;
    await Promise.all([
      this.store.set("tube", { tube, size, asked, count, last }, { until }),
      this.store.set("tubes", { used, bound }, { until }),
    ]);
  }
}

/** The calendar day of a moment, as the province lives it. */
const day = (moment) => Math.floor((moment + SHANXI) / 86400000);
