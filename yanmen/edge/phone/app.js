// The phone pages start here: what is kept is read, a screen is drawn, and the network is used when it is there.

import { Account } from "./account.js";
import { Clock } from "./clock.js";
import { delivery } from "./deliver.js";
import { DeviceStore } from "./device_store.js";
import { Documents } from "./documents.js";
import { Duty } from "./duty.js";
import { Holder } from "./holder.js";
import { speak, t } from "./i18n.js";
import { Unreachable } from "./network.js";
import { Outbox } from "./outbox.js";
import { PhoneApp } from "./phone_app.js";
import { learnVerdicts } from "./reasons.js";
import { screensOf, menuOf } from "./screens.js";
import { Settings } from "./settings.js";
import { Shell } from "./shell.js";
import { watchUpdates } from "./updates.js";
import { VERSION } from "./version.js";

const USUAL = { language: null, sound: true, vibration: true, next: 3 };

/** What this client speaks with the edge and the site; words.clients says which are served. */
const PROTOCOL = "1";

/** Everything that screens need. */
class App extends PhoneApp {
  async start() {
    this.device = await DeviceStore.open();
    this.settings = await Settings.open(this.device, USUAL);
    speak(this.settings.get("language"));
    this.clock = new Clock(await this.device.get("clock"), (kept) => this.device.set("clock", kept));
    this.client = `${PROTOCOL} yanmen-phone ${VERSION}`;
    this.shell = new Shell(this);
    await learnVerdicts();
    await this.admit(await Account.current(this));
    this.listen();
    this.draw();
    await watchUpdates((apply) => this.shell.offerUpdate(apply));
    await this.round();
  }

  /** Somebody is signed in, or nobody. */
  async admit(account) {
    this.outbox?.stop();
    this.account = account;
    this.chosen = 0;
    this.holder = this.duty = this.outbox = this.documents = null;
    if (!account) return;
    const { clock, store = account.store } = this;
    const deliver = delivery(account);
    this.documents = new Documents({ store, rootKey: account.rootKey, clock });
    this.outbox = new Outbox({ store, clock, deliver, told: () => this.told() });
    await store.expire(clock.now());
    await this.documents.load();
    if (account.isOfficer && account.self) {
      this.duty = new Duty({ account, documents: this.documents, outbox: this.outbox, clock });
      await this.duty.load();
    } else {
      this.holder = new Holder({ account, clock });
      await this.holder.load();
    }
    navigator.storage?.persist?.().catch(() => false);
  }

  /** Somebody has just enrolled: fetch what is needed offline, and begin. */
  async welcome(account) {
    await this.admit(account);
    this.go(this.home);
    await this.round({ hurry: true });
  }

  /** Fetch what is new, and send what waits; one round at a time. Being offline is nothing unusual. */
  round({ hurry = false } = {}) {
    if (!this.account?.self) return null;
    if (hurry) this.outbox.now();
    else this.outbox.soon();
    this.going ??= this.#fetch().finally(() => { this.going = null; });
    return this.going;
  }

  async #fetch() {
    try {
      await this.account.self.session.begin();
      await this.documents.refresh();
      await this.shell.view?.refresh?.();
      this.reached = true;
    } catch (fault) {
      this.reached = !(fault instanceof Unreachable);
      if (this.reached) this.shell.view?.failed?.(fault);
    }
    this.told();
  }

  get screens() {
    return screensOf(this);
  }

  get menu() {
    return menuOf(this);
  }

  get home() {
    if (!this.account) return "#/welcome";
    if (!this.duty) return "#/code";
    return this.duty.door === "samples" ? "#/sample" : "#/scan";
  }

  /** Deliver nothing, forget everything: who calls has made sure that nothing waits. */
  async leave() {
    const { account } = this;
    await this.admit(null);
    await account.leave();
    this.shell.say(t("end.wiped"));
    this.go("#/welcome");
  }
}

new App().start().catch((fault) => Shell.broken(fault));
