// What to say when something did not work.

import { said, t } from "../i18n.js";
import { Refused, Unreachable } from "../network.js";

/** A fault in the reader's language, with what to do next; one with a `key` of the texts says which. */
export function inWords(fault) {
  if (fault instanceof Unreachable) return t("network.unreachable");
  if (fault instanceof Refused) return said(fault);
  if (fault.key) return t(fault.key, { n: fault.count });
  console.error(fault);
  return t("fault.unknown");
}
