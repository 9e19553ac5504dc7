// The signed documents that work without the server: the list of keys, what changed, the words. They are kept as they
// came and verified again each time they are read, against the root key that was pinned when this phone was enrolled.

import { readChanges } from "./changes.js";
import { readKeyList } from "./key_list.js";
import { Malformed } from "./malformed.js";
import { reach } from "./network.js";
import { readWords, USUAL_WORDS } from "./words.js";

const NAMES = ["keys", "changes", "words"];

/** The documents of one installation, as one phone has them. */
export class Documents {
  constructor({ store, rootKey, clock }) {
    Object.assign(this, { store, rootKey, clock, keys: null, changes: null, words: USUAL_WORDS });
  }

  /** Read what was kept. What no longer verifies is left aside; it will be fetched again. */
  async load() {
    for (const name of NAMES) {
      const row = await this.store.document(name);
      if (row) await this.#take(name, row.bytes).catch(onlyMalformed);
    }
  }

  /** Fetch what is new. Throws Unreachable; says which documents changed. */
  async refresh() {
    const changed = [];
    for (const name of NAMES) {
      if (await this.#fetch(name)) changed.push(name);
    }
    return changed;
  }

  async #fetch(name) {
    const kept = await this.store.document(name);
    const headers = kept?.etag && this[name] ? { "If-None-Match": kept.etag } : {};
    const answer = await reach(`/edge/v1/documents/${name}`, { headers });
    if (answer.status !== 200) return false;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const taken = await this.#take(name, bytes).then(() => true, onlyMalformed);
    if (taken) await this.store.keepDocument(name, { bytes, etag: answer.headers.get("ETag"), fetchedAt: this.clock.now() });
    return Boolean(taken);
  }

  /** Believe a document if it verifies and is not older than the one at hand. */
  async #take(name, bytes) {
    const now = this.clock.now();
    if (name === "keys") {
      const keys = await readKeyList(bytes, this.rootKey);
      if (this.keys && keys.issuedAt < this.keys.issuedAt) throw new Malformed("an older list of keys");
      this.keys = keys;
      await this.clock.atLeast(keys.issuedAt * 1000);
    } else if (!this.keys) {
      throw new Malformed("no list of keys to verify it with");
    } else if (name === "changes") {
      const changes = await readChanges(bytes, this.keys, now);
      if (this.changes && changes.asOf < this.changes.asOf) throw new Malformed("an older list of changes");
      this.changes = changes;
      await this.clock.atLeast(changes.asOf * 1000);
    } else {
      const words = await readWords(bytes, this.keys, now);
      if (words.issuedAt < this.words.issuedAt) throw new Malformed("older words");
      this.words = words;
    }
  }
}

function onlyMalformed(fault) {
  if (!(fault instanceof Malformed)) throw fault;
  return false;
}
