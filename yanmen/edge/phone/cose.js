// COSE_Sign1 (RFC 9052): a payload, who signed it, and the signature.

import { decode, encode, Tag } from "./cbor.js";
import { Malformed } from "./malformed.js";
import * as p256 from "./p256.js";

const SIGN1 = 18;
const ALGORITHM = 1;
const KEY_ID = 4;
export const ES256 = -7;

/** Take a message apart; nothing is verified yet. Throws Malformed. */
export function read1(bytes, { longest = 4096 } = {}) {
  const whole = decode(bytes, { longest, tags: [SIGN1] });
  if (!(whole instanceof Tag) || !Array.isArray(whole.value) || whole.value.length !== 4) {
    throw new Malformed("no signed message of four parts");
  }
  const [header, unprotected, payload, signature] = whole.value;
  if (![header, payload, signature].every((part) => part instanceof Uint8Array)) {
    throw new Malformed("a part of the signed message has the wrong kind");
  }
  const fields = header.length ? decode(header, { longest: 256, depth: 3 }) : new Map();
  if (!(fields instanceof Map) || !(unprotected instanceof Map) || unprotected.size) {
    throw new Malformed("a header of the signed message is no map");
  }
  const named = fields.get(KEY_ID);
  const keyId = named instanceof Uint8Array ? named : null;
  return { header, algorithm: fields.get(ALGORITHM), keyId, payload, signature };
}

/** Whether this very header and payload were signed with the key. Only ES256 is verified here. */
export async function verify(message, key) {
  if (message.algorithm !== ES256 || message.signature.length !== 64) return false;
  return p256.verify(key, message.signature, toBeSigned(message.header, message.payload));
}

/** A message signed by the key of this phone; the reader knows the key from elsewhere. */
export async function sign1(payload, privateKey) {
  const header = encode(new Map([[ALGORITHM, ES256]]));
  const signature = await p256.sign(privateKey, toBeSigned(header, payload));
  return encode(new Tag(SIGN1, [header, new Map(), payload, signature]));
}

/** A public key from a COSE_Key map with a compressed point; throws Malformed. */
export function keyOf(map) {
  const [x, odd] = map instanceof Map ? [map.get(-2), map.get(-3)] : [];
  const known = x instanceof Uint8Array && x.length === 32 && typeof odd === "boolean";
  if (!known || map.get(1) !== 2 || map.get(-1) !== 1) throw new Malformed("no COSE key on P-256");
  return p256.fromPoint(x, odd);
}

const toBeSigned = (header, payload) => encode(["Signature1", header, new Uint8Array(), payload]);
