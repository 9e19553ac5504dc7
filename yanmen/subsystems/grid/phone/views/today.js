// The day: doors in walking order with what is owed at each. Everything comes from the phone.

import { fill, h } from "../dom.js";
import { clockTime, dayTime, said, t } from "../i18n.js";
import { inWords } from "./faults.js";
import { fetching } from "./fetching.js";

const SHOWN = 60;
const KINDS = ["open", "done", "all"];

export function view(app) {
  const numbers = h("dl", { class: "tally" });
  const bar = h("progress", { class: "day", max: "1", value: "0", "aria-label": t("today.progress") });
  const search = h("input", { type: "search", id: "search", autocomplete: "off", enterkeyhint: "search", placeholder: t("today.search"), "aria-label": t("today.search"), value: app.searched ?? "", oninput: () => { app.searched = search.value; most = SHOWN; list(); } });
  const kinds = h("div", { class: "segments", role: "radiogroup", "aria-label": t("today.which") }, KINDS.map((each) => h("label", {}, h("input", { type: "radio", name: "which", value: each, checked: each === (app.listed ?? "open"), onchange: () => { app.listed = each; most = SHOWN; list(); } }), h("span", {}, t(`today.${each}`)))));
  const rows = h("ol", { class: "doors" });
  const more = h("button", { type: "button", class: "quiet", hidden: true, onclick: () => { most += SHOWN * 4; list(); } }, t("today.more"));
  const state = h("div", {});
  let most = SHOWN;
  const list = () => {
    const now = app.clock.now();
    const all = (app.pack?.doors ?? []).map((door) => ({ door, ...app.work.stateOf(door, app.pack.tasks, now) }));
    const [open, done] = [all.filter(({ owed }) => owed > 0), all.filter(({ done }) => done)];
    const late = open.filter((each) => each.late).length;
    const of = open.length + done.length;
    fill(numbers, tally("today.open", open.length), tally("today.late", late, late > 0), tally("today.done", done.length));
    bar.max = Math.max(1, of);
    bar.value = done.length;
    const kind = app.listed ?? "open";
    const words = (app.searched ?? "").trim().toLowerCase();
    const chosen = words ? all.filter(({ door }) => found(door, words)) : { open, done, all }[kind];
    const shown = chosen.slice(0, most);
    const drawn = shown.map(({ door, owed, late, done }) => [door.id, owed, late, done, app.work.refusedAt(door.id), app.work.urgentAt(door)].join(" ")).join() + app.conflicts.length;
    if (drawn !== rows.drawn) fill(rows, shown.map((each) => row(app, each)));
    rows.drawn = drawn;
    more.hidden = chosen.length <= most;
    const none = app.pack && chosen.length === 0 && h("p", { class: "nothing" }, t(words ? "today.nobody" : `today.none.${kind}`));
    fill(state, !app.pack && h("p", { class: "lead" }, t("pack.none")), fetching(app), app.faultOfPack && h("p", { class: "wrong" }, inWords(app.faultOfPack)), none, app.pack && h("p", { class: "fine" }, t("pack.asof", { time: dayTime(app.pack.madeAt) })));
  };
  const element = h("div", { class: "screen today" }, h("h1", {}, t("today.title")), numbers, bar, h("div", { class: "finder-row" }, search), kinds, rows, more, state);
  list();
  return { title: said(app.worker.area), element, told: list };
}

const tally = (key, number, bad = false) => h("div", { class: bad ? "bad" : null }, h("dt", {}, t(key)), h("dd", {}, String(number)));

function found(door, words) {
  return [door.address, door.building, door.room, ...door.people.map(({ name }) => name)].some((each) => String(each ?? "").toLowerCase().includes(words));
}

function row(app, { door, owed, due, late, done }) {
  const mark = done ? "✓" : String(door.order);
  const urgent = app.work.urgentAt(door);
  const refused = app.work.refusedAt(door.id);
  const conflicts = app.work.unsettled(app.conflicts).filter((each) => each.door === door.id).length;
  const tags = [
    owed > 0 && h("span", { class: "tag" }, t("door.owed", { n: owed })),
    late && h("span", { class: "tag bad" }, t("door.late")),
    urgent && h("span", { class: "tag bad" }, t("door.urgent")),
    done && h("span", { class: "tag good" }, t("door.done")),
    conflicts > 0 && h("span", { class: "tag" }, t("door.conflicts", { n: conflicts })),
    refused > 0 && h("span", { class: "tag bad" }, t("door.refused", { n: refused })),
  ];
  return h("li", { "data-done": String(done), "data-late": String(Boolean(late)), "data-door": door.id },
    h("a", { href: `#/door/${door.id}` }, h("span", { class: "mark", "aria-hidden": "true" }, mark),
      h("span", { class: "where" }, h("strong", {}, door.address || "–"), h("small", {}, door.people.map(({ name }) => name).join("、")), h("span", { class: "tags" }, tags)),
      due && h("time", {}, t("door.due", { time: clockTime(due) }))));
}

/** The title of a kind of task, as the pack tells it. */
export const titleOfTask = (pack, kind) => said(pack.tasks?.[kind]) || kind;
