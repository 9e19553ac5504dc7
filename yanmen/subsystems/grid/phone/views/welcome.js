// Nobody uses this phone yet: sign in at the site, then the doors are fetched.

import { fill, h } from "../dom.js";
import { spoken, t } from "../i18n.js";
import { radios } from "./parts.js";

export function view(app) {
  const state = h("p", { class: "lead", role: "status" });
  const told = () => fill(state, t(app.online ? "welcome.sign_in" : "welcome.offline"));
  const again = h("button", { type: "button", hidden: !app.left, onclick: () => { app.left = false; app.round(); } }, t("welcome.again"));
  const language = radios("settings.language", [["zh", "中文"], ["en", "English"]], spoken(), async (value) => {
    await app.settings.set("language", value);
    app.shell.redraw(value);
  });
  const element = h("div", { class: "screen" }, h("h1", {}, t("welcome.title")), h("p", {}, t("welcome.text")), state,
    h("div", { class: "acts column" }, h("a", { class: "button primary", href: "in/" }, t("session.in")), again), language);
  told();
  return { title: "", element, told };
}
