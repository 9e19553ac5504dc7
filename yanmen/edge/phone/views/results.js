// Where is my result: each sample with the gate it has reached, who is before it, and when the result is likely. Fetched, never kept.

import { ownResults } from "../account.js";
import { fill, h } from "../dom.js";
import { clockTime, dayTime, said, t } from "../i18n.js";
import { icon, sign } from "../icons.js";
import { Unreachable } from "../network.js";
import { actsFor } from "./code.js";
import { inWords } from "./faults.js";

const SIGNS = { negative: "pass", positive: "stop" };

export function view(app) {
  const place = h("div", { "aria-live": "polite" }, h("p", {}, t("working")));
  const { person, named } = actsFor(app);
  const draw = async () => {
    try {
      const { as_of: asOf, results } = await ownResults(person);
      fill(place, results.length ? results.map(sample) : h("p", { class: "lead" }, t("results.none")), h("p", { class: "fine" }, t("results.asof", { time: dayTime(new Date(asOf)) })), h("button", { type: "button", onclick: draw }, t("code.refresh")));
    } catch (fault) {
      fill(place, h("p", { class: "lead" }, fault instanceof Unreachable ? t("results.offline") : inWords(fault)));
    }
  };
  draw();
  return { title: t("nav.results"), element: h("div", { class: "screen results" }, h("h1", {}, t("results.title")), named, place, h("p", {}, h("a", { class: "button", href: "#/sites" }, t("sites.title")))) };
}

function sample(one) {
  const where = [said(one.site), one.tube && t("results.tube", { tube: one.tube })].filter(Boolean).join(" · ");
  return h("section", { class: "sample-card", "data-gate": one.gate.value },
    h("h2", {}, t("results.sampled", { time: dayTime(new Date(one.sampled_at)) })),
    where && h("p", { class: "fine" }, where),
    one.result ? told(one) : [waiting(one), way(one)]);
}

function told({ result, reported_at: at }) {
  const act = SIGNS[result.value] ?? "check";
  return h("p", { class: "told", "data-act": act }, sign(act),
    h("span", {}, h("strong", {}, said(result)), at && h("small", {}, t("results.reported", { time: dayTime(new Date(at)) }))));
}

function waiting({ gate, ahead, expected_at: at, tube }) {
  return [h("p", { class: "told" }, icon("tube"), h("span", {}, h("strong", {}, t("results.at", { gate: said(gate) })),
    tube && h("small", {}, at ? t("results.expected", { time: dayTime(new Date(at)) }) : t("results.unknown")))),
  ahead > 0 && h("p", {}, t("results.ahead", { n: ahead }))];
}

/** The gates it passed, and those to come with their likely time. */
function way({ steps, next }) {
  const passed = steps.map(({ at, ...gate }) => h("li", { class: "passed" }, h("span", {}, said(gate)), h("time", {}, clockTime(new Date(at)))));
  const ahead = next.map(({ at, minutes, ...gate }) => h("li", {}, h("span", {}, said(gate)), h("time", {}, t("results.usual", { time: clockTime(new Date(at)), n: minutes }))));
  return h("ol", { class: "way" }, passed, ahead);
}
