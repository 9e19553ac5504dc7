// Why this colour, what clears it and when, one's tests and appeals. Fetched, never kept: it is about health.

import { contest, ownView } from "../account.js";
import { fill, h } from "../dom.js";
import { dayName, dayTime, said, t } from "../i18n.js";
import { sign } from "../icons.js";
import { Unreachable } from "../network.js";
import { signOf } from "../words.js";
import { actsFor } from "./code.js";
import { inWords } from "./faults.js";

const SHORTEST = 4;

export function view(app) {
  const place = h("div", { "aria-live": "polite" }, h("p", {}, t("working")));
  const { person, named } = actsFor(app);
  const draw = async () => {
    try {
      const told = await ownView(person);
      fill(place, now(told), because(told), owed(told), tests(told), facts(told, person, draw), appeals(told), notices(told));
    } catch (fault) {
      fill(place, h("p", { class: "lead" }, fault instanceof Unreachable ? t("why.offline") : inWords(fault)));
    }
  };
  const element = h("div", { class: "screen" }, h("h1", {}, t("why.title")), named, place);
  draw();
  return { title: t("nav.why"), element };
}

function now({ colour, title, since, as_of: asOf }) {
  return h("div", { class: "colour-line", "data-colour": String(colour) }, sign(signOf(colour)),
    h("div", {}, h("strong", {}, said(title)), since && h("span", {}, t("why.since", { time: dayTime(new Date(since)) })), h("small", {}, t("why.asof", { time: dayTime(new Date(asOf)) }))));
}

function because({ because: reasons }) {
  if (!reasons.length) return h("p", { class: "lead" }, t("why.nothing"));
  return [h("h2", {}, t("why.because")), h("ul", { class: "because" }, reasons.map(reason))];
}

function reason({ title, kind, source, earliest, needs, lines }) {
  const held = lines.filter((line) => line.holds).map((line) => h("li", {}, said(line)));
  return h("li", {}, h("strong", {}, said(title)), h("span", {}, said(kind)), held.length > 0 && h("ul", {}, held),
    h("p", { class: "clears" }, h("b", {}, t("why.clears")), " ", earliest && t("why.clears.on", { day: dayName(new Date(earliest)) }), needs.length > 0 && [" · ", needs.map(said).join(" · ")]),
    h("small", {}, t("why.clause", { source: [said(source), source.clause].filter(Boolean).join(" ") })));
}

function owed({ owed: due }) {
  return due.length > 0 && section("why.owed", due.map((each) => h("li", {}, h("span", {}, said(each.title)), h("span", { class: "state" }, t("why.due", { time: dayTime(new Date(each.due_at)) })))));
}

function tests({ tests: done }) {
  if (!done.length) return [h("h2", {}, t("why.results")), h("p", {}, t("why.results.none"))];
  return section("why.results", done.map(({ sampled_at: at, stage, result }) =>
    h("li", {}, h("time", {}, dayTime(new Date(at))), h("span", { class: "state" }, said(result ?? stage)))));
}

/** What the colour rests on; each fact can be contested where it stands, once at a time. */
function facts({ facts: behind, appeals: own }, person, draw) {
  const waits = new Set(own.filter(({ decided }) => !decided).map(({ fact }) => fact));
  return behind.length > 0 && section("why.facts", behind.map((fact) => {
    const what = [dayTime(new Date(fact.occurred_at)), said(fact.said ?? fact.area)].filter(Boolean).join(" · ");
    return h("li", {}, h("span", {}, said(fact.title), h("small", {}, " ", what)), !waits.has(fact.fact) && contesting(fact, person, draw));
  }));
}

function contesting(fact, person, draw) {
  const id = `reason-${fact.fact}`;
  const field = h("input", { id, minlength: SHORTEST, maxlength: 500, required: true });
  const note = h("p", { class: "wrong", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    await contest(person, { fact: fact.fact, field: fact.field, reason: field.value.trim() }).then(draw, (fault) => fill(note, inWords(fault)));
  };
  return h("details", { class: "contest" }, h("summary", {}, t("why.contest")),
    h("form", { onsubmit: send }, h("label", { for: id }, t("why.contest.reason")), field, note, h("button", { type: "submit" }, t("why.contest.send"))));
}

function appeals({ appeals: own }) {
  return own.length > 0 && section("why.appeals", own.map(({ reason: why, decision, due_at: due, note }) =>
    h("li", {}, h("span", {}, why), h("span", { class: "state" }, said(decision), due && h("small", {}, t("why.due", { time: dayTime(new Date(due)) })), note && h("small", {}, note)))));
}

function notices({ told }) {
  return told.length > 0 && section("why.told", told.map((each) => h("li", {}, h("time", {}, dayTime(new Date(each.at))), h("span", {}, said(each)))));
}

const section = (key, rows) => [h("h2", {}, t(key)), h("ul", { class: "rows" }, rows)];
