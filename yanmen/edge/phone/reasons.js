// The texts of reasons and notes of verdicts, which Python and the phone share.

import { said } from "./i18n.js";

let verdicts = {};

/** Read them. */
export async function learnVerdicts() {
  verdicts = await (await fetch("verdicts.json")).json();
}

/** The text of a reason or a note of a verdict. */
export const reason = (code) => said(verdicts[code]) || code;
