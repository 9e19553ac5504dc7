// The first screen: who are you?

import { h } from "../dom.js";
import { spoken, t } from "../i18n.js";
import { icon } from "../icons.js";

export function view(app) {
  const other = spoken() === "zh" ? "en" : "zh";
  const switchTo = async () => {
    await app.settings.set("language", other);
    app.shell.redraw(other);
  };
  const choice = (href, drawing, key) =>
    h("a", { class: "choice", href }, icon(drawing), h("span", {}, h("strong", {}, t(key)), h("small", {}, t(`${key}.hint`))));
  const element = h(
    "div",
    { class: "screen welcome" },
    h("h1", {}, t("welcome.title")),
    h("p", { class: "lead" }, t("welcome.text")),
    choice("#/enrol", "code", "welcome.holder"),
    choice("#/staff", "staff", "welcome.staff"),
    h("p", { class: "foot" },
      h("a", { href: "#/sites" }, t("sites.title")),
      h("a", { href: "#/paper" }, t("welcome.paper")),
      h("button", { class: "quiet", type: "button", lang: other, onclick: switchTo }, other === "en" ? "English" : "中文")),
  );
  return { title: "", element };
}
