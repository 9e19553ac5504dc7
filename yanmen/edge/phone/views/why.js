// Why this colour, what clears it and when, and one's own results. Fetched, never kept: it is about health.

import { fill, h } from "../dom.js";
import { said, t } from "../i18n.js";

export function view(app) {
  const place = h("div", { role: "status" }, h("p", {}, t("working")));
  const element = h("div", { class: "screen" }, h("h1", {}, t("why.title")), place);
  fill(place, h("p", {}, said([t("why.offline"), t("why.offline")])));
  return { title: t("nav.why"), element };
}
