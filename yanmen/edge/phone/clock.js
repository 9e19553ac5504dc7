// What time it is. A phone's clock may be wrong, so two things correct it: the distance to the edge's clock, told
// when a session opens, and a floor: no moment lies before the last signed time that this phone has seen.

const TOLERATED = 2 * 60 * 1000;

/** The time as this phone knows it; `kept` remembers it over reloads: {offset, floor}. */
export class Clock {
  constructor(kept = {}) {
    this.offset = kept.offset ?? 0;
    this.floor = kept.floor ?? 0;
  }

  /** Milliseconds since 1970, corrected. */
  now() {
    return Math.max(Date.now() + this.offset, this.floor);
  }

  /** The edge told its time. The distance is kept only if it matters: answers travel up to a second or two. */
  heard(edgeNow) {
    const distance = edgeNow - Date.now();
    this.offset = Math.abs(distance) < 5000 ? 0 : distance;
  }

  /** A signed document was made at this moment (milliseconds): it is at least that late. */
  atLeast(moment) {
    this.floor = Math.max(this.floor, moment);
  }

  /** Whether the phone's clock runs behind what was signed: verdicts still come, with the floor as the time. */
  get behind() {
    return Date.now() + this.offset < this.floor - TOLERATED;
  }

  /** How far the phone's own clock is off, in milliseconds; 0 if it hardly is. */
  get error() {
    return Math.abs(this.offset) > TOLERATED ? -this.offset : 0;
  }

  /** What to remember. */
  kept() {
    return { offset: this.offset, floor: this.floor };
  }
}
