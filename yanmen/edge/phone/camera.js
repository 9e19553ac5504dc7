// The camera: a stream in a video element, looked at a few times a second until somebody stops it.

const PAUSE = 120;
const WANTED = { video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } }, audio: false };

/** Watches through the camera; `found(text)` is called for every code it sees. */
export class Camera {
  constructor(video, read, found) {
    Object.assign(this, { video, read, found, stream: null });
  }

  /** Open it. Throws what the browser says: NotAllowedError, NotFoundError. */
  async start() {
    if (!navigator.mediaDevices) throw new DOMException("no camera", "NotFoundError");
    this.stream = await navigator.mediaDevices.getUserMedia(WANTED);
    this.video.srcObject = this.stream;
    await this.video.play();
    this.#look();
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  get hasTorch() {
    return Boolean(this.#track()?.getCapabilities?.().torch);
  }

  torch(on) {
    return this.#track()?.applyConstraints({ advanced: [{ torch: on }] });
  }

  #track() {
    return this.stream?.getVideoTracks()[0];
  }

  async #look() {
    while (this.stream) {
      const seen = this.video.readyState >= 2 ? await this.read(this.video).catch(() => null) : null;
      if (seen && this.stream) this.found(seen);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
