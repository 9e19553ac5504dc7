// Sampling: the tube, then the people who go into it, in their order. Works without a network.

import { PAPER, PREFIX, readText, shownByHolder } from "../credential.js";
import { CERTAIN } from "../duty.js";
import { tell } from "../feedback.js";
import { fill, h } from "../dom.js";
import { toBase64url } from "../bytes.js";
import { clockTime, t } from "../i18n.js";
import { isResident } from "../identity.js";
import { reason } from "../reasons.js";
import { Tubes } from "../tubes.js";
import { keepAwake } from "../wake.js";
import { cardForm } from "./card.js";
import { scanner } from "./scanner.js";

const SIZES = [1, 5, 10, 20];
const TUBE = /^[0-9A-Za-z][0-9A-Za-z-]{3,39}$/;
const SHOWN_WITHIN = 60;
const LISTED = 30;

export async function view(app) {
  const { clock, account, duty } = app;
  const tubes = new Tubes({ store: account.store, clock });
  await tubes.load();
  const [head, finder, foot] = [0, 1, 2].map(() => h("div", { class: "slot" }));
  const said = h("p", { class: "lead", role: "alert" });
  const list = h("ul", { class: "tubes" });
  const listed = h("summary", {});
  const awake = keepAwake();
  let scan = null;
  let choosing = !tubes.asked;

  /** The scanner stays while one person follows another: the camera keeps running. */
  const show = (kind, above, below, card) => {
    const another = scan?.kind !== kind;
    if (another) {
      scan?.stop();
      scan = kind && { kind, ...finds(kind, card) };
      fill(finder, scan?.element);
    }
    fill(head, above);
    fill(foot, below);
    document.getElementById("main").scrollTop = 0;
    if (another) scan?.focus?.();
    listTubes();
  };
  const finds = (kind, card) => {
    if (kind === "card") return cardForm({ clock, card, onCard: takeCard, onBack: ask });
    return scanner({ kind, onText: kind === "tube" ? takeTube : takePerson, eager: true });
  };
  const done = () => h("p", { class: "fine" }, `${t("sample.done")}: ${duty.shift.passed}`);
  const undo = () => tubes.last && h("button", { type: "button", class: "quiet", onclick: takeBack }, t("sample.undo"));

  /** The next thing to scan: a tube, or a person for the tube in use. */
  const ask = () => (tubes.filling ? askPerson() : askTube());
  const askTube = () => show("tube",
    [progress(tubes), h("h2", {}, t("sample.tube")), tubes.full && h("p", { class: "lead" }, t("sample.full"))],
    [choosing ? sizes() : sizeLine(), undo(), done()]);
  const askPerson = () => show("qr",
    [progress(tubes), h("h2", {}, t("sample.person"))],
    [h("button", { type: "button", onclick: () => askCard() }, t("sample.card")), h("div", { class: "acts" }, undo(), h("button", { type: "button", onclick: newTube }, t("sample.new"))), done()]);
  const askCard = (card) => {
    fill(said);
    show("card", [progress(tubes), h("h2", {}, t("card.title"))], [], card);
  };
  /** Something is not as it should be: one question, two answers. */
  const question = (text, [yes, act], no) => {
    tell("check", app.settings.values);
    fill(said);
    const stay = h("button", { type: "button", class: "primary", onclick: ask }, t(no));
    show(null, [progress(tubes), h("div", { class: "question", role: "alertdialog", "aria-label": text }, h("p", {}, text),
      h("div", { class: "acts column" }, stay, h("button", { type: "button", onclick: act }, t(yes))))], []);
    stay.focus();
  };

  const newTube = () => {
    if (tubes.count > 0) return question(t("sample.few", { n: tubes.count, of: tubes.size }), ["sample.few.close", close], "sample.few.go");
    return close();
  };
  const close = async () => {
    await tubes.close();
    fill(said);
    ask();
  };
  const takeTube = (text) => {
    const tube = text.trim();
    if (text.startsWith(PREFIX) || !TUBE.test(tube) || isResident(tube, clock.now())) return wrong(t("sample.tube.wrong"));
    const before = tubes.before(tube);
    if (!before || before.count === 0) return begin(tube);
    const about = { time: clockTime(before.at), n: before.count, of: before.size };
    if (before.count >= before.size) return wrong(t("sample.used", about));
    return question(t("sample.used.open", about), ["sample.used.go", () => begin(tube)], "sample.used.other");
  };
  const begin = (tube) => {
    const kept = tubes.use(tube);
    choosing = false;
    fill(said);
    ask();
    return kept;
  };
  const takePerson = async (text) => {
    if (isResident(text, clock.now())) return askCard({ id_number: text.trim() });
    if (!text.startsWith(PREFIX)) return wrong(t("sample.person.wrong"));
    const verdict = await duty.judge(text);
    const certain = CERTAIN.includes(verdict.reason) || (verdict.reason === "expired" && (await isShownNow(text, clock.now())));
    if (!certain) return wrong(t("sample.unreadable", { why: reason(verdict.reason) }));
    const pseudonym = toBase64url(verdict.claims.pseudonym);
    return take(pseudonym, "samples", { pseudonym });
  };
  const takeCard = async (card) => take(await tubes.markOf(card), "cards", card);
  /** Bind somebody who is certain, unless they were bound before: then it is asked. */
  const take = (mark, door, who) => {
    const before = tubes.boundBefore(mark);
    if (before?.tube === tubes.tube) return wrong(t("sample.twice"));
    if (!before) return bind(mark, door, who);
    const about = { time: clockTime(before.at), tube: before.tube };
    return question(t("sample.again", about), ["sample.again.go", () => bind(mark, door, who)], "sample.again.no");
  };
  const bind = async (mark, door, who) => {
    const position = tubes.count + 1;
    const { tube } = tubes;
    const id = await duty.bind(door, { ...who, tube, position });
    await tubes.add(mark, id);
    tell("pass", app.settings.values);
    fill(said, t("sample.bound", { tube, n: position }));
    return ask();
  };
  const takeBack = async () => {
    const gone = await duty.unbind(tubes.last.id);
    if (gone) await tubes.undo();
    fill(said, t(gone ? "sample.undone" : "sample.undone.late"));
    ask();
  };
  const wrong = (text) => {
    tell("check", app.settings.values);
    fill(said, text);
  };
  const sizes = () => h("fieldset", { class: "radios" }, h("legend", {}, t("sample.size")), SIZES.map((size) =>
    h("label", {}, h("input", { type: "radio", name: "size", checked: tubes.size === size, onchange: () => tubes.hold(size) }), h("span", {}, String(size)))));
  const sizeLine = () => h("p", { class: "line" }, t("sample.size.line", { n: tubes.size }),
    h("button", { type: "button", class: "quiet", onclick: () => { choosing = true; ask(); } }, t("sample.size.change")));
  const listTubes = async () => {
    const people = tubes.used.reduce((sum, { count }) => sum + count, 0);
    const rows = await Promise.all(tubes.used.slice(0, LISTED).map(async (each) => tubeRow(each, tubes, await account.store.states(each.ids))));
    fill(listed, t("sample.tubes", { n: tubes.used.length, people }));
    fill(list, rows);
  };

  const element = h("div", { class: "screen sample" }, h("h1", {}, t("sample.title")), said, h("div", { class: "stage" }, head, finder, foot), h("details", {}, listed, list));
  ask();
  return { title: t("door.samples"), element, told: listTubes, stop: () => { scan?.stop(); awake.stop(); } };
}

