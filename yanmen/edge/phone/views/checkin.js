// Check in at a venue by its printed code: kept at once, with or without a network, and delivered when there is one.

import { fill, h } from "../dom.js";
import { clockTime, dayTime, t } from "../i18n.js";
import { sign } from "../icons.js";
import { actsFor } from "./code.js";
import { scanner } from "./scanner.js";
import { stateOf } from "./states.js";

const VENUE = /^YV1:[0-9A-Z $%*+\-./:]{30,60}$/;
const SHOWN = 6;

export function view(app) {
  const wrong = h("p", { class: "wrong", role: "alert" });
  const recent = h("ul", { class: "rows" });
  const stage = h("div", {});
  const { person: who, named } = actsFor(app);
  let scan = null;

  const read = async (text) => {
    const venue = VENUE.test(text) ? text : null;
    fill(wrong, venue ? null : t("checkin.wrong"));
    if (!venue) return;
    await app.outbox.keep("check-ins", { venue, who: who.claims.device });
    scan.stop();
    done();
    list();
  };
  const ask = () => {
    scan = scanner({ onText: read, eager: true });
    fill(stage, h("p", { class: "lead" }, t("checkin.text")), scan.element, wrong);
  };
  const done = () => {
    const at = t("checkin.at", { time: clockTime(app.clock.now()), who: who.name || t("code.mine") });
    const again = h("button", { class: "primary", type: "button", onclick: ask }, t("checkin.another"));
    fill(stage, h("div", { class: "done", role: "status" }, sign("pass"), h("strong", {}, t("checkin.done")), h("span", {}, at)), again);
    again.focus();
  };
  const list = async () => {
    const rows = await app.account.store.newest(SHOWN);
    fill(recent, rows.map((row) => h("li", {}, h("time", {}, dayTime(row.at)), stateOf(row))));
    heading.hidden = rows.length === 0;
  };
  const heading = h("h2", {}, t("checkin.recent"));
  const element = h("div", { class: "screen" }, h("h1", {}, t("checkin.title")), named, stage, heading, recent);
  ask();
  list();
  return { title: "", element, told: list, stop: () => scan.stop() };
}
