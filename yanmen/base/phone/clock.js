// What time it is. A phone's clock may be wrong, so two things correct it: the distance to the edge's clock, told
// when a session opens, and a floor: no moment lies before the last signed time that this phone has seen.

const TOLERATED = 2 * 60 * 1000;
const TRAVEL = 5000;

/** The time as this phone knows it: {offset, floor} are kept over reloads, by `remember`. */
export class Clock {
  constructor({ offset = 0, floor = 0 } = {}, remember = async () => {}) {
    Object.assign(this, { offset, floor, remember });
  }

  /** Milliseconds since 1970, corrected. */
  now() {
    return Math.max(Date.now() + this.offset, this.floor);
  }

  /**
   * The edge told its time when it was asked at `asked` (this phone's milliseconds): half of the way lies behind it.
   * The distance is kept only if it matters.
   */
  heard(edgeNow, asked) {
    const distance = Math.round(edgeNow - (asked + Date.now()) / 2);
    this.offset = Math.abs(distance) < TRAVEL ? 0 : distance;
    return this.remember({ offset: this.offset, floor: this.floor });
  }

  /** A signed document was made at this moment (milliseconds): it is at least that late. */
  atLeast(moment) {
    this.floor = Math.max(this.floor, moment);
    return this.remember({ offset: this.offset, floor: this.floor });
  }

  /** Whether the phone's clock runs behind what was signed: verdicts still come, with the floor as the time. */
  get behind() {
    return Date.now() + this.offset < this.floor - TOLERATED;
  }

  /** How far the phone's own clock is off, in milliseconds; 0 if it hardly is. */
  get error() {
    return Math.abs(this.offset) > TOLERATED ? -this.offset : 0;
  }
}
