// The signed list of issuing keys, believed only if the installation's root key (pinned at enrolment) signed it.

import { same, sha256 } from "./bytes.js";
import { decode } from "./cbor.js";
import { octets, text, whole } from "./claims.js";
import * as cose from "./cose.js";
import { Malformed } from "./malformed.js";
import * as p256 from "./p256.js";

const LONGEST = 64 * 1024;
const MOST_KEYS = 300;
const ALGORITHMS = [-7, -37, -65537];

/** A list read and verified against the root key (SubjectPublicKeyInfo). Throws Malformed. */
export async function readKeyList(bytes, rootKey) {
  const message = cose.read1(bytes, { longest: LONGEST });
  const trusted = message.keyId && same(message.keyId, await keyIdOf(rootKey));
  if (!trusted || !(await cose.verify(message, await p256.fromSpki(rootKey)))) {
    throw new Malformed("the list of keys is not signed by the root key");
  }
  const body = decode(message.payload, { longest: LONGEST });
  const rows = body instanceof Map ? body.get(3) : null;
  if (!Array.isArray(rows) || rows.length > MOST_KEYS) throw new Malformed("the list of keys holds no list");
  return new KeyList(whole(body.get(1)), whole(body.get(2)), await Promise.all(rows.map(keyOf)));
}

/** The keys of one list. Times are seconds since 1970. */
export class KeyList {
  constructor(issuedAt, expiresAt, keys) {
    this.issuedAt = issuedAt;
    this.expiresAt = expiresAt;
    this.keys = keys;
  }

  /** The key of this name if it is listed for this use. */
  find(keyId, use) {
    return this.keys.find((key) => keyId && key.use === use && same(key.keyId, keyId)) ?? null;
  }

  /** The payload of a published document, signed by a key listed for documents. Throws Malformed. */
  async payload(bytes, { longest, now }) {
    const message = cose.read1(bytes, { longest });
    const key = this.find(message.keyId, "list");
    if (!key || !inForce(key, Math.floor(now / 1000)) || !(await verifiedBy(message, key))) {
      throw new Malformed("nobody we trust has signed this document");
    }
    return message.payload;
  }
}

/** Whether what a key signed is believed at this moment (seconds). */
export const inForce = (key, at) =>
  key.revokedAt === null && key.since <= at && (key.until === null || at <= key.until);

/** Whether a listed key signed the message. */
export async function verifiedBy(message, key) {
  if (key.algorithm !== message.algorithm || key.algorithm !== cose.ES256) return false;
  return cose.verify(message, await p256.fromSpki(key.publicKey));
}

async function keyOf(row) {
  const shaped = Array.isArray(row) && (row.length === 6 || row.length === 7);
  if (!shaped || !ALGORITHMS.includes(row[1]) || !(row[2] instanceof Uint8Array)) {
    throw new Malformed("a key of the list is no row of six or seven");
  }
  const keyId = octets(row[0], 8);
  if (!same(keyId, await keyIdOf(row[2]))) throw new Malformed("a key of the list does not fit its name");
  return {
    keyId,
    algorithm: row[1],
    publicKey: row[2],
    use: text(row[3], 12),
    since: whole(row[4]),
    until: row[5] === null ? null : whole(row[5]),
    revokedAt: row.length === 7 ? whole(row[6]) : null,
  };
}

const keyIdOf = async (publicKey) => (await sha256(publicKey)).subarray(0, 8);
