// The grid worker's pages start here: what is kept is read, a screen is drawn, and the network is used when it is there.

import { Clock } from "./clock.js";
import { delivery } from "./deliver.js";
import { DeviceStore } from "./device_store.js";
import { h } from "./dom.js";
import { speak, t } from "./i18n.js";
import { Refused, Unreachable } from "./network.js";
import { Outbox } from "./outbox.js";
import { fetchPack, Pack } from "./pack.js";
import { PhoneApp } from "./phone_app.js";
import { menuOf, screensOf } from "./screens.js";
import { Settings } from "./settings.js";
import { Shell } from "./shell.js";
import { keyOf, Site } from "./site.js";
import { watchUpdates } from "./updates.js";
import { Work } from "./work.js";
import { Worker } from "./worker.js";

/** A pack of this age is fetched anew by itself, where there is a network. */
const STALE = 30 * 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;
const OTHER_TABS = "yanmen-grid";

/** Everything that screens need. `session`: "in", "over" (nobody is signed in), "other" (somebody else is). */
class App extends PhoneApp {
  async start() {
    this.device = await DeviceStore.open("yanmen-grid");
    this.settings = await Settings.open(this.device, { language: null });
    speak(this.settings.get("language"));
    this.clock = new Clock(await this.device.get("clock"), (kept) => this.device.set("clock", kept));
    this.shell = new Shell(this);
    this.site = new Site(this.clock);
    this.session = "in";
    this.conflicts = [];
    await this.admit(await Worker.current(this.device));
    this.listen();
    this.tabs = new BroadcastChannel(OTHER_TABS);
    this.tabs.onmessage = ({ data }) => (data === "pack" ? this.#takePack() : this.told());
    this.draw();
    await watchUpdates((apply) => this.shell.offerUpdate(apply));
    await this.round();
  }

  /** This worker uses the phone, or nobody. */
  async admit(worker) {
    this.outbox?.stop();
    this.worker = worker;
    this.pack = this.outbox = this.work = null;
    if (!worker) return;
    const { clock, site } = this;
    const { store } = worker;
    site.worker = worker.id;
    this.outbox = new Outbox({ store, clock, deliver: delivery(site), told: () => this.told() });
    this.work = new Work({ store, outbox: this.outbox, clock });
    await store.expire(clock.now());
    this.pack = await Pack.load(store, clock.now());
    this.conflicts = (await store.get("conflicts", clock.now())) ?? this.pack?.conflicts ?? [];
    await this.work.load();
    navigator.storage?.persist?.().catch(() => false);
  }

  /** Ask who is signed in, send what waits, fetch what is old; one round at a time. Being offline is nothing unusual. */
  round({ hurry = false } = {}) {
    this.going ??= this.#round(hurry).finally(() => { this.going = null; });
    return this.going;
  }

  async #round(hurry) {
    await this.worker?.store.expire(this.clock.now());
    try {
      await this.#enter(await this.site.who());
      this.reached = true;
    } catch (fault) {
      this.reached = !(fault instanceof Unreachable);
      if (fault instanceof Refused && [401, 403].includes(fault.status)) this.session = "over";
    }
    if (this.worker && this.session === "in" && this.reached) await this.#exchange(hurry);
    else if (this.worker) this.outbox.soon();
    this.told();
  }

  async #exchange(hurry) {
    if (hurry) this.outbox.now();
    else this.outbox.soon();
    const vanished = await this.#askConflicts().catch((fault) => this.#note(fault));
    const age = this.pack ? this.clock.now() - this.pack.fetchedAt : Infinity;
    if (vanished || age > STALE) await this.fetch().catch((fault) => this.#note(fault));
  }

  #note(fault) {
    this.reached = !(fault instanceof Unreachable);
    return false;
  }

  /** Somebody is signed in: the worker of this phone, a new one, or another while records wait. */
  async #enter(me) {
    if (this.worker && this.worker.id !== keyOf(me)) {
      this.session = "other";
      if (await this.outbox.waiting()) return;
      await this.worker.leave();
      await this.admit(null);
    }
    if (!this.worker && !this.left) {
      await this.admit(await Worker.enter(this.device, me));
      this.go(this.home);
    }
    this.session = "in";
  }

  /** Conflicts as the site knows them. Says whether one is new or settled: then a value in force may have changed. */
  async #askConflicts() {
    const before = this.conflicts;
    this.conflicts = await this.site.ask("GET", "/api/grid/conflicts");
    await this.worker.store.set("conflicts", this.conflicts, { until: this.clock.now() + DAY });
    const marks = (some) => some.map(({ id, kept }) => id + kept).sort().join();
    return marks(before) !== marks(this.conflicts);
  }

  /** Fetch the doors anew; screens that stand hear how far it is, and what went wrong. */
  async fetch() {
    if (this.fetching) return this.fetching;
    this.faultOfPack = null;
    const { store } = this.worker;
    const arrived = this.work.arrived();
    const told = (progress) => { this.progress = progress; this.told(); };
    const going = fetchPack({ store, clock: this.clock, etag: this.pack?.etag, told });
    this.fetching = going.then(async () => {
      await this.work.forget(arrived);
      await this.#takePack();
      this.tabs.postMessage("pack");
    }).catch((fault) => { this.faultOfPack = fault; throw fault; }).finally(() => { this.fetching = this.progress = null; this.told(); });
    this.told();
    return this.fetching;
  }

  async #takePack() {
    this.pack = await Pack.load(this.worker.store, this.clock.now());
    await this.work.load();
    this.draw({ unless: "door" });
  }

  /** Keep what was said at a door; other tabs hear of it. */
  async keep(door, said) {
    await this.work.keep(door, said);
    this.tabs.postMessage("work");
  }

  /** What the outbox met with (a session that is over, or another's), and what another tab kept. */
  async beforeDrawing() {
    const status = this.outbox?.trouble?.status;
    if (status === 401 && this.session === "in") this.session = "over";
    if (status === 409) this.session = "other";
    await this.work?.load();
  }

  get screens() {
    return screensOf(this);
  }

  get menu() {
    return menuOf(this);
  }

  get home() {
    return this.worker ? "#/today" : "#/welcome";
  }

  /** What stands above every screen. */
  get notices() {
    if (!this.worker || this.session === "in") return [];
    const text = this.session === "over" ? t("session.over") : t("session.other", { name: this.worker.name });
    return [h("div", { class: "notice warn" }, h("span", {}, text), h("a", { class: "button", href: "in/" }, t("session.in")))];
  }

  draw({ unless = null } = {}) {
    if (unless && this.shell.name === unless) return this.told();
    return super.draw();
  }

  /** Forget everything and sign out: who calls has made sure that nothing waits. */
  async leave() {
    const { worker } = this;
    this.left = true;
    await this.admit(null);
    await worker.leave();
    await this.site.leave().catch(() => false);
    this.shell.say(t("end.wiped"));
    this.go("#/welcome");
  }
}

new App().start().catch((fault) => Shell.broken(fault));
