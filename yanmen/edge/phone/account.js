// Who is signed in on this phone: one user at a time, with a device key that cannot be read, certificates, a sealed
// store and sessions. Nobody else comes in before the records of the last user are delivered, and nobody else gets the
// last user's key: it goes, with everything that was bound to it.

import { fromBase64url, sha256, toBase64url, toHex, utf8 } from "./bytes.js";
import { readCertificate } from "./certificate.js";
import { send } from "./network.js";
import * as p256 from "./p256.js";
import * as sealing from "./sealing.js";
import { askSite, askTime, Session } from "./session.js";
import { Store } from "./store.js";

const HOLDERS = "/api/health-code/holder";
const RESULTS = "/api/screening/holder/results";
const OWN_COUNTY = "/api/screening/holder/county";
const SITES = "/site/api/screening/public/sites";

/** Under such names the store keeps codes, a person each. */
export const CREDENTIALS = "credential/";

/** Records of another user are still on this phone. */
export class Undelivered extends Error {
  constructor(count, who) {
    super(`${count} records of ${who} are not delivered`);
    Object.assign(this, { count, who, key: `enrol.other_user.${who}` });
  }
}

/** A number that was this user's lets in somebody else now: the next try makes a key of its own. */
export class Changed extends Error {
  key = "enrol.changed";
}

/** The signed-in user. */
export class Account {
  /** Who is signed in, or null. */
  static async current({ device, clock }) {
    const row = await device.get("user");
    if (!row) return null;
    const store = await Store.open(row.id, row.storeKey);
    const certificates = (await store.get("certificates", clock.now())) ?? [];
    const placeKind = await store.get("place_kind", clock.now());
    return new Account({ device, clock, row, store, certificates, placeKind });
  }

  /** `placeKind`: what kind of place this device stands at, as the edge last said; null at none. */
  constructor({ device, clock, row, store, certificates, placeKind }) {
    Object.assign(this, { device, clock, row, store, placeKind });
    this.id = row.id;
    this.rootKey = row.rootKey;
    this.isOfficer = row.isOfficer;
    this.people = certificates.map((each) => this.#person(each));
  }

  /** The first certificate: the officer's own, or the holder's. */
  get self() {
    return this.people[0] ?? null;
  }

  #person({ certificate, name_masked: name, form, formerly = [] }) {
    const bytes = fromBase64url(certificate);
    const claims = readCertificate(bytes);
    const told = ({ place_kind: kind }) => this.#standsAt(kind ?? null, claims.expiresAt * 1000);
    const session = new Session({ certificate: bytes, privateKey: this.row.keys.privateKey, clock: this.clock, told });
    return { claims, certificate: bytes, name, form, formerly, session };
  }

  async #standsAt(kind, until) {
    if (!this.isOfficer || kind === this.placeKind) return;
    this.placeKind = kind;
    await this.store.set("place_kind", kind, { until });
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

/** Where one's own results are, gate by gate: never kept on the phone. */
export const ownResults = (person) => askSite(person.session, "GET", RESULTS);

/** Sites that take whoever comes, of a county or (without one) of all: told to anybody. */
export const openSites = (county) => send("GET", `${SITES}?area=${county}`);

/** The county where somebody on this phone lives: certificates of residents do not say it. */
export const ownCounty = (person) => askSite(person.session, "GET", OWN_COUNTY);

/** Counties that have such sites. */
export const openCounties = () => send("GET", `${SITES}/counties`);

/** Contest a fact. */
export const contest = (person, words) => askSite(person.session, "POST", `${HOLDERS}/appeals`, words);

async function enrol({ device, clock, client }, path, words, proven) {
  await askTime(clock);
  const old = await device.get("user");
  const entrance = words.phone ? [words.phone, words.document_tail ?? ""].join(" ") : null;
  const keys = old && (await cameSo(old, entrance, clock.now())) ? old.keys : await p256.generate();
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
  const proof = toBase64url(await p256.sign(keys.privateKey, utf8(`yanmen-enrol\n${proven}`)));
  const text = JSON.stringify({ ...words, public_key: toBase64url(spki), proof, client });
  const told = await send("POST", `/site${HOLDERS}/${path}`, { text });
  const first = claimsOf(told.certificates[0]);
  const id = await userId(first);
  if (old && old.id !== id) await madeWay(device, old, keys);
  const storeKey = old?.id === id ? old.storeKey : await sealing.newKey();
  const row = { id, keys, storeKey, rootKey: fromBase64url(told.root_key), isOfficer: first.isOfficer };
  return settle({ device, clock, row, told, entrance, afresh: keys !== old?.keys, until: first.expiresAt * 1000 });
}

/** Whether the present user came in the very same way: then this is the same telephone again, and it keeps its key. */
async function cameSo(old, entrance, now) {
  const store = await Store.open(old.id, old.storeKey);
  return !old.spent && entrance !== null && (await store.get("entrance", now)) === entrance;
}

/** The user before goes, key and store, unless records are still there. */
async function madeWay(device, old, keys) {
  if (keys === old.keys) {
    await device.set("user", { ...old, spent: true });
    throw new Changed("this key is another person's");
  }
  const store = await Store.open(old.id, old.storeKey);
  const { kept, sent } = await store.counts();
  if (kept + sent) throw new Undelivered(kept + sent, old.isOfficer ? "officer" : "holder");
  await store.wipe();
}

/** Keep what was told. Codes bound to an earlier key go: only the key that is here can show a code. */
async function settle({ device, clock, row, told, entrance, afresh, until }) {
  await device.set("user", row);
  const store = await Store.open(row.id, row.storeKey);
  const before = (await store.get("certificates", clock.now())) ?? [];
  if (afresh) await store.forget(CREDENTIALS);
  const certificates = told.certificates.map((each) => ({ ...each, formerly: formerly(before, each) }));
  await store.set("certificates", certificates, { until });
  await store.set("entrance", entrance, { until });
  return Account.current({ device, clock });
}

/** Under which numbers a person was on this phone before: records that wait still bear them. */
function formerly(before, each) {
  const { subject, device } = claimsOf(each);
  const same = before.filter((other) => claimsOf(other).subject === subject);
  return same.flatMap((other) => [claimsOf(other).device, ...(other.formerly ?? [])]).filter((other) => other !== device);
}

const claimsOf = ({ certificate }) => readCertificate(fromBase64url(certificate));

async function userId({ isOfficer, subject, role, place }) {
  const said = [isOfficer, subject, role, place].join("\n");
  return toHex((await sha256(utf8(said))).subarray(0, 8));
}
