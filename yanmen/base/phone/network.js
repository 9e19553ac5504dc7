// Asking a server: an answer, a refusal with its reason in both languages, or nobody there.

const LONGEST_WAIT = 15000;

/** The server could not be reached, or took too long. */
export class Unreachable extends Error {}

/** The server answered, and not with what was asked for: {status, zh, en, field, wait (seconds, from Retry-After)}. */
export class Refused extends Error {
  constructor({ status, told, wait }) {
    const { field = "", zh = "服务器没有给出说明。", en = "The server gave no reason." } = reasonOf(told);
    super(en);
    Object.assign(this, { status, field, zh, en, wait });
  }
}

/** The edge says {zh, en, field}; the site says {errors: [{message: {zh, en}, field}]}. */
function reasonOf(told) {
  const [first] = told?.errors ?? [];
  return first ? { ...first.message, field: first.field } : (told ?? {});
}

/** A JSON answer; cookies go along only where `credentials` says so. Throws Unreachable or Refused. */
export async function send(method, path, { text = "", headers = {}, timeout = LONGEST_WAIT, credentials = "omit" } = {}) {
  const about = text ? { "Content-Type": "application/json", ...headers } : headers;
  const body = text || undefined;
  const answer = await reach(path, { method, headers: about, body, timeout, credentials });
  const told = await answer.json().catch(() => null);
  if (answer.ok && told !== null) return told;
  throw new Refused({ status: answer.status, told, wait: Number(answer.headers.get("Retry-After")) || 0 });
}

/** A response, whatever it says. Throws Unreachable. */
export async function reach(path, { timeout = LONGEST_WAIT, ...request }) {
  const signal = AbortSignal.timeout(timeout);
  try {
    return await fetch(path, { cache: "no-store", credentials: "omit", redirect: "error", signal, ...request });
  } catch (fault) {
    throw new Unreachable(fault.message);
  }
}
