// A resident enrols this phone: number, one-time code, done.

import { askForCode, enrolHolder } from "../account.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { inWords } from "./faults.js";

/** Mobile numbers, and those from abroad: what the site takes, but for landlines, which get no message. */
const PHONE = /^((\+?|00)86)?1[3-9]\d{9}$|^(\+|00)[1-9]\d{6,14}$/;
const CODE = /^\d{6}$/;
/** Of any document: an identity card ends in a digit or X, a passport or a permit may end in any letter. */
const TAIL = /^[0-9A-Za-z]{4}$/;

export function view(app) {
  const place = h("div", {});
  const element = h("div", { class: "screen" }, h("h1", {}, t("enrol.title")), place, h("p", { class: "fine" }, t("enrol.key")));
  askNumber(app, place);
  return { title: "", back: "#/welcome", element };
}

function askNumber(app, place) {
  const form = question({ key: "enrol.phone", mode: "tel", fills: "tel-national", go: "enrol.send", fits: (text) => PHONE.test(text) }, async (phone) => {
    await askForCode(phone);
    askCode(app, place, phone);
  });
  fill(place, form.element);
  form.focus();
}

function askCode(app, place, phone) {
  const form = question({ key: "enrol.code", mode: "numeric", fills: "one-time-code", go: "enrol.finish", fits: (text) => CODE.test(text) }, async (code) => {
    await enter(app, { phone, code }).catch((fault) => {
      if (fault.field !== "document_tail") throw fault;
      askTail(app, place, { phone, code });
    });
  });
  const again = () => askNumber(app, place);
  fill(place, h("p", { role: "status" }, t("enrol.sent")), form.element, h("button", { class: "quiet", type: "button", onclick: again }, t("enrol.again")));
  form.focus();
}

/** Several people share the number: the end of the document chooses. */
function askTail(app, place, words) {
  const form = question({ key: "enrol.tail", mode: "text", fills: "off", go: "enrol.finish", fits: (text) => TAIL.test(text) }, (tail) =>
    enter(app, { ...words, document_tail: tail.toUpperCase() }));
  fill(place, form.element);
  form.focus();
}

async function enter(app, words) {
  await app.welcome(await enrolHolder(app, words));
}

/** One field and one button; what is wrong stands under the field. */
function question({ key, mode, fills, go, fits }, answer) {
  const wrong = h("p", { class: "wrong", id: "wrong", role: "alert" });
  const field = h("input", { id: "answer", inputmode: mode, autocomplete: fills, autocapitalize: "characters", spellcheck: "false", required: true, maxlength: 20, "aria-describedby": "wrong" });
  const button = h("button", { class: "primary", type: "submit" }, t(go));
  const send = async (event) => {
    event.preventDefault();
    const text = field.value.replace(/[\s-]/g, "");
    fill(wrong, fits(text) ? null : t(`${key}.wrong`));
    field.setAttribute("aria-invalid", String(!fits(text)));
    if (!fits(text)) return field.focus();
    button.disabled = true;
    await answer(text).catch((fault) => fill(wrong, inWords(fault)));
    button.disabled = false;
    return undefined;
  };
  const element = h("form", { class: "question", onsubmit: send, novalidate: true }, h("label", { for: "answer" }, t(key)), field, wrong, button);
  return { element, focus: () => queueMicrotask(() => field.focus()) };
}
