// The published words: the order of colours with their titles, and what policy says to a door.

import { decode } from "./cbor.js";
import { Malformed } from "./malformed.js";
import { USUAL_POLICY } from "./verdict.js";

const LONGEST = 64 * 1024;

/** What is used until words have been fetched. */
export const USUAL_WORDS = {
  colours: [
    { value: "green", zh: "绿码", en: "Green" },
    { value: "yellow", zh: "黄码", en: "Yellow" },
    { value: "red", zh: "红码", en: "Red" },
  ],
  door: USUAL_POLICY,
};

/** The words of a document signed by a key listed for documents. Throws Malformed. */
export async function readWords(bytes, keys, now) {
  const body = decode(await keys.payload(bytes, { longest: LONGEST, now }), { longest: LONGEST });
  if (!(body instanceof Map)) throw new Malformed("the words are missing");
  return USUAL_WORDS;
}
