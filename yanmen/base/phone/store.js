// What belongs to one person on this phone: records that wait to be sent, local values, signed documents.
// Records and values are sealed; values end by themselves; everything goes with `wipe`.

import { answer, deleteDatabase, done, openDatabase } from "./schema.js";
import { open, seal } from "./sealing.js";

const VERSION = 1;
const DAY = 24 * 60 * 60 * 1000;
/** Until then the site takes a corrected record; afterwards nobody needs the document. */
const MENDABLE = 14 * DAY;
const STATES = ["kept", "sent", "accepted", "refused", "conflict"];
/** In these a record has arrived. */
const ARRIVED = ["accepted", "conflict"];

/** The store of one user. */
export class Store {
  static async open(user, key) {
    return new Store(await openDatabase(`yanmen-user-${user}`, "user"), user, key);
  }

  constructor(database, user, key) {
    this.database = database;
    this.user = user;
    this.key = key;
  }

  /** Keep a value until a moment (milliseconds); it replaces the earlier one. */
  async set(name, value, { until }) {
    const sealed = await seal(this.key, `local/${name}`, value);
    await this.#write("local", (kept) => kept.put({ until, sealed }, name));
  }

  /** A value kept before, or null: never kept, or its time is over. */
  async get(name, now) {
    const row = await answer(this.#read("local").get(name));
    return row && row.until > now ? open(this.key, `local/${name}`, row.sealed) : null;
  }

  /** Every value whose name begins so and whose time is not over: name → value. */
  async all(beginning, now) {
    const local = this.#read("local");
    const range = IDBKeyRange.bound(beginning, `${beginning}\uffff`);
    const [names, rows] = await Promise.all([answer(local.getAllKeys(range)), answer(local.getAll(range))]);
    const opened = async (name, { sealed }) => [name, await open(this.key, `local/${name}`, sealed)];
    return new Map(await Promise.all(names.flatMap((name, place) => (rows[place].until > now ? [opened(name, rows[place])] : []))));
  }

  /** Keep every value whose name begins so until another moment. */
  prolong(beginning, until) {
    return this.#write("local", (kept) => {
      const request = kept.openCursor(IDBKeyRange.bound(beginning, `${beginning}\uffff`));
      request.onsuccess = () => {
        const cursor = request.result;
        if (!cursor) return;
        cursor.update({ ...cursor.value, until });
        cursor.continue();
      };
    });
  }

  /** Forget every value whose name begins so. */
  forget(beginning) {
    return this.#write("local", (kept) => kept.delete(IDBKeyRange.bound(beginning, `${beginning}\uffff`)));
  }

  /** A signed document as it came: {bytes, etag, fetchedAt}. It carries its own signature and is no secret. */
  document(name) {
    return answer(this.#read("documents").get(name));
  }

  keepDocument(name, row) {
    return this.#write("documents", (kept) => kept.put(row, name));
  }

  /** Keep a record to be sent. It is on the disk when this returns. */
  keep(record) {
    return this.keepAll([record]);
  }

  /** Keep records, and values ({name: [value, until]}) that go with them: all or none. They are on the disk when this returns. */
  async keepAll(records, values = {}) {
    const rows = await Promise.all(records.map(async ({ id, door, at, record }) =>
      ({ id, door, at, state: "kept", tries: 0, reason: null, version: VERSION, sealed: await seal(this.key, `record/${id}`, record) })));
    const locals = await Promise.all(Object.entries(values).map(async ([name, [value, until]]) =>
      [name, { until, sealed: await seal(this.key, `local/${name}`, value) }]));
    const change = this.database.transaction(["records", "local"], "readwrite", { durability: "strict" });
    for (const row of rows) change.objectStore("records").add(row);
    for (const [name, row] of locals) change.objectStore("local").put(row, name);
    await done(change);
  }

  /** Records that still have to be delivered, but for some doors', opened: first those whose answer never came, then the oldest. */
  async due(most, without = []) {
    const found = [];
    for (const state of ["sent", "kept"]) {
      const enough = without.length ? undefined : most - found.length;
      const rows = await answer(this.#read("records").index("state").getAll(IDBKeyRange.only(state), enough));
      found.push(...rows.filter(({ door }) => !without.includes(door)));
      if (found.length >= most) break;
    }
    return Promise.all(found.slice(0, most).map(async (row) => ({ ...row, record: await this.opened(row) })));
  }

  opened(row) {
    return open(this.key, `record/${row.id}`, row.sealed);
  }

  /** Change the state of records: {id: {state, reason}}. One transaction: all or none. What has arrived keeps no content. */
  mark(changes) {
    return this.#write("records", (kept) => {
      for (const [id, { state, reason = null }] of Object.entries(changes)) {
        const request = kept.get(id);
        request.onsuccess = () => {
          const row = request.result;
          if (!row) return;
          const tries = row.tries + (state === "sent" ? 1 : 0);
          kept.put({ ...row, state, reason, tries, sealed: ARRIVED.includes(state) ? null : row.sealed });
        };
      }
    });
  }

  /** Put what was corrected in place of a refused record; it is delivered anew under the same id. */
  async mend(id, record) {
    const sealed = await seal(this.key, `record/${id}`, record);
    await this.#write("records", (kept) => {
      const request = kept.get(id);
      request.onsuccess = () => {
        if (request.result?.state === "refused") kept.put({ ...request.result, state: "kept", reason: null, sealed });
      };
    }, "strict");
  }

  /** Forget a record that was not sent yet. Says whether it did; nobody else may be sending meanwhile. */
  async takeBack(id) {
    let gone = false;
    await this.#write("records", (kept) => {
      const request = kept.get(id);
      request.onsuccess = () => {
        gone = request.result?.state === "kept";
        if (gone) kept.delete(id);
      };
    }, "strict");
    return gone;
  }

  /** The states of these records; what was delivered long ago is no longer here and counts as accepted. */
  async states(ids) {
    const kept = this.#read("records");
    const rows = await Promise.all(ids.map((id) => answer(kept.get(id))));
    return rows.map((row) => row?.state ?? "accepted");
  }

  /** How many records are in each state. */
  async counts() {
    const index = this.#read("records").index("state");
    const numbers = await Promise.all(STATES.map((state) => answer(index.count(IDBKeyRange.only(state)))));
    return Object.fromEntries(STATES.map((state, place) => [state, numbers[place]]));
  }

  /** The newest records with their states, without opening them. */
  async newest(most) {
    const rows = [];
    const cursor = this.#read("records").openCursor(null, "prev");
    await new Promise((resolve, reject) => {
      cursor.onerror = () => reject(cursor.error);
      cursor.onsuccess = () => {
        if (!cursor.result || rows.length >= most) return resolve();
        rows.push(cursor.result.value);
        cursor.result.continue();
        return undefined;
      };
    });
    return rows;
  }

  /** Forget what was delivered more than a day ago, refused documents that are too old, and values whose time is over. */
  async expire(now) {
    await this.#write("records", (kept) => {
      const rows = (state) => kept.index("state").openCursor(IDBKeyRange.only(state));
      forEach(rows("accepted"), ({ at }) => at < now - DAY);
      forEach(rows("conflict"), ({ at }) => at < now - MENDABLE);
      forEach(rows("refused"), ({ door, at }) => door === "cards" && at < now - MENDABLE);
    });
    await this.#write("local", (kept) => forEach(kept.openCursor(), (row) => row.until <= now));
  }

  /** Delete everything of this user. */
  async wipe() {
    this.database.close();
    await deleteDatabase(`yanmen-user-${this.user}`);
  }

  #read(name) {
    return this.database.transaction(name).objectStore(name);
  }

  /** Only new records wait for the disk: a state that is lost is learnt again, because sending twice changes nothing. */
  async #write(name, act, durability = "relaxed") {
    const change = this.database.transaction(name, "readwrite", { durability });
    act(change.objectStore(name));
    await done(change);
  }
}

function forEach(request, isOver) {
  request.onsuccess = () => {
    const cursor = request.result;
    if (!cursor) return;
    if (isOver(cursor.value)) cursor.delete();
    cursor.continue();
  };
}
