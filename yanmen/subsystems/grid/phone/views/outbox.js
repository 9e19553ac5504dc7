// What still has to be delivered, and what became of the rest, record by record.

import { fill, h } from "../dom.js";
import { dayTime, said, t } from "../i18n.js";
import { progress, stateOf } from "./states.js";

const SHOWN = 100;
const STATES = ["kept", "sent", "accepted", "refused", "conflict"];

export function view(app) {
  const numbers = h("dl", { class: "tally five" });
  const state = h("p", { class: "lead", role: "status" });
  const rows = h("ul", { class: "rows" });
  const send = h("button", { class: "primary", type: "button", onclick: () => app.round({ hurry: true }) }, t("outbox.send"));
  const { store } = app.worker;
  const draw = async () => {
    const counts = await store.counts();
    const waiting = counts.kept + counts.sent;
    fill(numbers, STATES.map((each) => h("div", { "data-state": each }, h("dt", {}, t(`outbox.${each}`)), h("dd", {}, String(counts[each])))));
    send.hidden = waiting === 0;
    send.disabled = app.outbox.sending;
    fill(state, progress(app.outbox, waiting));
  };
  const list = async () => {
    await draw();
    const newest = await store.newest(SHOWN);
    fill(rows, newest.map((row) => h("li", { "data-record": row.id }, h("time", {}, dayTime(row.at)), h("span", {}, t(`outbox.door.${row.door}`), whose(app, row.id)), stateOf(row))));
    rows.dataset.ready = "true";
  };
  const timer = setInterval(draw, 1000);
  const element = h("div", { class: "screen" }, h("h1", {}, t("outbox.title")), numbers, state, h("div", { class: "acts" }, send), h("h2", {}, t("outbox.newest")), rows);
  list();
  return { title: t("outbox.title"), element, told: list, stop: () => clearInterval(timer) };
}

/** Which door and what, while this phone remembers it. */
function whose(app, id) {
  const entry = app.work.entries.find((each) => each.id === id);
  const door = entry && app.pack?.byId.get(entry.door);
  if (!door) return null;
  const fields = entry.person === null ? app.pack.fields.household : app.pack.fields.person;
  const what = entry.kind ? said(app.pack.kinds[entry.kind]) : said(fields?.find(({ name }) => name === entry.field));
  const name = door.people.find(({ person }) => person === entry.person)?.name;
  return h("small", {}, [door.address, name, what].filter(Boolean).join(" · "));
}
