// What still has to be delivered, and what became of the rest.

import { fill, h } from "../dom.js";
import { dayTime, t } from "../i18n.js";
import { cardForm } from "./card.js";
import { progress, stateOf } from "./states.js";

const SHOWN = 100;
const STATES = ["kept", "sent", "accepted", "refused"];

export function view(app) {
  const numbers = h("dl", { class: "tally four" });
  const state = h("p", { class: "lead", role: "status" });
  const rows = h("ul", { class: "rows" });
  const mending = h("div", {});
  let form = null;
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
      const kind = h("span", {}, t(`outbox.door.${row.door}`));
      return h("li", {}, h("time", {}, dayTime(row.at)), kind, stateOf(row), await refusedCard(row));
    })));
  };
  const close = () => {
    form?.stop();
    form = null;
    fill(mending);
  };
  const mend = (id, record, whose) => {
    close();
    const onCard = async (card) => {
      await app.outbox.mend(id, { ...record, ...card });
      close();
    };
    form = cardForm({ clock: app.clock, card: record, onCard, onBack: close });
    fill(mending, h("h2", {}, whose), form.element);
    form.focus();
  };
  /** Whom a refused document was to bind: their sample is in the tube already, so it can be corrected. */
  const refusedCard = async (row) => {
    if (row.door !== "cards" || row.state !== "refused") return null;
    const record = await app.account.store.opened(row);
    const whose = t("outbox.card", { ...record, n: record.position });
    const about = { type: "button", class: "quiet", "aria-label": `${t("outbox.mend")}: ${whose}` };
    return [h("small", {}, whose), h("button", { ...about, onclick: () => mend(row.id, record, whose) }, t("outbox.mend"))];
  };
  const timer = setInterval(draw, 1000);
  const end = app.duty && h("a", { class: "button", href: "#/end" }, t("officer.end"));
  const element = h("div", { class: "screen" }, h("h1", {}, t("outbox.title")), numbers, state, h("div", { class: "acts" }, send, end), mending, h("h2", {}, t("outbox.newest")), rows);
  list();
  return { title: t("outbox.title"), element, told: list, stop: () => { clearInterval(timer); form?.stop(); } };
}
