// The verdict, readable at arm's length in the sun: sign, word and colour, why, whose code, how old the knowledge is.
// A pass is recorded at once and goes away by itself; anything else asks the officer what became of it.

import { tell } from "../feedback.js";
import { fill, h } from "../dom.js";
import { said, span, t } from "../i18n.js";
import { sign } from "../icons.js";
import { reason } from "../reasons.js";
import { titleOf } from "./code.js";

/** Faults of the showing, not of the person: the next scan may well be right. */
const SCAN_AGAIN = ["malformed", "too_long", "screenshot", "showing_missing", "expired", "not_yet_valid", "clock_wrong", "unknown_key"];
const STERN = { refer: "refer", stop: "stop" };

/** A sheet over the screen. `begin` records what needs no question; `close` takes it away. */
export function verdictSheet({ app, verdict, onClose }) {
  const { duty } = app;
  const twice = verdict.claims ? duty.recordedBefore(verdict) : null;
  const state = { recorded: twice !== null, timer: null, open: true };
  const looked = h("p", { class: "looked", role: "status" });
  const done = h("p", { class: "recorded", role: "status" });
  const acts = h("div", { class: "acts" });
  const head = h("div", { class: "head" });
  const element = h("section", { class: "verdict", role: "alertdialog", "aria-modal": "true", "aria-labelledby": "verdict-word", "aria-describedby": "verdict-why", "data-act": verdict.act },
    head, h("div", { class: "body" }, explained(app, verdict), looked, done), acts);
  const draw = (act) => {
    element.dataset.act = act;
    fill(head, sign(act), h("strong", { id: "verdict-word", tabindex: "-1" }, t(`act.${act}`)));
  };
  const close = async ({ decided = true, quiet = false } = {}) => {
    if (!state.open) return;
    state.open = false;
    clearTimeout(state.timer);
    element.remove();
    document.removeEventListener("keydown", keys, true);
    if (!decided && !quiet && !state.recorded && verdict.act !== "pass" && !SCAN_AGAIN.includes(verdict.reason)) await duty.turnedAway();
    onClose();
  };
  const record = async () => {
    if (!state.recorded) await duty.record(verdict);
    state.recorded = true;
  };
  const refuse = () => close({ decided: false });
  const keys = (event) => {
    if (event.key !== "Escape" || !state.open) return;
    event.preventDefault();
    close({ decided: verdict.act === "pass" });
  };
  const buttons = (act) => {
    const ways = {
      next: ["next", close],
      again: ["officer.again.scan", () => close({ quiet: true })],
      accept: [accept(duty, verdict), () => record().then(close)],
      refuse: [act === "refer" ? "officer.referred" : "officer.not", refuse],
    };
    const [first, second] = state.recorded ? ["next"] : waysOf(act, verdict.reason);
    const button = (way, kind) => h("button", { type: "button", class: kind, onclick: ways[way][1] }, t(ways[way][0]));
    const primary = button(first, "primary");
    fill(acts, primary, second && button(second, "second"));
    primary.focus();
  };
  const look = async () => {
    if (!verdict.claims) return;
    fill(looked, t("officer.looking"));
    const told = await duty.look(verdict);
    if (!state.open) return;
    fill(looked, lookedAt(app, told));
    if (told?.outcome === "changed") worse(told.colour);
  };
  const worse = (colour) => {
    const [act] = duty.policy.colours[colour] ?? ["refer"];
    clearTimeout(state.timer);
    draw(STERN[act] ?? act);
    tell(act, app.settings.values);
    buttons(act);
  };
  const begin = async () => {
    document.addEventListener("keydown", keys, true);
    draw(verdict.act);
    const looking = look();
    if (verdict.act === "pass") await record();
    if (twice !== null) fill(done, t("officer.again", { span: span(twice) }));
    else if (state.recorded) fill(done, t("officer.recorded"));
    buttons(verdict.act);
    const seconds = app.settings.get("next");
    if (verdict.act === "pass" && seconds) state.timer = setTimeout(close, seconds * 1000);
    await looking.catch(() => null);
  };
  return { element, begin, close };
}

/** What may be done, the likeliest first. */
function waysOf(act, why) {
  if (act === "pass") return ["next"];
  if (act === "stop") return ["refuse"];
  if (act === "refer") return ["refuse", "accept"];
  return SCAN_AGAIN.includes(why) ? ["again", "accept"] : ["accept", "refuse"];
}

function accept(duty, verdict) {
  if (!verdict.claims) return "officer.nocode.do";
  return duty.door === "passes" ? "officer.record.pass" : "officer.record.enter";
}

/** Why, whose code, and how old the knowledge is. */
function explained(app, verdict) {
  const { claims, knowledgeAge, keysAge } = verdict;
  const why = verdict.reason === "nocode" ? [t("officer.reason.nocode"), " ", t("officer.nocode.text")] : reason(verdict.reason);
  const form = claims?.form > 1 && t(`officer.form.${claims.form}`);
  const whose = [claims && titleOf(app, claims.colour), form, claims?.hint].filter(Boolean).join(" · ");
  const tested = claims && `${t("code.negative")}: ${claims.negativeMinutes === null ? t("code.negative.none") : t("code.negative.ago", { span: span(app.clock.now() / 1000 - claims.negativeMinutes * 60) })}`;
  const known = knowledgeAge === null ? t("officer.knowledge.none") : t("officer.knowledge", { span: span(knowledgeAge) });
  const advice = claims && app.documents.words.say[app.documents.words.colours[claims.colour]?.value];
  return [
    h("p", { id: "verdict-why", class: "why" }, why),
    advice && verdict.reason.startsWith("colour_") && h("p", { class: "note" }, said(advice)),
    verdict.notes.map((note) => h("p", { class: "note" }, reason(note))),
    whose && h("p", { class: "whose" }, whose),
    tested && h("p", { class: "tested" }, tested),
    verdict.reason !== "nocode" && h("p", { class: "known" }, known, keysAge !== null && ` · ${t("officer.keys.age", { span: span(keysAge) })}`),
  ];
}

function lookedAt(app, told) {
  if (!told) return t("officer.looked.none");
  if (told.outcome === "changed") return t("officer.looked.changed", { colour: titleOf(app, told.colour) });
  return t(`officer.looked.${told.outcome}`, { span: span(told.age_seconds ?? 0) });
}
