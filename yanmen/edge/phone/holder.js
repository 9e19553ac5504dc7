// The holder's side: credentials of the people on this phone, fetched when the edge can be reached, shown without it.

import { CREDENTIALS } from "./account.js";
import { fromBase64url, toBase64url } from "./bytes.js";
import { readCredential, show } from "./credential.js";

/** How long one showing stands on the screen. A door accepts it for a minute. */
export const SHOWN_FOR = 20000;
const RENEW_AT_HALF = 0.5;

/** Codes of one account. */
export class Holder {
  constructor({ account, clock }) {
    Object.assign(this, { account, clock });
    this.codes = new Map();
  }

  /** Read the codes that were kept and are not over. */
  async load() {
    for (const person of this.account.people) {
      const kept = await this.account.store.get(name(person), this.clock.now());
      if (kept) await this.#take(person, kept);
    }
  }

  /** The code of a person: {claims, bytes, fetchedAt}, or null. */
  of(person) {
    const code = this.codes.get(person.claims.device);
    return code && code.claims.expiresAt * 1000 > this.clock.now() ? code : null;
  }

  /** The text of the QR at this moment. */
  showing(person) {
    return show(this.of(person).bytes, this.account.privateKey, this.clock.now());
  }

  /** Ask for news; a new credential is fetched only if something changed or half its life is over. */
  async refresh(person, { fresh = false } = {}) {
    const code = this.of(person);
    if (!fresh && code && !this.#aged(code)) {
      const told = await person.session.ask("GET", "/edge/v1/code");
      const same = told.colour === code.claims.colour && (told.negative ?? null) === code.claims.negativeMinutes;
      if (same) return this.#keep(person, { ...code.kept, fetchedAt: this.clock.now() });
    }
    const body = { certificate: toBase64url(person.certificate) };
    const { credential } = await person.session.ask("POST", "/edge/v1/credential", { body });
    return this.#keep(person, { credential, fetchedAt: this.clock.now() });
  }

  #aged({ claims }) {
    const [born, dies] = [claims.issuedAt * 1000, claims.expiresAt * 1000];
    return this.clock.now() > born + (dies - born) * RENEW_AT_HALF;
  }

  async #keep(person, kept) {
    const code = await this.#take(person, kept);
    await this.account.store.set(name(person), kept, { until: code.claims.expiresAt * 1000 });
  }

  async #take(person, kept) {
    const bytes = fromBase64url(kept.credential);
    const { claims } = await readCredential(bytes);
    const code = { claims, bytes, fetchedAt: kept.fetchedAt, kept };
    await this.clock.atLeast(claims.issuedAt * 1000);
    this.codes.set(person.claims.device, code);
    return code;
  }
}

const name = (person) => CREDENTIALS + person.claims.device;
