// The state of one record, in word and shape; and what the outbox is doing.

import { h } from "../dom.js";
import { said, t } from "../i18n.js";
import { Unreachable } from "../network.js";

const MARKS = { kept: "○", sent: "◐", accepted: "●", refused: "✕", conflict: "◆" };

/** "● Delivered"; a refused record says why. */
export function stateOf({ state, reason }) {
  const why = reason && h("small", {}, typeof reason === "string" ? reason : said(reason));
  const mark = h("span", { class: "mark", "aria-hidden": "true" }, MARKS[state]);
  return h("span", { class: "state", "data-state": state }, mark, h("span", {}, t(`outbox.${state}`)), why);
}

/** What the outbox is doing, in words. */
export function progress(outbox, waiting) {
  const seconds = Math.max(0, Math.ceil((outbox.retryAt - Date.now()) / 1000));
  if (outbox.sending) return t("outbox.sending");
  if (!waiting) return t("outbox.empty");
  if (outbox.trouble instanceof Unreachable) return t("outbox.offline", { n: seconds });
  if (!outbox.trouble) return t("outbox.badge", { n: waiting });
  const busy = [429, 503].includes(outbox.trouble.status);
  return busy ? t("outbox.wait", { n: seconds }) : t("outbox.trouble", { why: said(outbox.trouble) });
}
