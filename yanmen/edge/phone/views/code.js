// My code: the colour in word, sign and colour, and a QR that is signed anew every 20 seconds.

import { fill, h } from "../dom.js";
import { clockTime, dayName, dayTime, said, span, t } from "../i18n.js";
import { sign } from "../icons.js";
import { SHOWN_FOR } from "../holder.js";
import { picture } from "../qr.js";
import { keepAwake } from "../wake.js";
import { signOf } from "../words.js";
import { inWords } from "./faults.js";

export function view(app) {
  const card = h("div", { class: "code-card" });
  const facts = h("dl", { class: "facts" });
  const state = h("p", { class: "fine", role: "status" });
  const clock = h("p", { class: "ticking" });
  const rest = h("div", { class: "rest" });
  const shown = { person: actsFor(app).person, at: 0 };
  const awake = keepAwake();

  const renew = async () => {
    const code = app.holder.of(shown.person);
    shown.at = Date.now();
    if (!code) return empty(card, facts, state, app);
    const text = await app.holder.showing(shown.person);
    full({ app, code, text, card, facts, state, clock, rest, person: shown.person });
    return undefined;
  };
  const tick = () => {
    const left = Math.max(0, SHOWN_FOR - (Date.now() - shown.at));
    const now = app.clock.now();
    fill(clock, h("strong", {}, clockTime(now, true)), h("span", {}, dayName(now)));
    rest.style.setProperty("--left", String(left / SHOWN_FOR));
    rest.setAttribute("data-left", t("code.renews", { n: Math.ceil(left / 1000) }));
    if (left <= 0) renew();
  };
  const choose = (person, place) => {
    app.chosen = place;
    shown.person = person;
    renew().then(() => app.round());
  };
  const refresh = async () => {
    await app.holder.refresh(shown.person);
    await renew();
  };
  const timer = setInterval(tick, 500);
  const element = h("div", { class: "screen code" }, h("h1", { class: "hidden" }, t("nav.code")), companions(app, shown, choose), card, facts, state, h("p", {}, h("a", { href: "#/sites" }, t("sites.title"))));
  renew().then(tick);
  app.holder.of(shown.person) ?? setTimeout(() => app.round(), 0);
  return {
    title: t("nav.code"),
    element,
    refresh,
    failed: (fault) => fill(state, fault.status === 401 || fault.status === 403 ? t("code.revoked") : inWords(fault)),
    stop() {
      clearInterval(timer);
      awake.stop();
    },
  };
}

/** Who is shown: the holder, or a child or parent on this phone. */
function companions(app, shown, choose) {
  const { people } = app.account;
  if (people.length < 2) return null;
  return h("fieldset", { class: "people" }, h("legend", { class: "hidden" }, t("code.companions")), people.map((person, place) =>
    h("label", {}, h("input", { type: "radio", name: "person", checked: person === shown.person, onchange: () => choose(person, place) }),
      h("span", {}, place ? person.claims.hint || person.name : t("code.mine")))));
}

function full({ app, code, text, card, facts, state, clock, rest, person }) {
  const { claims, fetchedAt } = code;
  const colour = titleOf(app, claims.colour);
  const offline = !app.online && t("code.offline", { time: dayTime(fetchedAt) });
  card.dataset.colour = String(claims.colour);
  fill(card,
    h("div", { class: "band" }, sign(signOf(claims.colour)), h("strong", {}, colour)),
    h("p", { class: "who" }, person.name || t("code.mine")),
    h("div", { class: "plate" }, picture(text, `${t("code.alt")}: ${colour}`)),
    rest, clock);
  fill(facts,
    fact(t("code.negative"), claims.negativeMinutes === null ? t("code.negative.none") : t("code.negative.ago", { span: span(app.clock.now() / 1000 - claims.negativeMinutes * 60) })),
    fact(t("code.vaccination"), claims.vaccination ? t("code.vaccination.doses", { n: claims.vaccination }) : t("code.vaccination.none")),
    fact(t("code.until"), dayTime(claims.expiresAt * 1000)));
  fill(state, offline || t("code.static"));
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function empty(card, facts, state, app) {
  delete card.dataset.colour;
  fill(card, h("p", { class: "nothing" }, t("code.none")), h("button", { class: "primary", type: "button", onclick: () => app.round({ hurry: true }) }, t("code.refresh")));
  fill(facts);
  fill(state);
}

/** For whom a screen acts, where this phone speaks for several: children of one name are told apart. */
export function actsFor({ account, chosen }) {
  const person = account.people[chosen] ?? account.self;
  const named = account.people.length > 1 && h("p", { class: "lead" }, person.claims.hint || person.name);
  return { person, named };
}

/** The title of a colour: its published words, else ours. */
export function titleOf(app, colour) {
  return said(app.documents.words.colours[colour]) || t("code.colour.other", { n: colour });
}
