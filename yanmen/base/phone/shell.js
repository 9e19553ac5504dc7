// The frame around every screen: title, connection, notices, menu. One screen at a time stands in the middle.

import { h, fill } from "./dom.js";
import { speak, t } from "./i18n.js";
import { icon } from "./icons.js";
import { view as checkin } from "./views/checkin.js";
import { view as code } from "./views/code.js";
import { view as end } from "./views/end.js";
import { view as enrol } from "./views/enrol.js";
import { view as outbox } from "./views/outbox.js";
import { view as paper } from "./views/paper.js";
import { view as results } from "./views/results.js";
import { view as sample } from "./views/sample.js";
import { view as scan } from "./views/scan.js";
import { view as settings } from "./views/settings.js";
import { view as sites } from "./views/sites.js";
import { view as staff } from "./views/staff.js";
import { view as welcome } from "./views/welcome.js";
import { view as why } from "./views/why.js";

const EVERYBODY = { welcome, enrol, staff, paper, sites, settings };
const SCREENS = {
  nobody: EVERYBODY,
  holder: { ...EVERYBODY, code, why, results, checkin, outbox, end },
  officer: { ...EVERYBODY, scan, sample, outbox, end },
};
const MENUS = {
  nobody: [],
  holder: [["code", "code"], ["checkin", "scan"], ["results", "tube"], ["why", "why"], ["settings", "settings"]],
  passes: [["scan", "scan"], ["outbox", "outbox"], ["settings", "settings"]],
  samples: [["sample", "tube"], ["outbox", "outbox"], ["settings", "settings"]],
};
const SAID_FOR = 6000;
const byId = (id) => document.getElementById(id);

/** The frame. */
export class Shell {
  constructor(app) {
    this.app = app;
    this.view = null;
    this.spoken = null;
    this.update = null;
  }

  /** Nothing works: say so instead of a white page. */
  static broken(fault) {
    const secure = globalThis.isSecureContext && globalThis.indexedDB;
    const texts = secure ? [h("h1", {}, t("app")), h("p", {}, t("fault.unknown"))] : [h("h1", {}, t("secure.title")), h("p", {}, t("secure.text"))];
    fill(byId("main"), h("div", { class: "screen" }, texts));
    console.error(fault);
  }

  /** Show the screen of an address such as "#/scan". */
  async draw(hash) {
    const { app } = this;
    const who = app.account?.self ? (app.duty ? "officer" : "holder") : "nobody";
    const known = SCREENS[who];
    const name = hash.replace(/^#\/?/, "");
    if (!(name in known)) return app.go(app.home in { [hash]: 1 } ? "#/welcome" : app.home);
    this.view?.stop?.();
    this.view = null;
    const view = await known[name](app);
    this.view?.stop?.();
    this.view = view;
    this.name = name;
    this.#frame(view);
    fill(byId("main"), view.element);
    byId("main").dataset.screen = name;
    const heading = byId("main").querySelector("h1") ?? byId("main");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    byId("main").scrollTop = 0;
    this.told();
    return undefined;
  }

  /** Say something briefly; it is read out too. */
  say(text) {
    this.spoken = text;
    clearTimeout(this.silence);
    this.silence = setTimeout(() => { this.spoken = null; this.told(); }, SAID_FOR);
    this.told();
  }

  /** Offer a newer version; nothing happens until the button is pressed. */
  offerUpdate(apply) {
    this.update = apply;
    this.told();
  }

  /** The language changed: everything is drawn anew. */
  redraw(language) {
    speak(language);
    return this.draw(location.hash || this.app.home);
  }

  /** Draw again what changes while a screen stands: connection, notices, numbers. */
  async told() {
    const { app } = this;
    const waiting = app.outbox ? await app.outbox.waiting().catch(() => 0) : 0;
    this.#chip(waiting);
    fill(byId("notices"), this.#notices());
    await this.view?.told?.();
  }

  #frame({ title, back }) {
    byId("skip").textContent = t("skip");
    const left = back && h("a", { class: "back", href: back, "aria-label": t("back") }, icon("back"));
    this.chip = h("span", { class: "chip" });
    fill(byId("top"), left, h("p", { class: "title" }, title), this.chip);
    const { account, duty } = this.app;
    const menu = account?.self ? MENUS[duty ? (duty.door === "samples" ? "samples" : "passes") : "holder"] : [];
    byId("bar").hidden = menu.length === 0;
    byId("bar").setAttribute("aria-label", t("nav.main"));
    fill(byId("bar"), menu.map(([name, drawing]) => {
      const here = name === this.name ? "page" : null;
      return h("a", { href: `#/${name}`, "aria-current": here }, icon(drawing), h("span", {}, t(`nav.${name}`)));
    }));
  }

  #chip(waiting) {
    if (!this.chip || !this.app.account?.self) return;
    const { online } = this.app;
    const number = waiting > 0 && h("span", { class: "number" }, t("outbox.badge", { n: waiting }));
    this.chip.dataset.online = String(online);
    fill(this.chip, h("span", { class: "dot", "aria-hidden": "true" }), h("span", {}, t(online ? "online" : "offline")), number);
  }

  #notices() {
    const { clock } = this.app;
    const said = [];
    if (this.update) {
      const apply = () => this.update();
      said.push(h("div", { class: "notice" }, h("span", {}, t("update.ready")), h("button", { type: "button", onclick: apply }, t("update.now"))));
    }
    if (clock.behind) said.push(h("div", { class: "notice warn" }, t("clock.behind")));
    if (this.spoken) said.push(h("div", { class: "notice said" }, this.spoken));
    return said;
  }
}
