// The officer's side: judge what was scanned, record who passed, count the shift, and ask the edge when it is there.

import { toBase64url, uuid7 } from "./bytes.js";
import { judge } from "./verdict.js";
import { askedAt, policyAt } from "./words.js";

/** Verdicts after which it is certain whose code was shown: only then is a record about that person. */
export const CERTAIN = ["valid", "colour_yellow", "colour_red", "test_too_old", "status_changed"];
const LOOK_WITHIN = 1000;
const TWICE_WITHIN = 60000;
const MONTH = 31 * 24 * 3600 * 1000;

/** One officer's work on one phone. */
export class Duty {
  constructor({ account, documents, outbox, clock }) {
    Object.assign(this, { account, documents, outbox, clock });
    this.direction = "in";
    this.lane = 1;
    this.vehicle = null;
    this.recent = new Map();
  }

  /** Take up the shift where it was left: a reload does not begin a new one. */
  async load() {
    const now = this.clock.now();
    this.shift = (await this.account.store.get("shift", now)) ?? { since: now, passed: 0, stopped: 0 };
    Object.assign(this, (await this.account.store.get("lane", now)) ?? {});
  }

  get door() {
    return this.account.self.claims.door;
  }

  /** Whether codes can be judged at all. */
  get ready() {
    return this.documents.keys !== null;
  }

  /** What doors at this kind of place go by. */
  get policy() {
    return policyAt(this.documents.words, this.account.placeKind);
  }

  /** Whether codes are asked for here at all. */
  get asked() {
    return askedAt(this.documents.words, this.account.placeKind);
  }

  /** The verdict on a text, from what this phone knows. */
  judge(text) {
    const { keys, changes } = this.documents;
    return judge(text, { keys, changes, policy: this.policy, now: this.clock.now() });
  }

  /** Keep the way in or out, and the lane, for the next reload. */
  async use({ direction = this.direction, lane = this.lane }) {
    Object.assign(this, { direction, lane });
    await this.account.store.set("lane", { direction, lane }, { until: this.clock.now() + MONTH });
  }

  /** From now on people are in this vehicle, as one group. */
  board(plate) {
    this.vehicle = { plate, group: uuid7(this.clock.now()), people: 0 };
  }

  alight() {
    this.vehicle = null;
  }

  /** Seconds since the same person was recorded here in the same direction, or null. */
  recordedBefore(verdict) {
    const before = this.recent.get(this.#mark(verdict));
    const age = before === undefined ? null : this.clock.now() - before;
    return age !== null && age < TWICE_WITHIN ? age / 1000 : null;
  }

  /** Keep the record of a person who goes through. */
  async record(verdict) {
    const record = this.door === "passes" ? this.#pass(verdict) : { pseudonym: nameOf(verdict) };
    if (this.door === "passes" || record.pseudonym) await this.outbox.keep(this.door, record);
    if (verdict.claims) this.recent.set(this.#mark(verdict), this.clock.now());
    if (this.vehicle) this.vehicle.people += 1;
    await this.#count("passed");
  }

  /** Keep who is in which place of which tube, by code ("samples") or by document ("cards"). Returns the record's id. */
  async bind(door, record) {
    const id = await this.outbox.keep(door, record);
    await this.#count("passed");
    return id;
  }

  /** Take a binding back that has not left this phone. Says whether it could. */
  async unbind(id) {
    const gone = await this.outbox.takeBack(id);
    if (gone) await this.#count("passed", -1);
    return gone;
  }

  /** Count somebody who does not go through: nothing is recorded about the person. */
  turnedAway() {
    return this.#count("stopped");
  }

  /** What the edge says now, within a second, or null. Nobody waits for it. */
  async look(verdict) {
    if (!verdict.claims) return null;
    const body = { pseudonym: toBase64url(verdict.claims.pseudonym) };
    const ask = this.account.self.session.ask("POST", "/edge/v1/look", { body, timeout: LOOK_WITHIN });
    const told = await ask.catch(() => null);
    return told && { ...told, outcome: this.#compared(verdict, told.colour) };
  }

  /** What a fresher colour means for a verdict: the same, changed for the worse, or cleared after all. */
  #compared(verdict, colour) {
    if (colour > verdict.claims.colour) return "changed";
    return verdict.reason === "status_changed" ? "cleared" : "same";
  }

  #pass({ claims, reason, knowledgeAge }) {
    const { colours } = this.documents.words;
    return {
      pseudonym: nameOf({ claims, reason }),
      direction: this.direction,
      lane: this.lane,
      shown: claims ? (colours[claims.colour]?.value ?? String(claims.colour)) : "none",
      reason,
      knowledge_minutes: Math.floor((knowledgeAge ?? 0) / 60),
      vehicle: this.vehicle?.plate ?? "",
      group: this.vehicle?.group ?? null,
    };
  }

  #mark({ claims }) {
    return claims ? `${this.direction} ${toBase64url(claims.pseudonym)}` : null;
  }

  async #count(word, by = 1) {
    this.shift[word] += by;
    this.outbox.told();
    await this.account.store.set("shift", this.shift, { until: this.clock.now() + MONTH });
  }
}

/** A picture of somebody's code, or a forged one, says nothing about where that person was. */
const nameOf = ({ claims, reason }) => (claims && CERTAIN.includes(reason) ? toBase64url(claims.pseudonym) : null);
