// Language, sound, this enrolment, what lies on the phone, and the way out.

import { fill, h } from "../dom.js";
import { dayTime, span, spoken, t } from "../i18n.js";
import { VERSION } from "../version.js";
import { inWords } from "./faults.js";
import { pairs, radios } from "./parts.js";

export function view(app) {
  const element = h("div", { class: "screen settings" }, h("h1", {}, t("settings.title")), choices(app), app.account?.self && [enrolment(app), storage(app)], about());
  return { title: t("settings.title"), back: app.account?.self ? null : "#/welcome", element };
}

function choices(app) {
  const language = radios("settings.language", [["zh", "中文"], ["en", "English"]], spoken(), async (value) => {
    await app.settings.set("language", value);
    app.shell.redraw(value);
  });
  const next = app.duty && radios("settings.next", [0, 2, 3, 5].map((n) => [n, t(n ? "settings.next.n" : "settings.next.0", { n })]), app.settings.get("next"), (value) => app.settings.set("next", Number(value)));
  return h("section", {}, language, app.duty && [toggle(app, "sound"), toggle(app, "vibration")], next);
}

function toggle(app, name) {
  const box = h("input", { type: "checkbox", role: "switch", id: name, checked: app.settings.get(name), onchange: () => app.settings.set(name, box.checked) });
  return h("p", { class: "switch" }, h("label", { for: name }, t(`settings.${name}`)), box);
}

function enrolment(app) {
  const { claims, name } = app.account.self;
  const rows = [
    ["settings.name", name],
    app.duty && ["settings.role", t(`door.${app.duty.door}`)],
    ["settings.area", claims.area],
    ["settings.place", claims.place],
    ["settings.until", dayTime(claims.expiresAt * 1000)],
  ];
  const way = h("a", { class: "button danger", href: "#/end" }, t(app.duty ? "end.wipe" : "settings.leave"));
  return h("section", {}, h("h2", {}, t("settings.device")), pairs(rows), way);
}

function storage(app) {
  const place = h("div", {});
  const said = h("p", { class: "fine", role: "status" });
  const draw = async () => fill(place, pairs(await facts(app)));
  const fetchAll = async (event) => {
    event.target.disabled = true;
    await app.documents.refresh().then(() => fill(said), (fault) => fill(said, inWords(fault)));
    event.target.disabled = false;
    await draw();
  };
  draw();
  return h("section", {}, h("h2", {}, t("settings.storage")), place, h("button", { type: "button", onclick: fetchAll }, t("settings.fetch")), said);
}

async function facts(app) {
  const { keys, changes } = app.documents;
  const now = app.clock.now() / 1000;
  const age = (moment) => (moment === undefined ? t("settings.never") : t("settings.ago", { span: span(now - moment) }));
  const used = (await navigator.storage?.estimate?.())?.usage ?? 0;
  const safe = await navigator.storage?.persisted?.();
  return [
    ["settings.keys", age(keys?.issuedAt)],
    app.duty && ["settings.changes", age(changes?.asOf)],
    app.clock.error !== 0 && ["settings.clock", span(Math.abs(app.clock.error) / 1000)],
    ["settings.storage.used", `${(used / 1048576).toFixed(1)} MB`],
    ["", t(safe ? "settings.storage.persist" : "settings.storage.fragile")],
  ];
}

function about() {
  return h("section", {}, h("h2", {}, t("settings.about")), pairs([["settings.version", VERSION]]));
}
