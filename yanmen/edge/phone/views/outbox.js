// What still has to be delivered, and what became of the rest.

import { fill, h } from "../dom.js";
import { dayTime, said, t } from "../i18n.js";
import { Unreachable } from "../session.js";
import { stateOf } from "./states.js";

const SHOWN = 100;
const STATES = ["kept", "sent", "accepted", "refused"];

export function view(app) {
  const numbers = h("dl", { class: "tally four" });
  const state = h("p", { class: "lead", role: "status" });
  const rows = h("ul", { class: "rows" });
  const send = h("button", { class: "primary", type: "button", onclick: () => app.outbox.now() }, t("outbox.send"));
  const draw = async () => {
    const counts = await app.account.store.counts();
    const waiting = counts.kept + counts.sent;
    fill(numbers, STATES.map((each) => h("div", { "data-state": each }, h("dt", {}, t(`outbox.${each}`)), h("dd", {}, String(counts[each])))));
    send.hidden = waiting === 0;
    send.disabled = app.outbox.sending;
    fill(state, progress(app.outbox, waiting));
  };
  const list = async () => {
    await draw();
    const newest = await app.account.store.newest(SHOWN);
    fill(rows, await Promise.all(newest.map(async (row) => {
      const kind = h("span", {}, t(`outbox.door.${row.door}`), await whose(app.account.store, row));
      return h("li", {}, h("time", {}, dayTime(row.at)), kind, stateOf(row));
    })));
  };
  const timer = setInterval(draw, 1000);
  const end = app.duty && h("a", { class: "button", href: "#/end" }, t("officer.end"));
  const element = h("div", { class: "screen" }, h("h1", {}, t("outbox.title")), numbers, state, h("div", { class: "acts" }, send, end), h("h2", {}, t("outbox.newest")), rows);
  list();
  return { title: t("outbox.title"), element, told: list, stop: () => clearInterval(timer) };
}

/** Whom a refused document was to bind, so that the team can find the person. */
async function whose(store, row) {
  if (row.door !== "cards" || row.state !== "refused") return null;
  const { tube, position, name } = await store.opened(row);
  return h("small", {}, t("outbox.card", { tube, n: position, name }));
}

/** What the outbox is doing, in words. */
export function progress(outbox, waiting) {
  const seconds = Math.max(0, Math.ceil((outbox.retryAt - Date.now()) / 1000));
  if (outbox.sending) return t("outbox.sending");
  if (!waiting) return t("outbox.empty");
  if (outbox.trouble instanceof Unreachable) return t("outbox.offline", { n: seconds });
  if (!outbox.trouble) return t("outbox.badge", { n: waiting });
  const busy = [429, 503].includes(outbox.trouble.status);
  return busy ? t("outbox.wait", { n: seconds }) : t("outbox.trouble", { why: said(outbox.trouble) });
}
