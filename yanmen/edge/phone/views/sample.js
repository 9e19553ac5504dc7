// Sampling: the tube, then the people who go into it, in their order. Works without a network.

import { PAPER, PREFIX, readText, shownByHolder } from "../credential.js";
import { CERTAIN } from "../duty.js";
import { tell } from "../feedback.js";
import { fill, h } from "../dom.js";
import { toBase64url } from "../bytes.js";
import { reason, t } from "../i18n.js";
import { keepAwake } from "../wake.js";
import { scanner } from "./scanner.js";

const SIZES = [1, 5, 10, 20];
const TUBE = /^[0-9A-Za-z][0-9A-Za-z-]{3,39}$/;
const SHOWN_WITHIN = 60;
const KEPT_FOR = 24 * 3600 * 1000;

export async function view(app) {
  const { clock, account, duty } = app;
  const state = (await account.store.get("tube", clock.now())) ?? { tube: null, size: 10, people: [] };
  const stage = h("div", { class: "stage" });
  const said = h("p", { class: "lead", role: "alert" });
  const awake = keepAwake();
  let scan = null;

  const keep = () => account.store.set("tube", state, { until: clock.now() + KEPT_FOR });
  const ask = () => {
    scan?.stop();
    const wantsTube = state.tube === null || state.people.length >= state.size;
    const full = wantsTube && state.tube !== null;
    scan = scanner({ kind: wantsTube ? "tube" : "qr", onText: wantsTube ? takeTube : takePerson, eager: true });
    fill(stage, progress(state), h("h2", {}, t(wantsTube ? "sample.tube" : "sample.person")), full && h("p", { class: "lead" }, t("sample.full")), scan.element,
      wantsTube ? sizes(state, keep) : h("button", { type: "button", onclick: newTube }, t("sample.new")),
      h("p", { class: "fine" }, `${t("sample.done")}: ${duty.shift.passed}`));
    document.getElementById("main").scrollTop = 0;
  };
  const newTube = async () => {
    Object.assign(state, { tube: null, people: [] });
    await keep();
    ask();
  };
  const takeTube = async (text) => {
    const person = text.startsWith(PREFIX);
    if (person || !TUBE.test(text.trim())) return wrong(t("sample.tube.wrong"));
    Object.assign(state, { tube: text.trim(), people: [] });
    await keep();
    fill(said);
    return ask();
  };
  const takePerson = async (text) => {
    if (!text.startsWith(PREFIX)) return wrong(t("sample.person.wrong"));
    const verdict = await duty.judge(text);
    const certain = CERTAIN.includes(verdict.reason) || (verdict.reason === "expired" && (await isShownNow(text, clock.now())));
    if (!certain) return wrong(t("sample.unreadable", { why: reason(verdict.reason) }));
    return bind(toBase64url(verdict.claims.pseudonym));
  };
  const bind = async (pseudonym) => {
    if (state.people.includes(pseudonym)) return wrong(t("sample.twice"));
    state.people.push(pseudonym);
    const position = state.people.length;
    await duty.bind({ pseudonym, tube: state.tube, position });
    await keep();
    tell("pass", app.settings.values);
    fill(said, t("sample.bound", { tube: state.tube, n: position }));
    return ask();
  };
  const wrong = (text) => {
    tell("check", app.settings.values);
    fill(said, text);
  };
  const element = h("div", { class: "screen sample" }, h("h1", {}, t("sample.title")), said, stage);
  ask();
  return { title: t("door.samples"), element, stop: () => { scan.stop(); awake.stop(); } };
}

/** An expired code still says who somebody is, if their own phone shows it at this moment, or it is paper: not a picture of it. */
async function isShownNow(text, now) {
  const showing = await readText(text);
  if (showing.credential.claims.form === PAPER) return true;
  return Math.abs(now / 1000 - showing.shownAt) <= SHOWN_WITHIN && shownByHolder(showing);
}

/** Which tube, how many are in it. */
function progress({ tube, size, people }) {
  if (tube === null) return null;
  const dots = Array.from({ length: size }, (_, place) => h("span", { class: place < people.length ? "full" : "" }));
  return h("div", { class: "tube" }, h("p", {}, t("sample.current"), " ", h("strong", {}, tube)), h("div", { class: "dots", "aria-hidden": "true" }, dots),
    h("p", {}, t("sample.position", { n: people.length, of: size })));
}

function sizes(state, keep) {
  return h("fieldset", { class: "radios" }, h("legend", {}, t("sample.size")), SIZES.map((size) =>
    h("label", {}, h("input", { type: "radio", name: "size", checked: state.size === size, onchange: () => { state.size = size; keep(); } }), h("span", {}, String(size)))));
}
