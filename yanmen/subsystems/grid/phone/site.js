// The way to the site: the session of the browser, whose it is, and its token against forged requests.

import { reach, Refused, send } from "./network.js";

const WHO = "/api/grid/me";
const LONGEST_WAIT = 60000;
/** Said where somebody else is signed in than whose phone this is. */
export const ANOTHER = {
  zh: "现在登录的是另一个账号。请用原账号登录，把记录送完。",
  en: "Another account is signed in now. Sign in as the one these records belong to.",
};

/** The site as one worker reaches it. A request goes out only while that worker is the one who is signed in. */
export class Site {
  constructor(clock) {
    this.clock = clock;
    this.worker = null;
    this.me = null;
  }

  /** Who is signed in: {account, name, role, area, csrf, time}. Throws Unreachable, or Refused where nobody is. */
  async who() {
    const asked = Date.now();
    this.me = null;
    const me = await send("GET", WHO, { credentials: "same-origin" });
    await this.clock.heard(me.time, asked);
    this.me = me;
    return me;
  }

  /** Sign out. */
  async leave() {
    const { csrf } = this.me ?? (await this.who());
    this.me = null;
    await reach("/account/logout/", { method: "POST", headers: { "X-CSRFToken": csrf }, credentials: "same-origin", redirect: "manual" });
  }

  /** The JSON answer to a request. The token belongs to one sign-in, so no record goes out under somebody else's. */
  async ask(method, path, body = null) {
    const text = body === null ? "" : JSON.stringify(body);
    for (let again = false; ; again = true) {
      if (!this.me) await this.who();
      if (keyOf(this.me) !== this.worker) throw new Refused({ status: 409, told: ANOTHER, wait: 0 });
      try {
        return await send(method, path, { text, headers: { "X-CSRFToken": this.me.csrf }, timeout: LONGEST_WAIT, credentials: "same-origin" });
      } catch (fault) {
        if (again || ![401, 403].includes(fault.status)) throw fault;
        this.me = null;
      }
    }
  }
}

/** One account in one role and area: what it may see and say is another's in another. */
export const keyOf = ({ account, role, area }) => `grid-${account}-${role}-${area}`;
