// The worker whose phone this is: one at a time, with a sealed store. Nobody else comes in before everything of the last one
// is delivered; then the last one's key and store go.

import { newKey } from "./sealing.js";
import { keyOf } from "./site.js";
import { Store } from "./store.js";

/** The signed-in worker of this phone. */
export class Worker {
  /** Whose phone this is, or null. */
  static async current(device) {
    const row = await device.get("user");
    return row ? new Worker(device, row, await Store.open(row.id, row.storeKey)) : null;
  }

  /** The site says who is signed in, and nobody else's records are here. */
  static async enter(device, me) {
    await device.set("user", { id: keyOf(me), name: me.name, area: { zh: me.area_zh, en: me.area_en }, storeKey: await newKey() });
    return Worker.current(device);
  }

  constructor(device, row, store) {
    Object.assign(this, { device, store, id: row.id, name: row.name, area: row.area });
  }

  /** Delete everything of this worker. The caller has seen to it that nothing waits. */
  async leave() {
    await this.device.remove("user");
    await this.store.wipe();
  }
}
