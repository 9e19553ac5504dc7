// The frame around every screen: title, connection, notices, menu. One screen at a time stands in the middle. An
// application says which there are: `screens` (name → function), `menu` ([name, drawing]…), `home`, and more `notices`.

import { h, fill } from "./dom.js";
import { speak, t } from "./i18n.js";
import { icon } from "./icons.js";

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

  /** Show the screen of an address such as "#/scan"; what follows the name is handed to it. */
  async draw(hash) {
    const { app } = this;
    const known = app.screens;
    const [name, ...about] = hash.replace(/^#\/?/, "").split("/");
    if (!(name in known)) return app.go(app.home in { [hash]: 1 } ? "#/welcome" : app.home);
    this.view?.stop?.();
    this.view = null;
    const view = await known[name](app, ...about);
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
    const { menu } = this.app;
    byId("bar").hidden = menu.length === 0;
    byId("bar").setAttribute("aria-label", t("nav.main"));
    fill(byId("bar"), menu.map(([name, drawing]) => {
      const here = name === this.name ? "page" : null;
      return h("a", { href: `#/${name}`, "aria-current": here }, icon(drawing), h("span", {}, t(`nav.${name}`)));
    }));
  }

  #chip(waiting) {
    if (!this.chip || !this.app.menu.length) return;
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
    said.push(...(this.app.notices ?? []));
    if (this.spoken) said.push(h("div", { class: "notice said" }, this.spoken));
    return said;
  }
}
