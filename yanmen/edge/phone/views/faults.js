// What to say when something did not work.

import { Changed, Undelivered } from "../account.js";
import { said, t } from "../i18n.js";
import { Refused, Unreachable } from "../session.js";

/** A fault in the reader's language, with what to do next. */
export function inWords(fault) {
  if (fault instanceof Unreachable) return t("network.unreachable");
  if (fault instanceof Refused) return said(fault);
  if (fault instanceof Undelivered) return t(`enrol.other_user.${fault.who}`, { n: fault.count });
  if (fault instanceof Changed) return t("enrol.changed");
  console.error(fault);
  return t("fault.unknown");
}
