// The published words: the order of colours with their titles, what doors ask, and what to say with each colour.

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
  door: USUAL_POLICY,
  asks: true,
  say: {},
  issuedAt: 0,
};

/** The words of a document signed by a key listed for documents. Throws Malformed. */
export async function readWords(bytes, keys, now) {
  const payload = await keys.payload(bytes, { longest: LONGEST, now });
  try {
    const told = JSON.parse(new TextDecoder().decode(payload));
    const colours = told.order.map((value) => ({ value, zh: told.titles[value].zh, en: told.titles[value].en }));
    return { colours, door: { ...USUAL_POLICY, ...told.policy }, asks: told.asks, say: told.say, issuedAt: told.issued_at };
  } catch {
    throw new Malformed("the words are not as they should be");
  }
}

/** The sign beside a colour: the better the colour, the milder the sign. */
export const signOf = (colour) => SIGNS[Math.min(colour, SIGNS.length - 1)];
