// What lies on the phone is sealed with a key that scripts can use but nobody can read (AES-GCM, non-extractable).

import { utf8 } from "./bytes.js";

const TEXT = new TextDecoder();

/** A new key of this phone. */
export const newKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);

/** A value sealed for one place: it does not open anywhere else. */
export async function seal(key, place, value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: utf8(place) };
  return { iv, data: await crypto.subtle.encrypt(how, key, utf8(JSON.stringify(value))) };
}

/** The value of that place. */
export async function open(key, place, { iv, data }) {
  const how = { name: "AES-GCM", iv, additionalData: utf8(place) };
  return JSON.parse(TEXT.decode(await crypto.subtle.decrypt(how, key, data)));
}
