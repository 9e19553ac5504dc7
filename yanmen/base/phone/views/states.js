// The state of one record, in word and shape.

import { h } from "../dom.js";
import { said, t } from "../i18n.js";

const MARKS = { kept: "○", sent: "◐", accepted: "●", refused: "✕" };

/** "● Delivered"; a refused record says why. */
export function stateOf({ state, reason }) {
  const why = reason && h("small", {}, typeof reason === "string" ? reason : said(reason));
  const mark = h("span", { class: "mark", "aria-hidden": "true" }, MARKS[state]);
  return h("span", { class: "state", "data-state": state }, mark, h("span", {}, t(`outbox.${state}`)), why);
}
