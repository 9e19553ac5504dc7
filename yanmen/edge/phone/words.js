// The published words: the order of colours with their titles, what doors ask, in general and at each kind of place, and
// what to say with each colour. The twin of yanmen/base/door_words.py: a test holds them to one meaning.

import { Malformed } from "./malformed.js";
import { USUAL_POLICY } from "./verdict.js";

const LONGEST = 64 * 1024;
const SIGNS = ["pass", "check", "stop"];

/** What is used until words have been fetched. */
export const USUAL_WORDS = {
  colours: [
    { value: "green", zh: "绿码", en: "Green" },
    { value: "yellow", zh: "黄码", en: "Yellow" },
    { value: "red", zh: "红码", en: "Red" },
  ],
  policy: USUAL_POLICY,
  asks: true,
  at: new Map(),
  asksAt: new Map(),
  say: {},
  issuedAt: 0,
};

/** The words of a document signed by a key listed for documents. Throws Malformed. */
export async function readWords(bytes, keys, now) {
  const payload = await keys.payload(bytes, { longest: LONGEST, now });
  try {
    const told = JSON.parse(new TextDecoder().decode(payload));
    const colours = told.order.map((value) => ({ value, zh: told.titles[value].zh, en: told.titles[value].en }));
    return {
      colours,
      policy: whole(told.policy),
      asks: Boolean(told.asks),
      at: new Map(Object.entries(told.at).map(([kind, policy]) => [kind, whole(policy)])),
      asksAt: new Map(Object.entries(told.asks_at).map(([kind, asks]) => [kind, Boolean(asks)])),
      say: told.say,
      issuedAt: told.issued_at,
    };
  } catch {
    throw new Malformed("the words are not as they should be");
  }
}

/** What a door at this kind of place goes by; null is a place of no kind. */
export const policyAt = (words, kind) => words.at.get(kind) ?? words.policy;

/** Whether a code is asked for there at all. */
export const askedAt = (words, kind) => words.asksAt.get(kind) ?? words.asks;

const whole = (policy) => ({ ...USUAL_POLICY, ...policy });

/** The sign beside a colour: the better the colour, the milder the sign. */
export const signOf = (colour) => SIGNS[Math.min(colour, SIGNS.length - 1)];
