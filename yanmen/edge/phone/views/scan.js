// The officer's screen at a checkpoint or a venue: scan, see, next. A pass is recorded at once; anything else asks.

import { fill, h } from "../dom.js";
import { clockTime, t } from "../i18n.js";
import { icon } from "../icons.js";
import { keepAwake } from "../wake.js";
import { tell } from "../feedback.js";
import { scanner } from "./scanner.js";
import { verdictSheet } from "./verdict_sheet.js";

const NO_CODE = { act: "check", reason: "nocode", notes: [], claims: null, knowledgeAge: null, keysAge: null };

export function view(app) {
  const { duty } = app;
  const tally = h("dl", { class: "tally" });
  const awake = keepAwake();
  let sheet = null;

  const count = () => {
    const { passed, stopped, since } = duty.shift;
    const first = duty.door === "passes" ? "officer.passed" : "officer.entered";
    fill(tally, figure(t(first), passed, "pass"), figure(t("officer.stopped"), stopped, "stop"),
      h("div", { class: "since" }, h("dt", {}, t("officer.since", { time: clockTime(since) })), h("dd", {}, h("a", { href: "#/end" }, t("officer.end")))));
  };
  const show = async (verdict) => {
    sheet?.close({ decided: false });
    tell(verdict.act, app.settings.values);
    sheet = verdictSheet({ app, verdict, onClose: () => { sheet = null; car?.draw(); } });
    element.append(sheet.element);
    sheet.begin();
  };
  const read = async (text) => {
    if (duty.ready) return show(await duty.judge(text));
    tell("check", app.settings.values);
    return app.shell.say(t("officer.keys.none"));
  };
  const scan = scanner({ onText: read, eager: true });
  const car = duty.door === "passes" ? vehicle(duty) : null;
  const noCode = h("button", { type: "button", class: "quiet", onclick: () => show(NO_CODE) }, icon("paper"), h("span", {}, t("officer.nocode")));
  const missing = h("p", { class: "wrong", role: "status" });
  const told = () => {
    fill(missing, duty.ready ? !duty.asked && t("officer.unasked") : t("officer.keys.none"));
    count();
  };
  const element = h("div", { class: "screen scan" }, h("h1", { class: "hidden" }, t("nav.scan")),
    duty.door === "passes" && lanes(duty), missing, scan.element, car?.element, h("div", { class: "under" }, tally, noCode));
  told();
  return {
    title: t(`door.${duty.door}`),
    element,
    told,
    stop() {
      sheet?.close({ decided: false });
      scan.stop();
      awake.stop();
    },
  };
}

const figure = (name, number, act) => h("div", { "data-act": act }, h("dt", {}, name), h("dd", {}, String(number)));

/** In or out, and which lane. */
function lanes(duty) {
  const way = (value) =>
    h("label", {}, h("input", { type: "radio", name: "direction", value, checked: duty.direction === value, onchange: () => duty.use({ direction: value }) }), h("span", {}, t(`officer.${value}`)));
  const lane = h("select", { id: "lane", onchange: () => duty.use({ lane: Number(lane.value) }) },
    Array.from({ length: 12 }, (_, place) => h("option", { value: place + 1, selected: duty.lane === place + 1 }, String(place + 1))));
  return h("div", { class: "lanes" },
    h("fieldset", { class: "segments" }, h("legend", { class: "hidden" }, t("officer.direction")), way("in"), way("out")),
    h("label", { class: "lane", for: "lane" }, h("span", {}, t("officer.lane")), lane));
}

/** People of one vehicle are recorded as a group. */
function vehicle(duty) {
  const place = h("div", { class: "vehicle" });
  const draw = () => fill(place, duty.vehicle ? aboard() : asking());
  const aboard = () => [
    icon("car"),
    h("span", { role: "status" }, t("officer.vehicle.count", { plate: duty.vehicle.plate, n: duty.vehicle.people })),
    h("button", { type: "button", onclick: () => { duty.alight(); draw(); } }, t("officer.vehicle.end")),
  ];
  const asking = () => {
    const plate = h("input", { id: "plate", autocomplete: "off", autocapitalize: "characters", maxlength: 12, placeholder: "晋A12345" });
    const begin = (event) => {
      event.preventDefault();
      const text = plate.value.replace(/\s/g, "").toUpperCase();
      if (!text) return plate.focus();
      duty.board(text);
      draw();
      return undefined;
    };
    return h("details", {}, h("summary", {}, icon("car"), h("span", {}, t("officer.vehicle"))),
      h("form", { onsubmit: begin }, h("label", { for: "plate" }, t("officer.vehicle.plate")), h("div", { class: "row" }, plate, h("button", { type: "submit" }, t("officer.vehicle.start")))));
  };
  draw();
  return { element: place, draw };
}
