// What was done on this phone and what the pack does not say yet: answers given, fields edited. Each lies beside its record
// (kept in one transaction), so a door is done at once and after a crash, and it goes when a newer pack tells it itself.

const PREFIX = "work/";
const DONE = "done/";
const KEPT = 14 * 24 * 60 * 60 * 1000;
const DAY = 24 * 60 * 60 * 1000;
const BEIJING = 8 * 60 * 60 * 1000;
const NEED_MET = "quarantine.need_met";
const VOID = ["refused", "conflict"];

/** One worker's work beside the pack. */
export class Work {
  constructor({ store, outbox, clock }) {
    Object.assign(this, { store, outbox, clock });
    this.entries = [];
    this.states = new Map();
    this.done = new Map();
  }

  /** Read it all, and what became of each record. */
  async load() {
    const now = this.clock.now();
    const entries = await this.store.all(PREFIX, now);
    this.entries = [...entries.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    this.done = new Map([...(await this.store.all(DONE, now))].map(([name, at]) => [Number(name.slice(DONE.length)), at]));
    const ids = this.entries.map(({ id }) => id);
    const states = await this.store.states(ids);
    this.states = new Map(ids.map((id, place) => [id, states[place]]));
  }

  /** Keep what was said at a door: [{person, kind, about, said}…] and [{person, field, value, seen}…]. All or none of it. */
  async keep(door, { answers = [], edits = [] }) {
    const several = [
      ...answers.map(({ person, kind, said }) => ["answers", { kind, person, said }]),
      ...edits.map(({ person, field, value, seen }) => ["edits", { door, person, field, value, seen }]),
    ];
    const marks = [...answers.map(({ person, kind, about }) => ({ person, kind, about })), ...edits.map(({ person, field, value }) => ({ person, field, value }))];
    await this.outbox.keepAll(several, (ids, at) => {
      const values = Object.fromEntries(ids.map((id, place) => [PREFIX + id, [{ id, at, door, ...marks[place] }, at + KEPT]]));
      return answers.length ? { ...values, [DONE + door]: [at, endOfDay(at)] } : values;
    });
    await this.load();
  }

  /** Keep how a conflict is settled. */
  async settle(conflict, keep, seen) {
    await this.outbox.keepAll([["settled", { conflict, keep, seen }]], ([id], at) => ({ [PREFIX + id]: [{ id, at, conflict, keep }, at + KEPT] }));
    await this.load();
  }

  /** Which records have arrived: a pack that is fetched after this knows of them. */
  arrived() {
    return this.entries.filter(({ id }) => ["accepted", "conflict"].includes(this.states.get(id))).map(({ id }) => id);
  }

  /** A newer pack tells these itself. */
  async forget(ids) {
    for (const id of ids) await this.store.forget(PREFIX + id);
    await this.load();
  }

  /** The value of a field as this phone knows it: {value, seen, state}; `state` is of the record that said it here, else null. */
  field(door, person, name) {
    const home = person === null ? door.household : door.people.find((each) => each.person === person);
    const told = home?.fields?.[name] ?? { value: "", seen: "" };
    const own = this.entries.filter((each) => each.door === door.id && each.field === name && each.person === person);
    const last = own.findLast(({ id }) => !VOID.includes(this.states.get(id)));
    const state = own.length ? this.states.get(own.at(-1).id) : null;
    return last ? { value: last.value, seen: last.id, state } : { value: told.value ?? "", seen: told.seen ?? "", state };
  }

  /** Whether an ask was answered here, and not refused. */
  answered(person, { kind, about }) {
    return this.entries.some((each) => each.person === person && each.kind === kind && each.about === about && this.states.get(each.id) !== "refused");
  }

  /** What is still to be asked of somebody. */
  asks(one) {
    return one.asks.filter((ask) => !this.answered(one.person, ask));
  }

  /** {owed, due, late, done}: how many things are owed, the first moment, whether it is over, whether the door is finished today. */
  stateOf(door, tasks, now) {
    const due = door.people.flatMap((one) => this.owed(one, tasks).map(({ due_at: at }) => Date.parse(at)));
    const first = due.length ? Math.min(...due) : null;
    return { owed: due.length, due: first, late: first !== null && first < now, done: due.length === 0 && this.done.has(door.id) };
  }

  /** What is still owed to somebody: a task goes with the ask that records it. */
  owed(one, tasks) {
    const left = new Set(this.asks(one).map(({ kind }) => kind));
    return one.owed.filter(({ kind }) => !tasks[kind]?.records || left.has(tasks[kind].records));
  }

  /** Whether somebody there needs something urgently that was not met here either. */
  urgentAt(door) {
    return door.people.some((one) => one.needs_open.some(({ id, urgent }) => urgent && !this.answered(one.person, { kind: NEED_MET, about: id })));
  }

  /** Those conflicts that nobody settled, as far as this phone knows. */
  unsettled(conflicts) {
    return conflicts.filter(({ id, kept }) => !kept && !this.entries.some((each) => each.conflict === id && this.states.get(each.id) !== "refused"));
  }

  /** Records of a door that were refused. */
  refusedAt(door) {
    return this.entries.filter((each) => each.door === door && this.states.get(each.id) === "refused").length;
  }
}

/** The next midnight in Beijing. */
function endOfDay(at) {
  return Math.ceil((at + BEIJING + 1) / DAY) * DAY - BEIJING;
}
