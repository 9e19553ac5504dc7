// Somebody without a code: type of document, number, name. A reader that types the number and Enter goes on to the name.

import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { faultOf, plain, TYPES } from "../identity.js";
import { listen } from "../wedge.js";

/** `onCard({id_type, id_number, name})` gets what was checked; `card` is what is known already; `onBack` leaves the form. */
export function cardForm({ clock, card = {}, onCard, onBack }) {
  const type = h("select", { id: "card-type" }, TYPES.map((each) => h("option", { value: each, selected: each === card.id_type }, t(`card.type.${each}`))));
  const about = { autocomplete: "off", spellcheck: "false", required: true, "aria-describedby": "card-wrong" };
  const typed = h("input", { id: "card-number", autocapitalize: "characters", maxlength: 40, value: card.id_number, ...about });
  const name = h("input", { id: "card-name", autocapitalize: "words", maxlength: 80, value: card.name, ...about });
  const wrong = h("p", { class: "wrong", id: "card-wrong", role: "alert" });
  const go = h("button", { type: "submit", class: "primary" }, t("card.go"));

  const say = (field, text) => {
    fill(wrong, text);
    for (const each of [typed, name]) each.setAttribute("aria-invalid", String(text !== null && each === field));
    field.focus();
    wrong.scrollIntoView({ block: "nearest" });
  };
  const send = async (event) => {
    event.preventDefault();
    const read = plain(typed.value);
    const fault = faultOf(type.value, read, clock.now());
    if (fault) return say(typed, t(`card.wrong.${fault}`));
    const called = name.value.trim().replace(/\s+/g, " ");
    if (!called) return say(name, document.activeElement === typed ? null : t("card.wrong.name"));
    go.disabled = true;
    await onCard({ id_type: type.value, id_number: read, name: called });
    go.disabled = false;
    return undefined;
  };
  const stop = listen((text) => {
    typed.value = text;
    name.focus();
  });
  const field = (label, control) => [h("label", { for: control.id }, t(label)), control];
  const back = h("button", { type: "button", class: "quiet", onclick: onBack }, t("card.back"));
  const element = h("form", { class: "question document", onsubmit: send, novalidate: true, autocomplete: "off" },
    field("card.type", type), field("card.number", typed), wrong, field("card.name", name), go, back);
  return { element, stop, focus: () => (card.id_number ? name : typed).focus() };
}
