// The end of a shift, or of an enrolment: first everything is delivered, then this phone is cleared.

import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { progress } from "./states.js";

export function view(app) {
  const officer = Boolean(app.duty);
  const state = h("p", { class: "lead", role: "status" });
  const acts = h("div", { class: "acts column" });
  const seen = h("input", { type: "checkbox", id: "seen" });
  const draw = async () => {
    const { kept, sent, refused } = await app.account.store.counts();
    const waiting = kept + sent;
    fill(state, waiting ? [t("end.waiting", { n: waiting }), " ", progress(app.outbox, waiting)] : t(officer ? "end.ready" : "end.ready.holder"));
    const wipe = h("button", { class: "danger", type: "button", onclick: () => leave(app, seen, refused) }, t(officer ? "end.wipe" : "settings.leave"));
    const send = h("button", { class: "primary", type: "button", onclick: () => app.outbox.now() }, t("outbox.send"));
    const look = refused > 0 && [h("p", {}, t("end.refused", { n: refused }), " ", h("a", { href: "#/outbox" }, t("outbox.title"))), h("p", { class: "check" }, seen, h("label", { for: "seen" }, t("end.refused.seen")))];
    if (acts.dataset.drawn === `${waiting} ${refused}`) return;
    acts.dataset.drawn = `${waiting} ${refused}`;
    fill(acts, waiting ? send : [look, wipe]);
  };
  const timer = setInterval(draw, 1000);
  const element = h("div", { class: "screen" }, h("h1", {}, t(officer ? "end.title" : "settings.leave")), h("p", {}, t(officer ? "end.text" : "settings.leave.holder")), state, acts);
  draw();
  return { title: "", back: officer ? "#/outbox" : "#/settings", element, told: draw, stop: () => clearInterval(timer) };
}

async function leave(app, seen, refused) {
  if (refused > 0 && !seen.checked) return seen.focus();
  if (await app.outbox.waiting()) return app.draw();
  return app.leave();
}
