// Base45 (RFC 9285): two bytes are three characters that QR codes and scanner guns carry well.

import { Malformed } from "./malformed.js";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** Text of bytes. */
export function encode(bytes) {
  let text = "";
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const value = bytes[at] * 256 + bytes[at + 1];
    text += ALPHABET[value % 45] + ALPHABET[Math.floor(value / 45) % 45] + ALPHABET[Math.floor(value / 2025)];
  }
  if (bytes.length % 2) {
    const last = bytes[bytes.length - 1];
    text += ALPHABET[last % 45] + ALPHABET[Math.floor(last / 45)];
  }
  return text;
}

/** Bytes of a text; throws Malformed. */
export function decode(text) {
  if (text.length % 3 === 1) throw new Malformed("Base45 is cut short");
  const values = Array.from(text, (letter) => VALUES.get(letter));
  if (values.includes(undefined)) throw new Malformed("a character that Base45 does not have");
  const bytes = new Uint8Array(Math.floor(text.length / 3) * 2 + (text.length % 3 ? 1 : 0));
  for (let from = 0, at = 0; from < values.length; from += 3, at += 2) {
    const [a, b, c] = values.slice(from, from + 3);
    const value = a + b * 45 + (c ?? 0) * 2025;
    if (value > (c === undefined ? 0xff : 0xffff)) throw new Malformed("a Base45 group is too large");
    if (c === undefined) bytes[at] = value;
    else bytes.set([value >> 8, value & 0xff], at);
  }
  return bytes;
}
