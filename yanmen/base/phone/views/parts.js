// Small parts of screens.

import { h } from "../dom.js";
import { t } from "../i18n.js";

/** One choice of several; `choose` hears the value. */
export function radios(key, options, chosen, choose) {
  return h("fieldset", { class: "radios" }, h("legend", {}, t(key)), options.map(([value, title]) =>
    h("label", {}, h("input", { type: "radio", name: key, value, checked: value === chosen, onchange: () => choose(value) }), h("span", {}, title))));
}

/** Titles (keys of texts) with what stands beside them; a row without a value is left out. */
export const pairs = (rows) =>
  h("dl", { class: "pairs" }, rows.filter((row) => row && row[1]).map(([key, value]) => h("div", {}, key && h("dt", {}, t(key)), h("dd", {}, String(value)))));
