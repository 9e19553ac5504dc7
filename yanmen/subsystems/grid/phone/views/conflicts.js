// Two said different things of one field: both are shown with who said them and when, and one is kept.

import { fill, h } from "../dom.js";
import { dayTime, said, t } from "../i18n.js";

export function view(app) {
  const rows = h("div", { class: "conflicts" });
  const told = () => {
    const open = app.work.unsettled(app.conflicts);
    const settled = app.conflicts.filter(({ kept }) => kept);
    fill(rows, open.map((one) => card(app, one, told)), open.length === 0 && h("p", { class: "nothing" }, t("conflicts.none")),
      settled.length > 0 && [h("h2", {}, t("conflicts.settled")), settled.map(outcome)]);
  };
  const element = h("div", { class: "screen" }, h("h1", {}, t("conflicts.title")), h("p", { class: "fine" }, t("conflicts.text")), rows);
  told();
  return { title: t("conflicts.title"), element, told };
}

const about = (one) => [h("h3", {}, said(one)), h("p", {}, [one.address, one.name].filter(Boolean).join(" · "))];
const worded = (side) => said(side) || side.value || t("conflicts.empty");

function card(app, one, told) {
  const keep = async (which) => {
    await app.work.settle(one.id, which, one.in_force.edit || null);
    app.shell.say(t("conflicts.kept"));
    told();
  };
  const side = (which) => {
    const { by_name: who, said_at: at } = one[which];
    return h("div", { class: "side", "data-side": which }, h("p", { class: "fine" }, t(`conflicts.${which}`)), h("p", { class: "value" }, worded(one[which])),
      h("p", { class: "fine" }, [who, at && dayTime(Date.parse(at))].filter(Boolean).join(" · ")),
      h("button", { type: "button", "aria-label": `${t("conflicts.keep")}: ${worded(one[which])}`, onclick: () => keep(which) }, t("conflicts.keep")));
  };
  return h("section", { class: "conflict", "data-conflict": one.id }, about(one), h("div", { class: "sides" }, side("in_force"), side("other")));
}

/** Somebody settled it: what was kept, who said so and when. */
function outcome(one) {
  const kept = { value: worded(one[one.kept]), who: one.settled_by_name, time: one.settled_at ? dayTime(Date.parse(one.settled_at)) : "" };
  return h("section", { class: "conflict settled", "data-conflict": one.id }, about(one), h("p", {}, t("conflicts.outcome", kept)));
}
