// How far the fetching of the doors is.

import { h } from "../dom.js";
import { t } from "../i18n.js";

/** A line with what has come so far, or nothing. */
export function fetching(app) {
  const { progress } = app;
  if (!progress) return app.fetching ? h("p", { class: "fine fetching" }, t("pack.asking")) : null;
  const { doors, people, kept, bytes } = progress;
  const text = kept ? t("pack.keeping", { kept, doors, people }) : t("pack.coming", { doors, people, size: (bytes / 1024).toFixed(0) });
  return h("p", { class: "fine fetching" }, text, " ", kept > 0 && h("progress", { max: String(doors), value: String(kept), "aria-label": text }));
}
