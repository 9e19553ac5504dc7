// What people chose on this phone.

export const USUAL = { language: null, sound: true, vibration: true, next: 3 };

/** Settings that remember themselves. */
export class Settings {
  static async open(device) {
    return new Settings(device, { ...USUAL, ...(await device.get("settings")) });
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
