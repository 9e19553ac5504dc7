// Where to be tested: sites that take whoever comes, those of the nearest county first, with hours, queue and wait. Fetched, never kept.

import { openCounties, openSites, ownCounty } from "../account.js";
import { fill, h } from "../dom.js";
import { clockTime, dayTime, said, t } from "../i18n.js";
import { Unreachable } from "../network.js";
import { actsFor } from "./code.js";
import { inWords } from "./faults.js";

export function view(app) {
  const place = h("div", { "aria-live": "polite" }, h("p", {}, t("working")));
  const county = h("select", { id: "county", onchange: () => draw() });
  const choice = h("p", { hidden: true }, h("label", { for: "county" }, t("sites.county")), county);
  let turn = 0;
  const draw = async () => {
    const mine = (turn += 1);
    try {
      if (!county.options.length) fill(county, choices(await openCounties(), await homeOf(app)));
      choice.hidden = false;
      const told = await openSites(county.value);
      if (mine === turn) fill(place, list(told), h("button", { type: "button", onclick: draw }, t("code.refresh")));
    } catch (fault) {
      if (mine !== turn) return;
      const why = fault instanceof Unreachable ? t("sites.offline") : inWords(fault);
      fill(place, h("p", { class: "lead" }, why), h("button", { type: "button", onclick: draw }, t("code.refresh")));
    }
  };
  draw();
  return { title: t("sites.short"), back: app.home, element: h("div", { class: "screen sites" }, h("h1", {}, t("sites.title")), choice, place) };
}

/** Where whoever uses this phone lives or works; nothing where nobody is known. */
async function homeOf(app) {
  if (!app.account?.self) return "";
  const { person } = actsFor(app);
  if (app.duty) return person.claims.area;
  return ownCounty(person).then((told) => told.county, (fault) => {
    if (fault.status === 401 || fault.status === 403) return "";
    throw fault;
  });
}

/** The county of one's home is chosen, or the one whose code is nearest to it; without a home all sites are shown. */
function choices(counties, home) {
  const near = ({ code }) => [2, 4, 6].filter((digits) => code.slice(0, digits) === home.slice(0, digits)).length;
  const sorted = [...counties].sort((one, other) => near(other) - near(one));
  const all = h("option", { value: "" }, t("sites.all"));
  const options = sorted.map(({ code, name, sites }, rank) =>
    h("option", { value: code, selected: home !== "" && rank === 0 }, `${said(name)} (${sites})`));
  return home ? [options, all] : [all, options];
}

function list({ as_of: asOf, sites, left_off: more }) {
  return [
    sites.length ? sites.map(card) : h("p", { class: "lead" }, t("sites.none")),
    more > 0 && h("p", {}, t("sites.more", { n: more })),
    h("p", { class: "fine" }, t("results.asof", { time: dayTime(new Date(asOf)) })),
  ];
}

function card(one) {
  const { name, state, wait, today, address, area_name: area, kind, desks } = one;
  const hours = today.length ? today.join(", ") : t(state.value === "closed" ? "sites.hours.none" : "sites.hours.unsaid");
  return h("section", { class: "site-card", "data-state": state.value, "data-wait": wait?.band },
    h("header", {}, h("h2", {}, said(name)), h("span", { class: "tag" }, said(state))),
    h("p", { class: "wait" }, wait ? said(wait) : opening(one)),
    h("p", { class: "fine" }, reported(one)),
    h("dl", {}, h("dt", {}, t("sites.hours")), h("dd", {}, hours),
      h("dt", {}, t("sites.where")), h("dd", {}, [said(area), address].filter(Boolean).join(" · ")),
      h("dt", {}, t("sites.kind")), h("dd", {}, `${said(kind)} · ${t("sites.desks", { n: desks })}`)));
}

function opening({ opens_at: at }) {
  return at ? t("sites.opens", { time: dayTime(new Date(at)) }) : "";
}

/** On what the wait rests, and how old that is. */
function reported({ state, queue, wait }) {
  if (state.value === "closed") return "";
  if (queue?.recent) return t("sites.queue", { n: queue.people, time: clockTime(new Date(queue.reported_at)) });
  if (wait?.basis === "pace") return t("sites.pace");
  return queue ? t("sites.queue.old", { n: queue.people, time: dayTime(new Date(queue.reported_at)) }) : "";
}
