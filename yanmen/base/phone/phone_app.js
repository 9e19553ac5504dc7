// What every application of a phone does: it listens to the phone, goes round while it is looked at, and draws what changed.

import { Unreachable } from "./network.js";

const ROUND = 60000;
const SOON = 120;

/** An application adds `round` (use the network), `screensOf` and the like, and `home`; it sets `shell`, `outbox` and `reached`. */
export class PhoneApp {
  /** Hear of the network, of the address and of being looked at, from now on. */
  listen() {
    addEventListener("hashchange", () => this.draw());
    addEventListener("online", () => this.round({ hurry: true }));
    addEventListener("offline", () => this.told());
    document.addEventListener("visibilitychange", () => document.hidden || this.round());
    setInterval(() => document.hidden || this.round(), ROUND);
  }

  /** Whether the server answered last time. */
  get online() {
    return navigator.onLine && this.reached !== false && !(this.outbox?.trouble instanceof Unreachable);
  }

  /** Something changed that screens show. They are drawn a few times a second at most, however fast people pass. */
  told() {
    this.changed = true;
    this.drawing ??= this.#drawChanges().finally(() => { this.drawing = null; });
  }

  async #drawChanges() {
    while (this.changed) {
      await new Promise((resolve) => setTimeout(resolve, SOON));
      this.changed = false;
      await this.beforeDrawing();
      await this.shell.told().catch((fault) => console.error(fault));
    }
  }

  /** What an application looks at before its screens are told of a change. */
  async beforeDrawing() {}

  go(hash) {
    if (location.hash === hash) this.draw();
    else location.hash = hash;
  }

  draw() {
    return this.shell.draw(location.hash || this.home);
  }
}
