// How old the doors are, fetching them now, language, and the way out: only when everything is delivered.

import { fill, h } from "../dom.js";
import { dayTime, said, span, spoken, t } from "../i18n.js";
import { VERSION } from "../version.js";
import { inWords } from "./faults.js";
import { fetching } from "./fetching.js";
import { pairs, radios } from "./parts.js";
import { progress } from "./states.js";

export function view(app) {
  const [pack, leaving] = [packPart(app), leavingPart(app)];
  const language = radios("settings.language", [["zh", "中文"], ["en", "English"]], spoken(), async (value) => {
    await app.settings.set("language", value);
    app.shell.redraw(value);
  });
  const element = h("div", { class: "screen settings" }, h("h1", {}, t("settings.title")), pack.element, language, leaving.element, h("section", {}, h("h2", {}, t("settings.about")), pairs([["settings.version", VERSION]])));
  const told = () => Promise.all([pack.told(), leaving.told()]);
  told();
  return { title: t("settings.title"), element, told };
}

function packPart(app) {
  const place = h("div", {});
  const state = h("div", { role: "status" });
  const now = h("button", { class: "primary", type: "button", onclick: async () => {
    await app.fetch().catch(() => null);
    await told();
  } }, t("settings.fetch"));
  const told = async () => {
    const { pack } = app;
    const used = (await navigator.storage?.estimate?.())?.usage ?? 0;
    const safe = await navigator.storage?.persisted?.();
    fill(place, pairs([
      ["settings.age", pack ? t("settings.ago", { span: span((app.clock.now() - pack.madeAt) / 1000) }) : t("settings.never")],
      pack && ["settings.until", dayTime(pack.endsAt)],
      pack && ["settings.doors", String(pack.doors.length)],
      pack && ["settings.people", String(pack.people)],
      ["settings.storage.used", `${(used / 1048576).toFixed(1)} MB`],
      ["", t(safe ? "settings.storage.persist" : "settings.storage.fragile")],
      app.clock.error !== 0 && ["settings.clock", span(Math.abs(app.clock.error) / 1000)],
    ]));
    now.disabled = Boolean(app.fetching);
    fill(state, fetching(app), app.faultOfPack && h("p", { class: "wrong" }, inWords(app.faultOfPack)));
  };
  return { element: h("section", {}, h("h2", {}, t("settings.storage")), place, now, state), told };
}

function leavingPart(app) {
  const state = h("p", { role: "status" });
  const acts = h("div", { class: "acts column" });
  const seen = h("input", { type: "checkbox", id: "seen" });
  const leave = async (refused) => {
    if (refused > 0 && !seen.checked) return seen.focus();
    if (await app.outbox.waiting()) return told();
    return app.leave();
  };
  const told = async () => {
    const { kept, sent, refused } = await app.worker.store.counts();
    const waiting = kept + sent;
    fill(state, waiting ? [t("end.waiting", { n: waiting }), " ", progress(app.outbox, waiting)] : t("leave.ready"));
    if (acts.dataset.drawn === `${waiting} ${refused}`) return;
    acts.dataset.drawn = `${waiting} ${refused}`;
    const look = refused > 0 && [h("p", {}, t("end.refused", { n: refused }), " ", h("a", { href: "#/outbox" }, t("outbox.title"))), h("p", { class: "check" }, seen, h("label", { for: "seen" }, t("end.refused.seen")))];
    const send = h("button", { type: "button", onclick: () => app.round({ hurry: true }) }, t("outbox.send"));
    fill(acts, waiting ? send : [look, h("button", { class: "danger", type: "button", onclick: () => leave(refused) }, t("leave.go"))]);
  };
  return { element: h("section", {}, h("h2", {}, t("leave.title")), pairs([["settings.name", app.worker.name], ["settings.area", said(app.worker.area)]]), state, acts), told };
}
