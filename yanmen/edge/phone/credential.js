// The health code: read what a camera or a keyboard scanner saw, and show one's own.

import * as base45 from "./base45.js";
import { decode, encode } from "./cbor.js";
import { LATEST, octets, text, whole } from "./claims.js";
import * as cose from "./cose.js";
import { Malformed } from "./malformed.js";

export const PREFIX = "YM1:";
export const LONGEST_TEXT = 1200;
export const PHONE = 1;
export const PAPER = 2;
export const COMPANION = 3;

const LONGEST_BYTES = 800;
const COLOURS = 7;
const CLAIM = { area: 1, pseudonym: 2, expires: 4, notBefore: 5, issued: 6, bound: 8, colour: -65537 };
const MORE = { negative: -65538, vaccination: -65539, form: -65540, hint: -65541 };
const SHOWN_CREDENTIAL = 1;
const SHOWN_AT = 6;
const COSE_KEY = 1;

/** Take a text apart: the credential, and for a phone when it was shown. Nothing is verified yet. Throws Malformed. */
export async function readText(shown) {
  if (!shown.startsWith(PREFIX)) throw new Malformed("no health code");
  if (shown.length > LONGEST_TEXT) throw new Malformed("too long");
  const outer = cose.read1(base45.decode(shown.slice(PREFIX.length)), { longest: LONGEST_BYTES });
  const body = decode(outer.payload, { longest: LONGEST_BYTES });
  if (!isShowing(body)) return { credential: { claims: await claimsOf(body), message: outer }, shownAt: null, message: null };
  const shownAt = whole(body.get(SHOWN_AT));
  return { credential: await readCredential(body.get(SHOWN_CREDENTIAL)), shownAt, message: outer };
}

/** A credential from its bytes. Throws Malformed. */
export async function readCredential(bytes) {
  const message = cose.read1(bytes, { longest: LONGEST_BYTES });
  return { claims: await claimsOf(decode(message.payload, { longest: LONGEST_BYTES })), message };
}

/** What this phone shows at a moment (milliseconds): the credential and the time, signed by the device. */
export async function show(credential, privateKey, now) {
  const payload = encode(new Map([[SHOWN_CREDENTIAL, credential], [SHOWN_AT, Math.floor(now / 1000)]]));
  return PREFIX + base45.encode(await cose.sign1(payload, privateKey));
}

/** Whether the device to which the credential is bound signed this showing. */
export async function shownByHolder({ credential, message }) {
  const key = credential.claims.holderKey;
  return message !== null && key !== null && cose.verify(message, key);
}

function isShowing(body) {
  const keys = body instanceof Map ? [...body.keys()] : [];
  const exactly = keys.length === 2 && keys.includes(SHOWN_CREDENTIAL) && keys.includes(SHOWN_AT);
  return exactly && body.get(SHOWN_CREDENTIAL) instanceof Uint8Array;
}

async function claimsOf(body) {
  if (!(body instanceof Map)) throw new Malformed("the claims are no map");
  const form = whole(body.get(MORE.form), COMPANION);
  const bound = body.get(CLAIM.bound);
  if (form < PHONE || (bound == null) !== (form === PAPER)) throw new Malformed("form and holder key do not fit");
  return {
    area: text(body.get(CLAIM.area), 12),
    pseudonym: octets(body.get(CLAIM.pseudonym), 16),
    issuedAt: whole(body.get(CLAIM.issued)),
    notBefore: whole(body.get(CLAIM.notBefore)),
    expiresAt: whole(body.get(CLAIM.expires)),
    colour: whole(body.get(CLAIM.colour), COLOURS - 1),
    negativeMinutes: body.has(MORE.negative) ? whole(body.get(MORE.negative), Math.floor(LATEST / 60)) : null,
    vaccination: whole(body.get(MORE.vaccination), 255),
    form,
    holderKey: bound == null ? null : await holderKey(bound),
    holderX: bound == null ? null : bound.get(COSE_KEY).get(-2),
    hint: body.has(MORE.hint) ? text(body.get(MORE.hint), 60) : null,
  };
}

async function holderKey(bound) {
  if (!(bound instanceof Map) || bound.size !== 1 || !bound.has(COSE_KEY)) throw new Malformed("it is bound to no key");
  return cose.keyOf(bound.get(COSE_KEY));
}
