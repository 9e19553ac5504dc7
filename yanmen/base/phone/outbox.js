// Records on their way: kept on this phone, sent, and then accepted, refused with a reason, or in conflict. A record's id is chosen
// once, so sending it twice changes nothing: whatever is not settled is simply sent again, also after the tab was
// killed. Web Locks see to it that two tabs do not send at once.

import { uuid7 } from "./bytes.js";
import { Refused, Unreachable } from "./network.js";

const LOCK = "yanmen-outbox";
const BATCH = 200;
const LONGEST_PAUSE = 60000;
const WRONG_INPUT = [400, 413, 415, 422];
const STATES = { kept: "accepted", repeated: "accepted", refused: "refused", conflict: "conflict" };

/** The outbox of one user. `deliver(door, records)` answers [[id, word, reason]…]; `told()` is called on every change. */
export class Outbox {
  constructor({ store, clock, deliver, told = () => {} }) {
    Object.assign(this, { store, clock, deliver, told });
    this.failures = 0;
    this.retryAt = 0;
    this.trouble = null;
    this.sending = false;
    this.timer = null;
  }

  /** Keep a record; it goes out as soon as the edge can be reached. Returns its id. */
  async keep(door, record) {
    const [id] = await this.keepAll([[door, record]]);
    return id;
  }

  /** Keep several records ([door, record]…) and what the phone remembers with them, given their ids: all or none. Returns the ids. */
  async keepAll(several, remembered = () => ({})) {
    const at = this.clock.now();
    const rows = several.map(([door, record]) => {
      const id = uuid7(at);
      return { id, door, at, record: { id, at: Math.floor(at), ...record } };
    });
    const ids = rows.map(({ id }) => id);
    await this.store.keepAll(rows, remembered(ids, at));
    this.told();
    this.soon();
    return ids;
  }

  /** Take back a record that did not leave this phone. Says whether it could: while others are being sent it cannot. */
  async takeBack(id) {
    const gone = await navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => (lock ? this.store.takeBack(id) : false));
    this.told();
    return gone;
  }

  /** Deliver a refused record anew, corrected. */
  async mend(id, record) {
    await this.store.mend(id, record);
    this.told();
    this.soon();
  }

  /** How many still have to be delivered. */
  async waiting() {
    const { kept, sent } = await this.store.counts();
    return kept + sent;
  }

  /** Send shortly, unless the edge asked for patience. */
  soon() {
    const pause = Math.max(150, this.retryAt - Date.now());
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  /** Send now, whatever was said about patience: somebody pressed the button, or the network came back. */
  now() {
    this.retryAt = 0;
    return this.send();
  }

  stop() {
    clearTimeout(this.timer);
    this.stopped = true;
  }

  /** Deliver what is due, oldest first, until nothing is left or it is not taken. */
  async send() {
    if (this.stopped) return;
    await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (!lock) return this.#later(2000);
      this.sending = true;
      this.told();
      await this.#drain().then(() => this.#well(), (fault) => this.#ill(fault)).finally(() => { this.sending = false; });
      return undefined;
    });
    this.told();
  }

  /** Where one door does not take its records now, those of the others go out all the same. */
  async #drain() {
    const shut = new Map();
    for (;;) {
      const due = await this.store.due(BATCH, [...shut.keys()]);
      if (!due.length || this.stopped) break;
      if (!navigator.onLine) throw new Unreachable("there is no network: nothing has left this phone");
      await this.store.mark(Object.fromEntries(due.map(({ id }) => [id, { state: "sent" }])));
      for (const door of new Set(due.map((row) => row.door))) {
        await this.#hand(door, due.filter((row) => row.door === door).map((row) => row.record)).catch((fault) => {
          if (!(fault instanceof Refused)) throw fault;
          shut.set(door, fault);
        });
      }
      this.told();
    }
    for (const fault of shut.values()) throw fault;
  }

  /** Hand over one batch. If the batch as a whole is wrong, halves are tried, so that one record stops no other. */
  async #hand(door, records) {
    try {
      const results = await this.deliver(door, records);
      const settled = results.map(([id, word, reason]) => [id, { state: STATES[word], reason }]);
      const told = settled.length === records.length && settled.every(([, { state }]) => state);
      if (!told) throw new Unreachable("the answer does not tell of every record");
      await this.store.mark(Object.fromEntries(settled));
    } catch (fault) {
      if (!(fault instanceof Refused) || !WRONG_INPUT.includes(fault.status)) throw fault;
      if (records.length === 1) {
        await this.store.mark({ [records[0].id]: { state: "refused", reason: { zh: fault.zh, en: fault.en } } });
        return;
      }
      const middle = records.length >> 1;
      await this.#hand(door, records.slice(0, middle));
      await this.#hand(door, records.slice(middle));
    }
  }

  #well() {
    this.failures = 0;
    this.trouble = null;
    this.retryAt = 0;
  }

  #ill(fault) {
    if (!(fault instanceof Refused) && !(fault instanceof Unreachable)) console.error(fault);
    this.failures += 1;
    this.trouble = fault;
    const grown = Math.min(LONGEST_PAUSE, 1000 * 2 ** Math.min(this.failures, 6));
    this.#later(fault.wait ? fault.wait * 1000 : grown * (0.5 + Math.random() / 2));
  }

  #later(pause) {
    this.retryAt = Date.now() + pause;
    this.soon();
  }
}
