// Bytes and text: base64url, hex, joining, comparing, UUID version 7.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VALUES = new Map([...LETTERS].map((letter, value) => [letter, value]));
const UTF8 = new TextEncoder();

/** Bytes of a text. */
export const utf8 = (text) => UTF8.encode(text);

/** Base64url without padding, as the edge writes all bytes. */
export function toBase64url(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 3) {
    const [a, b = 0, c = 0] = bytes.subarray(start, start + 3);
    const group = (a << 16) | (b << 8) | c;
    const letters = [group >> 18, (group >> 12) & 63, (group >> 6) & 63, group & 63].map((value) => LETTERS[value]);
    text += letters.slice(0, Math.min(3, bytes.length - start) + 1).join("");
  }
  return text;
}

/** Bytes of a base64url text; null if it is none. */
export function fromBase64url(text) {
  if (typeof text !== "string" || text.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let held = 0;
  let at = 0;
  for (const letter of text) {
    const value = VALUES.get(letter);
    if (value === undefined) return null;
    bits = ((bits << 6) | value) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at] = (bits >> held) & 0xff;
      at += 1;
    }
  }
  return bytes;
}

/** Lower-case hexadecimal. */
export const toHex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** One array of several. */
export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two arrays hold the same bytes. */
export const same = (a, b) => a.length === b.length && a.every((byte, place) => byte === b[place]);

/** SHA-256 of bytes. */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** An identifier that sorts by the moment it was made (UUID version 7). */
export function uuid7(now) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let stamp = Math.floor(now);
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = stamp % 256;
    stamp = Math.floor(stamp / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = toHex(bytes);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
