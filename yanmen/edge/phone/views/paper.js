// Advice for people without a phone, and for those who help them.

import { h } from "../dom.js";
import { t } from "../i18n.js";

export function view(app) {
  const lines = ["paper.1", "paper.2", "paper.3", "paper.4"].map((key) => h("li", {}, t(key)));
  const element = h("div", { class: "screen" }, h("h1", {}, t("paper.title")), h("ol", { class: "advice" }, lines));
  return { title: "", back: app.home, element };
}
