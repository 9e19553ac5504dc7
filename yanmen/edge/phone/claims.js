// Single claims of a CWT (RFC 8392), each read within its range.

import { Malformed } from "./malformed.js";

export const LATEST = 2 ** 40;

/** A whole number from 0; without a bound given, a moment in seconds. */
export function whole(value, largest = LATEST) {
  const fits = typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= largest;
  if (!fits) throw new Malformed("a number is missing or out of its range");
  return value;
}

/** Exactly so many bytes. */
export function octets(value, size) {
  if (!(value instanceof Uint8Array) || value.length !== size) throw new Malformed(`a value of ${size} bytes is missing`);
  return value;
}

/** A text of at most so many characters. */
export function text(value, longest) {
  if (typeof value !== "string" || [...value].length > longest) throw new Malformed("a text is missing or too long");
  return value;
}