/** An expired code still says who somebody is, if their own phone shows it at this moment, or it is paper: not a picture of it. */
async function isShownNow(text, now) {
  const showing = await readText(text);
  if (showing.credential.claims.form === PAPER) return true;
  return Math.abs(now / 1000 - showing.shownAt) <= SHOWN_WITHIN && shownByHolder(showing);
}

/** Which tube, how many are in it. */
function progress({ tube, size, count }) {
  if (tube === null) return null;
  const dots = Array.from({ length: size }, (_, place) => h("span", { class: place < count ? "full" : "" }));
  return h("div", { class: "tube" }, h("p", {}, t("sample.current"), " ", h("strong", {}, tube)), h("div", { class: "dots", "aria-hidden": "true" }, dots),
    h("p", {}, t("sample.position", { n: count, of: size })));
}

/** One tube of the shift: how many are in it, and whether the records of all of them have arrived. */
function tubeRow({ tube, count, size, at }, tubes, states) {
  const of = (...wanted) => states.filter((state) => wanted.includes(state)).length;
  const [waiting, refused] = [of("kept", "sent"), of("refused")];
  const word = tube === tubes.tube && tubes.filling ? "in_use" : count >= size ? "full" : "few";
  const way = refused ? t("sample.tubes.refused", { n: refused }) : waiting ? t("sample.tubes.waiting", { n: waiting }) : count ? t("sample.tubes.delivered") : "";
  return h("li", {}, h("code", {}, tube), h("span", {}, `${count} / ${size}`), h("small", {}, `${clockTime(at)} · ${t(`sample.tubes.${word}`)}`), h("small", {}, way));
}
