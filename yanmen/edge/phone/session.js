// A session with the edge: opened with one signature of the device, then every request carries a short HMAC.

import { fromBase64url, join, sha256, toBase64url, toHex, utf8 } from "./bytes.js";
import { Refused, send } from "./network.js";
import * as p256 from "./p256.js";

const LONGEST_WAIT = 15000;
const EARLY = 30000;

/** One certificate's way to the edge. */
export class Session {
  /** `told` hears what the edge says each time the session is opened. */
  constructor({ certificate, privateKey, clock, told = async () => {} }) {
    Object.assign(this, { certificate, privateKey, clock, told });
    this.open = null;
  }

  /** The JSON answer to a request under this session. Throws Unreachable or Refused. */
  async ask(method, path, { body = null, timeout = LONGEST_WAIT } = {}) {
    const text = body === null ? "" : JSON.stringify(body);
    for (let again = false; ; again = true) {
      const held = await this.#held(again, timeout);
      const headers = { Authorization: await authorization(held, method, path, text) };
      try {
        return await send(method, path, { text, headers, timeout });
      } catch (fault) {
        if (again || fault.status !== 401) throw fault;
      }
    }
  }

  /** Open it now, if it is not open: the edge's time comes with it. */
  async begin() {
    await this.#held(false, LONGEST_WAIT);
  }

  async #held(afresh, timeout) {
    const over = !this.open || this.open.until < this.clock.now() + EARLY;
    if (afresh || over) this.open = await this.#opened(timeout).catch((fault) => this.#openedByItsClock(fault, timeout));
    return this.open;
  }

  /** A phone whose clock is wrong is refused once; the edge's time is asked for, and then it is right. */
  async #openedByItsClock(fault, timeout) {
    if (!(fault instanceof Refused) || ![400, 401, 422].includes(fault.status)) throw fault;
    await askTime(this.clock, timeout);
    return this.#opened(timeout);
  }

  async #opened(timeout) {
    const time = Math.floor(this.clock.now());
    const signed = join(utf8(`yanmen-session\n${time}\n`), await sha256(this.certificate));
    const signature = toBase64url(await p256.sign(this.privateKey, signed));
    const text = JSON.stringify({ certificate: toBase64url(this.certificate), time, signature });
    const asked = Date.now();
    const told = await send("POST", "/edge/v1/sessions", { text, timeout });
    await this.clock.heard(told.time, asked);
    await this.told(told);
    const hmac = { name: "HMAC", hash: "SHA-256" };
    const key = await crypto.subtle.importKey("raw", fromBase64url(told.key), hmac, false, ["sign"]);
    return { session: told.session, key, until: told.expires_at };
  }
}

/** Set the clock by the edge's. Throws Unreachable or Refused. */
export async function askTime(clock, timeout = LONGEST_WAIT) {
  const asked = Date.now();
  const { time } = await send("GET", "/edge/v1/health", { timeout });
  await clock.heard(time, asked);
}

/** The site's JSON answer to a request that the device signs itself. Throws Unreachable or Refused. */
export async function askSite({ certificate, privateKey, clock }, method, path, body = null) {
  const text = body === null ? "" : JSON.stringify(body);
  const at = Math.floor(clock.now() / 1000);
  const signed = ["yanmen-request", method, path, at, toHex(await sha256(utf8(text)))].join("\n");
  const signature = toBase64url(await p256.sign(privateKey, utf8(signed)));
  const headers = { Authorization: `YanmenDevice ${toBase64url(certificate)} ${at} ${signature}` };
  return send(method, `/site${path}`, { text, headers });
}

async function authorization({ session, key }, method, path, text) {
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(`${method}\n${path}\n${text}`)));
  return `Yanmen ${session} ${toBase64url(mac.subarray(0, 16))}`;
}
