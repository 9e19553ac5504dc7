// CBOR (RFC 8949) as Yanmen signs it: deterministic (shortest heads, definite lengths, keys sorted by length, then by
// bytes), bounded in size, depth and number of items. One value has one encoding, so a changed byte is a changed value.
// Maps become Map, byte strings Uint8Array, whole numbers beyond 2^53 BigInt, tags Tag.

import { join, utf8 } from "./bytes.js";
import { Malformed } from "./malformed.js";

const DEEPEST = 8;
const MOST_ITEMS = 100000;
const TEXT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const SIMPLE = new Map([[20, false], [21, true], [22, null]]);
const SMALLEST = new Map([[24, 24n], [25, 0x100n], [26, 0x10000n], [27, 0x100000000n]]);

/** A value with a CBOR tag. */
export class Tag {
  constructor(number, value) {
    this.number = number;
    this.value = value;
  }
}

/** The one value that these bytes hold. Tags must be among `tags`. Throws Malformed. */
export function decode(bytes, { longest = 4096, tags = [], depth = DEEPEST } = {}) {
  if (bytes.length > longest) throw new Malformed("too long");
  const reader = new Reader(bytes, tags);
  const value = reader.value(depth);
  if (reader.at !== bytes.length) throw new Malformed("bytes after the end");
  return value;
}

class Reader {
  constructor(bytes, tags) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.tags = tags;
    this.at = 0;
    this.items = 0;
  }

  value(depth) {
    this.items += 1;
    if (depth < 0 || this.items > MOST_ITEMS) throw new Malformed("nested too deep, or too many items");
    const head = this.take(1)[0];
    const major = head >> 5;
    if (major === 7) return this.simple(head & 31);
    const number = this.number(head & 31);
    if (major === 0) return number;
    if (major === 1) return typeof number === "bigint" ? -1n - number : -1 - number;
    if (major === 2) return this.take(number).slice();
    if (major === 3) return this.text(number);
    if (major === 4) return this.list(number, depth);
    if (major === 5) return this.map(number, depth);
    if (!this.tags.includes(number)) throw new Malformed("a tag that has no place here");
    return new Tag(number, this.value(depth - 1));
  }

  number(short) {
    if (short < 24) return short;
    if (short > 27) throw new Malformed("a length that is left open");
    const large = this.take(1 << (short - 24)).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    if (large < SMALLEST.get(short)) throw new Malformed("a number that is not in its shortest form");
    return large <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(large) : large;
  }

  take(count) {
    if (count > this.bytes.length - this.at) throw new Malformed("cut short");
    this.at += Number(count);
    return this.bytes.subarray(this.at - Number(count), this.at);
  }

  text(count) {
    const bytes = this.take(count);
    try {
      return TEXT.decode(bytes);
    } catch {
      throw new Malformed("text that is not UTF-8");
    }
  }

  list(count, depth) {
    if (count > this.bytes.length - this.at) throw new Malformed("a list longer than its bytes");
    return Array.from({ length: Number(count) }, () => this.value(depth - 1));
  }

  map(count, depth) {
    if (count > this.bytes.length - this.at) throw new Malformed("a map longer than its bytes");
    const found = new Map();
    let last = new Uint8Array();
    for (let left = Number(count); left > 0; left -= 1) {
      const start = this.at;
      const key = this.value(depth - 1);
      const written = this.bytes.subarray(start, this.at);
      if (!["number", "bigint", "string"].includes(typeof key)) throw new Malformed("a key of the wrong kind");
      if (found.size && order(last, written) >= 0) throw new Malformed("keys doubled or out of order");
      found.set(key, this.value(depth - 1));
      last = written;
    }
    return found;
  }

  simple(short) {
    if (!SIMPLE.has(short)) throw new Malformed("a value of a kind that has no place here");
    return SIMPLE.get(short);
  }
}

/** Shorter keys first, then by their bytes. */
function order(a, b) {
  if (a.length !== b.length) return a.length - b.length;
  const place = a.findIndex((byte, at) => byte !== b[at]);
  return place < 0 ? 0 : a[place] - b[place];
}

/** Bytes of a value made of whole numbers, text, bytes, lists, Maps, tags, true, false, null. */
export function encode(value) {
  if (value === null) return Uint8Array.of(0xf6);
  if (typeof value === "boolean") return Uint8Array.of(value ? 0xf5 : 0xf4);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === "string") return join(head(3, utf8(value).length), utf8(value));
  if (value instanceof Uint8Array) return join(head(2, value.length), value);
  if (value instanceof Tag) return join(head(6, value.number), encode(value.value));
  if (value instanceof Map) return join(head(5, value.size), ...sorted(value).flat());
  return join(head(4, value.length), ...value.map(encode));
}

function sorted(map) {
  return [...map].map(([key, value]) => [encode(key), encode(value)]).sort(([a], [b]) => order(a, b));
}

function head(major, number) {
  const first = major << 5;
  if (number < 24) return Uint8Array.of(first | number);
  if (number < 0x100) return Uint8Array.of(first | 24, number);
  if (number < 0x10000) return Uint8Array.of(first | 25, number >> 8, number & 0xff);
  if (number < 0x100000000) return join(Uint8Array.of(first | 26), big(number, 4));
  return join(Uint8Array.of(first | 27), big(number, 8));
}

function big(number, size) {
  const bytes = new Uint8Array(size);
  for (let place = size - 1, rest = number; place >= 0; place -= 1) {
    bytes[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}
