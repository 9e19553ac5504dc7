// Who is signed in on this phone: one user at a time, with a device key that cannot be read, certificates, a sealed
// store and sessions. Nobody else comes in before the records of the last user are delivered.

import { fromBase64url, sha256, toBase64url, toHex, utf8 } from "./bytes.js";
import { readCertificate } from "./certificate.js";
import * as p256 from "./p256.js";
import * as sealing from "./sealing.js";
import { askSite, askTime, send, Session } from "./session.js";
import { Store } from "./store.js";

const HOLDERS = "/api/health-code/holder";

/** Records of another user are still on this phone. */
export class Undelivered extends Error {
  constructor(count, who) {
    super(`${count} records of ${who} are not delivered`);
    Object.assign(this, { count, who });
  }
}

/** The signed-in user. */
export class Account {
  /** Who is signed in, or null. */
  static async current({ device, clock }) {
    const row = await device.get("user");
    if (!row) return null;
    const store = await Store.open(row.id, row.storeKey);
    const certificates = (await store.get("certificates", clock.now())) ?? [];
    return new Account({ device, clock, row, store, certificates });
  }

  constructor({ device, clock, row, store, certificates }) {
    Object.assign(this, { device, clock, row, store });
    this.id = row.id;
    this.rootKey = row.rootKey;
    this.isOfficer = row.isOfficer;
    this.people = certificates.map((each) => this.#person(each));
  }

  /** The first certificate: the officer's own, or the holder's. */
  get self() {
    return this.people[0] ?? null;
  }

  #person({ certificate, name_masked: name, form }) {
    const bytes = fromBase64url(certificate);
    const session = new Session({ certificate: bytes, privateKey: this.row.keys.privateKey, clock: this.clock });
    return { claims: readCertificate(bytes), certificate: bytes, name, form, session };
  }

  /** Sign what this phone shows. */
  get privateKey() {
    return this.row.keys.privateKey;
  }

  /** Delete everything of this user. The caller has seen to it that nothing waits. */
  async leave() {
    await this.device.remove("user");
    await this.store.wipe();
  }
}

/** Ask for a one-time code. The answer is the same for every number. */
export const askForCode = (phone) => send("POST", `/site${HOLDERS}/codes`, { text: JSON.stringify({ phone }) });

/** Enrol as a holder with the one-time code; the end of the document chooses if several people share the number. */
export const enrolHolder = (about, words) => enrol(about, "devices", words, words.code);

/** Enrol as an officer with a token from the administrator's screen. */
export const enrolOfficer = (about, token) => enrol(about, "officers", { token }, token);

/** One's own code, why, what clears it, tests, appeals: never kept on the phone. */
export const ownView = (person) => askSite(person.session, "GET", `${HOLDERS}/me`);

/** Contest a fact. */
export const contest = (person, words) => askSite(person.session, "POST", `${HOLDERS}/appeals`, words);

async function enrol({ device, clock, client }, path, words, proven) {
  await askTime(clock);
  const old = await device.get("user");
  const keys = old?.keys ?? (await p256.generate());
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
  const proof = toBase64url(await p256.sign(keys.privateKey, utf8(`yanmen-enrol\n${proven}`)));
  const text = JSON.stringify({ ...words, public_key: toBase64url(spki), proof, client });
  const told = await send("POST", `/site${HOLDERS}/${path}`, { text });
  const first = readCertificate(fromBase64url(told.certificates[0].certificate));
  const row = {
    id: await userId(first),
    keys,
    storeKey: old?.storeKey ?? (await sealing.newKey()),
    rootKey: fromBase64url(told.root_key),
    isOfficer: first.isOfficer,
  };
  if (old && old.id !== row.id) await drained(old);
  return settle({ device, clock, row, told, until: first.expiresAt * 1000 });
}

async function settle({ device, clock, row, told, until }) {
  await device.set("user", row);
  const store = await Store.open(row.id, row.storeKey);
  await store.set("certificates", told.certificates, { until });
  return new Account({ device, clock, row, store, certificates: told.certificates });
}

/** The store of the user before goes, unless records are still in it. */
async function drained(old) {
  const store = await Store.open(old.id, old.storeKey);
  const { kept, sent } = await store.counts();
  if (kept + sent) throw new Undelivered(kept + sent, old.isOfficer ? "officer" : "holder");
  await store.wipe();
}

async function userId({ isOfficer, subject, role, place }) {
  const said = [isOfficer, subject, role, place].join("\n");
  return toHex((await sha256(utf8(said))).subarray(0, 8));
}
