// What belongs to the phone and not to a person: settings, the clock, and who is signed in with which keys.

import { answer, done, openDatabase } from "./schema.js";

/** The phone's own store. Each application of an origin has its own, by its name. */
export class DeviceStore {
  static async open(name = "yanmen") {
    return new DeviceStore(await openDatabase(name, "device"));
  }

  constructor(database) {
    this.database = database;
  }

  get(key) {
    return answer(this.database.transaction("kept").objectStore("kept").get(key));
  }

  async set(key, value) {
    const change = this.database.transaction("kept", "readwrite", { durability: "strict" });
    change.objectStore("kept").put(value, key);
    await done(change);
  }

  async remove(key) {
    const change = this.database.transaction("kept", "readwrite");
    change.objectStore("kept").delete(key);
    await done(change);
  }
}
