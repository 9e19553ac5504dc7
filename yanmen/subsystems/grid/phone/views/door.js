// One door: everybody behind it, one form for all that is asked, needs told and met, and what is known of the household.

import { fill, h } from "../dom.js";
import { dayTime, said, spoken, t } from "../i18n.js";
import { question } from "./forms.js";
import { titleOfTask } from "./today.js";

const NEED_TOLD = "quarantine.need_told";

export function view(app, number) {
  const door = app.pack?.byId.get(Number(number));
  if (!door) return { title: t("door.title"), back: "#/today", element: h("div", { class: "screen" }, h("h1", {}, t("door.title")), h("p", { class: "lead" }, t("door.gone"))) };
  const stands = app.form?.door === door && app.form.language === spoken();
  const form = stands ? app.form : new DoorForm(app, door);
  app.form = form;
  form.told();
  return { title: t("door.title"), back: "#/today", element: form.element, told: () => form.told() };
}

/** The form of a door. What was typed stays until it is saved, another door is opened, or the doors are fetched anew. */
class DoorForm {
  constructor(app, door) {
    Object.assign(this, { app, door, language: spoken(), asks: [], edits: [] });
    this.wrong = h("p", { class: "wrong", role: "alert" });
    const people = door.people.map((one) => this.#person(one));
    const form = h("form", { class: "door-form", novalidate: true, onsubmit: (event) => { event.preventDefault(); this.#save(); } },
      people, this.#household(),
      h("div", { class: "save" }, this.wrong, h("button", { class: "primary", type: "submit" }, t("door.save"))));
    const refused = h("div", {});
    this.told = () => fill(refused, app.work.refusedAt(door.id) > 0 && h("p", { class: "notice warn" }, t("door.refused", { n: app.work.refusedAt(door.id) }), h("a", { href: "#/outbox" }, t("nav.outbox"))), this.#conflicts());
    this.element = h("div", { class: "screen door" }, h("h1", {}, door.address || "–"), refused, door.people.length === 0 && h("p", { class: "nothing" }, t("door.nobody")), form);
  }

  #conflicts() {
    const here = this.app.work.unsettled(this.app.conflicts).filter(({ door }) => door === this.door.id);
    return here.length > 0 && h("p", { class: "notice warn" }, t("door.conflicts", { n: here.length }), h("a", { href: "#/conflicts" }, t("nav.conflicts")));
  }

  #person(one) {
    const { app } = this;
    const owed = app.work.owed(one, app.pack.tasks).map((each) => h("li", { class: Date.parse(each.due_at) < app.clock.now() ? "bad" : null }, titleOfTask(app.pack, each.kind), " ", h("time", {}, t("door.due", { time: dayTime(Date.parse(each.due_at)) }))));
    const asks = app.work.asks(one).map((ask) => this.#ask(one, ask));
    const about = [one.born_on && t("door.born", { year: String(one.born_on).slice(0, 4) }), one.place && (said(app.pack.places?.[one.place]) || one.place), one.phone_masked].filter(Boolean).join(" · ");
    const done = one.asks.length > 0 && asks.length === 0 && h("p", { class: "good" }, "✓ ", t("door.asked"));
    return h("section", { class: "person", "data-person": one.person }, h("h2", {}, one.name), about && h("p", { class: "fine" }, about), owed.length > 0 && h("ul", { class: "owed" }, owed), asks, done,
      this.#need(one), this.#fields(one.fields, app.pack.fields.person, one.person, t("door.person_fields", { name: one.name })));
  }

  #ask(one, ask) {
    const kind = this.app.pack.kinds[ask.kind];
    const title = said(ask.title) || said(kind);
    const fields = kind.fields.filter(({ name }) => ask.fields.includes(name));
    if (!fields.length) return this.#ticked(one, ask, title);
    const questions = fields.map((field) => question(field));
    this.asks.push({ person: one.person, kind: ask.kind, about: ask.about, known: ask.known, questions });
    return h("fieldset", { class: "ask", "data-kind": ask.kind }, h("legend", {}, title), questions.map(({ element }) => element));
  }

  #ticked(one, ask, title) {
    const box = h("input", { type: "checkbox" });
    this.asks.push({ person: one.person, kind: ask.kind, about: ask.about, known: ask.known, questions: [], ticked: () => box.checked });
    return h("label", { class: "ask tick", "data-kind": ask.kind }, box, h("span", {}, title));
  }

  #need(one) {
    const kind = this.app.pack.kinds[NEED_TOLD];
    if (!kind) return null;
    const questions = kind.fields.map((field) => question(field));
    this.asks.push({ person: one.person, kind: NEED_TOLD, about: "", known: {}, questions, fresh: true });
    return h("details", { class: "need" }, h("summary", {}, t("door.need")), questions.map(({ element }) => element));
  }

  #household() {
    const { fields } = this.app.pack;
    return this.#fields(this.door.household?.fields, fields.household, null, t("door.household_fields"), true);
  }

  #fields(values, fields, person, title, open = false) {
    if (!values || !fields?.length) return null;
    const questions = fields.map((field) => {
      const { value, seen, state } = this.app.work.field(this.door, person, field.name);
      const secret = field.type === "phone";
      const mark = state && state !== "accepted" && h("small", { class: "tag", "data-state": state }, t(`outbox.${state}`));
      const one = question({ ...field, needed: false }, { value: secret ? "" : value, hint: secret ? value : "", mark });
      this.edits.push({ person, seen, one });
      return one.element;
    });
    return h("details", { class: "fields", open }, h("summary", {}, title), questions);
  }

  async #save() {
    const answers = [];
    const faults = [];
    for (const ask of this.asks) {
      const given = Object.fromEntries(ask.questions.map((one) => [one.field.name, one.value()]).filter(([, value]) => value));
      const touched = ask.ticked ? ask.ticked() : Object.keys(given).length > 0;
      for (const one of ask.questions) {
        const fault = one.wrong() ?? (touched && one.field.needed && !one.value() ? t("form.needed") : null);
        one.blame(fault ?? "");
        if (fault) faults.push(one);
      }
      if (touched) answers.push({ person: ask.person, kind: ask.kind, about: ask.fresh ? null : ask.about, said: { ...ask.known, ...given } });
    }
    const edits = [];
    for (const { person, seen, one } of this.edits) {
      const fault = one.wrong();
      one.blame(fault ?? "");
      if (fault) faults.push(one);
      const value = one.value();
      if (value !== one.before) edits.push({ person, field: one.field.name, value, seen });
    }
    if (faults.length) return this.#blame(faults);
    if (!answers.length && !edits.length) return fill(this.wrong, t("door.nothing"));
    await this.app.keep(this.door.id, { answers, edits });
    this.app.form = null;
    this.app.shell.say(t("door.kept", { n: answers.length + edits.length }));
    return this.app.go("#/today");
  }

  #blame(faults) {
    fill(this.wrong, t("form.faults", { n: faults.length }));
    faults[0].element.closest("details")?.setAttribute("open", "");
    faults[0].focus();
  }
}
