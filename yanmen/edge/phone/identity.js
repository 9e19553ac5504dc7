// Numbers of documents, read as the register reads them (base/identity.py): a fault is found while the person stands here.

const CHECK = "10X98765432";
const SHAPE = /^\d{17}[\dX]$/;
const PAPER = /^[A-Z0-9]{5,20}$/;
const SHANXI = 8 * 3600 * 1000;
const OLDEST = "1880-01-01";
/** Numbers made up for drills begin with it. */
const SYNTHETIC = "99";
const PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82".split(" ");
const PERMIT_REGIONS = ["810000", "820000", "830000"];

/** Types of documents, as the register calls them (registry/details.py). */
export const TYPES = ["resident", "passport", "hk_macao_permit", "taiwan_permit", "permanent_residence", "birth_certificate", "other"];

/** A number without spaces and hyphens, in capitals. */
export const plain = (text) => text.replace(/[\s-]/g, "").toUpperCase();

/** What is wrong with a plain number: "shape", "check", "region", "birth" or "paper"; null if nothing is. */
export function faultOf(type, number, now) {
  if (type !== "resident") return PAPER.test(number) ? null : "paper";
  if (!SHAPE.test(number)) return "shape";
  if (checkOf(number) !== number[17]) return "check";
  if (!regionExists(number)) return "region";
  return isBirth(`${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`, now) ? null : "birth";
}

/** Whether somebody's resident identity card was read. */
export const isResident = (text, now) => faultOf("resident", plain(text), now) === null;

/** ISO 7064 MOD 11-2, as GB 11643 has it. */
function checkOf(number) {
  const sum = [...number.slice(0, 17)].reduce((total, digit, place) => total + Number(digit) * 2 ** (17 - place), 0);
  return CHECK[sum % 11];
}

function regionExists(number) {
  if (number.startsWith(SYNTHETIC)) return true;
  if (number.startsWith("9")) return PROVINCES.includes(number.slice(1, 3));
  return PERMIT_REGIONS.includes(number.slice(0, 6)) || PROVINCES.includes(number.slice(0, 2));
}

function isBirth(day, now) {
  const moment = new Date(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(moment.valueOf()) && moment.toISOString().startsWith(day);
  return exists && day >= OLDEST && day <= new Date(now + SHANXI).toISOString().slice(0, 10);
}
