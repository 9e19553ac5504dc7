// What got worse since codes were issued, as a signed filter (a Golomb-coded set; yanmen/base/changes.py explains it).
// Nothing listed is ever missed; one in 2^P others is found by chance and is settled online or by a document.

import { join, sha256 } from "./bytes.js";
import { decode } from "./cbor.js";
import { whole } from "./claims.js";
import { Malformed } from "./malformed.js";

const LONGEST = 8 * 1024 * 1024;
const MOST = 3000000;
const REVOKED_COLOUR = 7;
const FIELD = { asOf: 1, expires: 2, seq: 3, set: 4, count: 5, log2: 6, base: 7 };

/** A full filter, believed if a key listed for documents signed it. Throws Malformed. */
export async function readChanges(bytes, keys, now) {
  const part = await readPart(bytes, keys, now);
  if (part.base !== null) throw new Malformed("what came since, where the full filter is needed");
  return new Changes([part]);
}

/** All that this phone knows of changes: a full filter and what came since. Times are seconds since 1970. */
export class Changes {
  constructor(parts) {
    this.parts = parts;
    this.asOf = parts[parts.length - 1].asOf;
    this.seq = parts[parts.length - 1].seq;
  }

  /** The same, and what came since. Throws Malformed. */
  async followedBy(bytes, keys, now) {
    const part = await readPart(bytes, keys, now);
    if (part.base !== this.seq) throw new Malformed("this does not follow the filter at hand");
    return new Changes([...this.parts, part]);
  }

  /** "revoked", "status_changed", or null: nothing is known against this code. */
  async speaksAgainst(claims) {
    const newer = this.parts.filter((part) => part.asOf >= claims.notBefore);
    const gone = [await element(claims.pseudonym, REVOKED_COLOUR)];
    if (claims.holderX) gone.push(await element(claims.holderX, REVOKED_COLOUR));
    if (newer.some((part) => gone.some((each) => part.has(each)))) return "revoked";
    const worse = await element(claims.pseudonym, claims.colour);
    return newer.some((part) => part.has(worse)) ? "status_changed" : null;
  }
}

/** One published filter. */
class Part {
  constructor(told) {
    Object.assign(this, told);
    this.values = decodeSet(told.set, told.count, told.log2);
  }

  /** Whether an element is in the set (or, rarely, seems to be). */
  has(wanted) {
    const value = Number((wanted * (BigInt(this.count) << BigInt(this.log2))) >> 64n);
    let [low, high] = [0, this.values.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low < this.values.length && this.values[low] === value;
  }
}

async function readPart(bytes, keys, now) {
  const body = decode(await keys.payload(bytes, { longest: LONGEST, now }), { longest: LONGEST });
  const set = body instanceof Map ? body.get(FIELD.set) : null;
  if (!(set instanceof Uint8Array)) throw new Malformed("the filter is missing");
  const base = body.has(FIELD.base) ? whole(body.get(FIELD.base)) : null;
  const [asOf, expiresAt, seq] = [FIELD.asOf, FIELD.expires, FIELD.seq].map((field) => whole(body.get(field)));
  const count = whole(body.get(FIELD.count), MOST);
  return new Part({ asOf, expiresAt, seq, base, set, count, log2: whole(body.get(FIELD.log2), 32) });
}

/** The element of a name and a colour: eight bytes of a hash. */
export async function element(name, colour) {
  const hash = await sha256(join(name, Uint8Array.of(colour)));
  return new DataView(hash.buffer).getBigUint64(0);
}

/** The sorted values of a set; anything but exactly `count` of them and zeros at the end is refused. */
export function decodeSet(bytes, count, log2) {
  const range = count * 2 ** log2;
  if (log2 < 1 || count * log2 > 8 * bytes.length || range > Number.MAX_SAFE_INTEGER) {
    throw new Malformed("the filter is shorter than it says");
  }
  const values = new Float64Array(count);
  const bits = new Bits(bytes);
  const step = 2 ** log2;
  for (let place = 0, last = 0; place < count; place += 1) {
    while (bits.next()) last += step;
    last += bits.number(log2);
    values[place] = last;
  }
  if ((count ? values[count - 1] : 0) >= Math.max(1, range) || !bits.restIsPadding()) {
    throw new Malformed("the filter does not hold what it says");
  }
  return values;
}

/** Bits of bytes, the most significant first. */
class Bits {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.end = bytes.length * 8;
  }

  next() {
    if (this.at >= this.end) throw new Malformed("the filter ends too early");
    const bit = (this.bytes[this.at >> 3] >> (7 - (this.at & 7))) & 1;
    this.at += 1;
    return bit;
  }

  number(width) {
    let value = 0;
    for (let left = width; left > 0; left -= 1) value = value * 2 + this.next();
    return value;
  }

  restIsPadding() {
    if (this.end - this.at > 7) return false;
    while (this.at < this.end) if (this.next()) return false;
    return true;
  }
}
