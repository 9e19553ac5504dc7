// What a device certificate says about this phone. The edge verifies it; here it only tells what to show.

import { decode } from "./cbor.js";
import { octets, text, whole } from "./claims.js";
import { read1 } from "./cose.js";
import { toHex } from "./bytes.js";

const LONGEST = 1024;
const FIELD = { issuer: 1, device: 2, expires: 4, kind: -65550, subject: -65551, role: -65552, place: -65553, area: -65554, form: -65555, hint: -65556 };
const DOORS = { checkpoints: "passes", venues: "check-ins", sampling: "samples" };

/** The claims of a certificate; times in seconds. Throws Malformed. */
export function readCertificate(bytes) {
  const body = decode(read1(bytes, { longest: LONGEST }).payload, { longest: LONGEST });
  const role = text(body.get(FIELD.role), 60);
  return {
    issuer: text(body.get(FIELD.issuer), 60),
    device: toHex(octets(body.get(FIELD.device), 8)),
    expiresAt: whole(body.get(FIELD.expires)),
    isOfficer: whole(body.get(FIELD.kind), 2) === 2,
    subject: whole(body.get(FIELD.subject), Number.MAX_SAFE_INTEGER),
    role,
    door: DOORS[role.split(".")[0]] ?? "passes",
    place: body.has(FIELD.place) ? whole(body.get(FIELD.place), Number.MAX_SAFE_INTEGER) : null,
    area: text(body.get(FIELD.area), 12),
    form: whole(body.get(FIELD.form), 3),
    hint: body.has(FIELD.hint) ? text(body.get(FIELD.hint), 80) : "",
  };
}
