// Every way to read a code: camera, photo, keyboard scanner, paste. The same on all screens.

import { Camera } from "../camera.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { icon } from "../icons.js";
import { reader } from "../reading.js";
import { listen } from "../wedge.js";

const SAME_AGAIN = 3000;
const TROUBLE = { NotAllowedError: "scan.denied", SecurityError: "scan.denied" };

/**
 * A scanner for one kind of code ("qr" or "tube"); `onText` gets every text. `element` goes on the page, `stop` ends
 * it. An eager one opens the camera by itself where that was allowed before.
 */
export function scanner({ kind = "qr", onText, eager = false }) {
  const last = { text: "", at: 0 };
  const seen = (text) => {
    const again = text === last.text && performance.now() - last.at < SAME_AGAIN;
    Object.assign(last, { text, at: performance.now() });
    if (!again) onText(text);
  };
  const view = viewfinder(kind, seen);
  const stopListening = listen(onText);
  const field = typing(onText);
  const element = h("div", { class: "scanner" }, view.element, tools(kind, onText, view, field), field);
  if (eager) allowed().then((yes) => yes && element.isConnected && view.start());
  return {
    element,
    get running() {
      return view.running;
    },
    stop() {
      stopListening();
      view.stop();
    },
  };
}

/** Whether the camera may be opened without asking. */
async function allowed() {
  const told = await navigator.permissions?.query({ name: "camera" }).catch(() => null);
  return told?.state === "granted";
}

/** The camera's picture with a frame to aim with. */
function viewfinder(kind, seen) {
  const video = h("video", { playsinline: true, muted: true, "aria-label": t("scan.view") });
  video.muted = true;
  const hint = h("p", { class: "aim" }, t("scan.aim"));
  const torch = h("button", { class: "torch", type: "button", hidden: true, "aria-pressed": "false" }, icon("torch"), h("span", {}, t("scan.torch")));
  const open = h("button", { class: "open primary", type: "button" }, icon("scan"), h("span", {}, t("scan.camera")));
  const note = h("p", { class: "note", role: "status" });
  const element = h("div", { class: "finder", "data-state": "closed" }, video, h("div", { class: "frame" }), hint, torch, note, open);
  let camera = null;
  const say = (key) => fill(note, key ? t(key) : null);
  const stop = () => {
    camera?.stop();
    camera = null;
    element.dataset.state = "closed";
  };
  const start = async () => {
    if (camera) return;
    element.dataset.state = "opening";
    say(null);
    try {
      camera = new Camera(video, await reader(kind), seen);
      await camera.start();
      element.dataset.state = "open";
      torch.hidden = !camera.hasTorch;
    } catch (fault) {
      stop();
      say(TROUBLE[fault.name] ?? "scan.missing");
    }
  };
  open.addEventListener("click", start);
  torch.addEventListener("click", () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    torch.setAttribute("aria-pressed", String(on));
    camera?.torch(on);
  });
  return { element, start, stop, say, get running() { return camera !== null; } };
}

/** A photo: the phone's own camera app, or a picture somebody sent. */
function tools(kind, onText, view, field) {
  const file = h("input", { type: "file", accept: "image/*", capture: "environment", class: "hidden-file", id: `photo-${kind}` });
  file.addEventListener("change", async () => {
    const [photo] = file.files;
    if (!photo) return;
    const text = await fromPhoto(photo, kind).catch(() => null);
    file.value = "";
    view.say(text ? null : "scan.nothing");
    if (text) onText(text);
  });
  const unfold = h("button", { type: "button", "aria-expanded": "false", "aria-controls": field.id }, icon("keyboard"), h("span", {}, t("scan.type")));
  unfold.addEventListener("click", () => {
    const open = field.toggleAttribute("data-open");
    unfold.setAttribute("aria-expanded", String(open));
    if (open) field.querySelector("input").focus();
  });
  return h("div", { class: "tools" }, file, h("label", { class: "button", for: file.id }, icon("photo"), h("span", {}, t("scan.photo"))), unfold);
}

async function fromPhoto(photo, kind) {
  const picture = await createImageBitmap(photo);
  try {
    return await (await reader(kind))(picture);
  } finally {
    picture.close();
  }
}

/** A field for a scanner gun without our listener, or for pasted text. */
function typing(onText) {
  const field = h("input", { type: "text", id: "typed", autocomplete: "off", autocapitalize: "off", spellcheck: "false", enterkeyhint: "go" });
  const send = (event) => {
    event.preventDefault();
    const text = field.value.replace(/[\r\n]/g, "");
    field.value = "";
    if (text) onText(text);
  };
  return h(
    "form",
    { class: "typing", id: "typing", onsubmit: send },
    h("label", { for: "typed" }, t("scan.type")),
    h("div", { class: "row" }, field, h("button", { type: "submit" }, t("scan.type.go"))),
  );
}
