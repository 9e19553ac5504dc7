// One question of a form: how it is drawn, and what was said. Large targets; numbers get the keyboard of numbers.

import { fill, h } from "../dom.js";
import { said, t } from "../i18n.js";

const FEW = 4;
const KEYBOARDS = { number: "decimal", whole: "numeric", phone: "tel" };

/** A question with `element`, `value()` ("" where nothing was said), `wrong()` (a text, or null) and `blame(text)`. */
export function question(field, { value = "", hint = "", mark = null } = {}) {
  const id = `q${(question.made = (question.made ?? 0) + 1)}`;
  const fault = h("p", { class: "wrong", id: `${id}-wrong` });
  const title = [said(field), field.needed && h("b", { class: "needed", "aria-hidden": "true" }, " *"), mark];
  const drawn = optionsOf(field) ? chosen(field, id, value, title) : typed(field, id, value, title, hint);
  const blame = (text) => {
    fill(fault, text);
    for (const each of drawn.inputs) {
      each.setAttribute("aria-invalid", String(Boolean(text)));
      each.setAttribute("aria-describedby", fault.id);
    }
  };
  return {
    field,
    before: value,
    element: h("div", { class: "ask-field", "data-field": field.name }, drawn.element, fault),
    value: drawn.value,
    wrong: () => wrong(field, drawn.value()),
    blame,
    focus: () => drawn.inputs[0].focus(),
  };
}

/** What may be chosen: [[value, title]…], or null where it is typed. */
function optionsOf(field) {
  if (field.type === "yes") return [["yes", t("yes")], ["no", t("no")]];
  if (field.type !== "choice") return null;
  return field.options.map((each) => [each.code, said(each)]);
}

function chosen(field, id, value, title) {
  const options = optionsOf(field);
  if (options.length > FEW) {
    const select = h("select", { id }, h("option", { value: "" }, t("form.choose")), options.map(([each, text]) => h("option", { value: each, selected: each === value }, text)));
    return { element: [h("label", { for: id }, title), select], inputs: [select], value: () => select.value };
  }
  const inputs = options.map(([each]) => h("input", { type: "radio", name: id, value: each, checked: each === value }));
  const again = (input) => input.addEventListener("click", () => { if (input.dataset.was === "true") input.checked = false; for (const each of inputs) each.dataset.was = String(each.checked); });
  for (const input of inputs) {
    input.dataset.was = String(input.checked);
    again(input);
  }
  const labels = options.map(([, text], place) => h("label", {}, inputs[place], h("span", {}, text)));
  return {
    element: h("fieldset", { class: "radios" }, h("legend", {}, title), h("div", { class: "choices" }, labels)),
    inputs,
    value: () => inputs.find(({ checked }) => checked)?.value ?? "",
  };
}

function typed(field, id, value, title, hint) {
  const input = h("input", { id, type: field.type === "phone" ? "tel" : "text", inputmode: KEYBOARDS[field.type] ?? null, value, placeholder: hint, autocomplete: "off", maxlength: "300" });
  return { element: [h("label", { for: id }, title), input], inputs: [input], value: () => input.value.trim() };
}

function wrong(field, value) {
  if (!value) return null;
  if (field.type === "number" || field.type === "whole") {
    const number = Number(value.replace("，", ".").replace(",", "."));
    const fits = Number.isFinite(number) && (field.type === "number" || Number.isInteger(number)) && number >= (field.least ?? -Infinity) && number <= (field.most ?? Infinity);
    if (!fits) return t("form.number", { least: field.least ?? "–", most: field.most ?? "–" });
  }
  return null;
}
