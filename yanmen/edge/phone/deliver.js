// How records reach the edge: an officer's in batches, a holder's one by one under the session of the person concerned.
// Documents go to the site, through the edge and signed by the device: no edge knows identity numbers.

import { askSite } from "./session.js";

const CARDS = "/api/screening/devices/cards";
const NOT_IN_CHARGE = { zh: "此人已不由本机代持。", en: "This phone no longer speaks for that person." };

/** A function for the outbox: (door, records) → [[id, word, reason]…]. */
export function delivery(account) {
  return account.isOfficer ? batches(account) : singles(account);
}

function batches(account) {
  return async (door, records) => {
    const { session } = account.self;
    const edge = () => session.ask("POST", "/edge/v1/batches", { body: { door, records } });
    const { results } = await (door === "cards" ? askSite(session, "POST", CARDS, { records }) : edge());
    return results;
  };
}

function singles(account) {
  return async (door, records) => {
    const results = [];
    for (const { who, ...record } of records) {
      const person = account.people.find(({ claims, formerly }) => claims.device === who || formerly.includes(who));
      if (!person) {
        results.push([record.id, "refused", NOT_IN_CHARGE]);
        continue;
      }
      const { kept } = await person.session.ask("POST", `/edge/v1/${door}`, { body: record });
      results.push([record.id, kept === "repeated" ? "repeated" : "kept"]);
    }
    return results;
  };
}
