// Public keys on P-256: from a compressed point, which WebCrypto does not read, or from SubjectPublicKeyInfo.

import { Malformed } from "./malformed.js";
import { join } from "./bytes.js";

const P = 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const ES256 = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

/** A key from the x of a point and whether its y is odd; throws Malformed if no such point is on the curve. */
export async function fromPoint(x, odd) {
  return crypto.subtle.importKey("raw", join(Uint8Array.of(4), x, ySide(x, odd)), ES256, false, ["verify"]);
}

/** A key from SubjectPublicKeyInfo (DER); throws Malformed. */
export async function fromSpki(der) {
  try {
    return await crypto.subtle.importKey("spki", der, ES256, false, ["verify"]);
  } catch {
    throw new Malformed("no public key on P-256");
  }
}

/** Whether the signature (r‖s) over the message was made with this key. */
export function verify(key, signature, message) {
  return crypto.subtle.verify(SIGNING, key, signature, message);
}

/** A signature (r‖s) over the message. */
export async function sign(key, message) {
  return new Uint8Array(await crypto.subtle.sign(SIGNING, key, message));
}

/** A new pair whose private half can be used here but never read. */
export function generate() {
  return crypto.subtle.generateKey(ES256, false, ["sign", "verify"]);
}

function ySide(xBytes, odd) {
  const x = number(xBytes);
  if (xBytes.length !== 32 || x >= P) throw new Malformed("no point of P-256");
  const square = (x * x * x - 3n * x + B) % P;
  const root = power((square + P) % P, (P + 1n) / 4n);
  if ((root * root - square) % P !== 0n) throw new Malformed("no point of P-256");
  return bytes((root & 1n) === (odd ? 1n : 0n) ? root : P - root);
}

function power(base, exponent) {
  let result = 1n;
  for (let square = base, rest = exponent; rest > 0n; rest >>= 1n, square = (square * square) % P) {
    if (rest & 1n) result = (result * square) % P;
  }
  return result;
}

const number = (octets) => octets.reduce((sum, octet) => (sum << 8n) | BigInt(octet), 0n);

function bytes(value) {
  const found = new Uint8Array(32);
  for (let place = 31, rest = value; place >= 0; place -= 1, rest >>= 8n) found[place] = Number(rest & 0xffn);
  return found;
}
