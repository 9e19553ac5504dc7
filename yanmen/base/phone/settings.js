// What people chose on this phone.

/** Settings that remember themselves; `usual` is what holds until somebody chooses. */
export class Settings {
  static async open(device, usual) {
    return new Settings(device, { ...usual, ...(await device.get("settings")) });
  }

  constructor(device, values) {
    this.device = device;
    this.values = values;
  }

  get(name) {
    return this.values[name];
  }

  async set(name, value) {
    this.values = { ...this.values, [name]: value };
    await this.device.set("settings", this.values);
  }
}
