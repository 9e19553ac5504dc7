// How records reach the site: answers and edits in batches, settled conflicts one by one. Each has its receipt.

const WORDS = { created: "kept", same: "kept", repeated: "repeated", refused: "refused", conflict: "conflict" };
const CONFLICT = { zh: "别人填了不同的内容，请到“冲突”里选定。", en: "Somebody else said something different: choose under “Conflicts”." };

/** A function for the outbox: (door, records) → [[id, word, reason]…]. */
export function delivery(site) {
  const batch = (door, shaped) => async (records) => (await site.ask("POST", `/api/grid/${door}`, { [door]: records.map(shaped) })).map(result);
  const doors = { answers: batch("answers", answer), edits: batch("edits", edit), settled: settle(site) };
  return (door, records) => doors[door](records);
}

const iso = (moment) => new Date(moment).toISOString();
const answer = ({ id, at, kind, person, said }) => ({ id, kind, person, occurred_at: iso(at), said });
const edit = ({ id, at, door, person, field, value, seen }) => ({ id, door, person, field, value, seen, said_at: iso(at) });

const settle = (site) => async (records) => {
  const results = [];
  for (const { id, conflict, keep, seen } of records) {
    results.push(result(await site.ask("POST", `/api/grid/conflicts/${conflict}`, { keep, id, seen })));
  }
  return results;
};

/** What was repeated may have been a conflict the first time, when its answer was lost. */
function result({ id, outcome, was, zh, en }) {
  const word = WORDS[was === "conflict" ? was : outcome];
  return [id, word, { refused: { zh, en }, conflict: CONFLICT }[word] ?? null];
}
