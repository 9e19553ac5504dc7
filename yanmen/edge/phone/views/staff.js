// An officer enrols this phone with the code from the administrator's screen.

import { enrolOfficer } from "../account.js";
import { fill, h } from "../dom.js";
import { t } from "../i18n.js";
import { inWords } from "./faults.js";
import { scanner } from "./scanner.js";

const TOKEN = /^YE1:([\w-]{16,100})$/;

export function view(app) {
  const wrong = h("p", { class: "wrong", role: "alert" });
  let busy = false;
  const read = async (text) => {
    const token = TOKEN.exec(text.trim())?.[1];
    fill(wrong, token ? t("working") : t("enrol.staff.wrong"));
    if (!token || busy) return;
    busy = true;
    await enrolOfficer(app, token).then((account) => app.welcome(account), (fault) => fill(wrong, inWords(fault)));
    busy = false;
  };
  const scan = scanner({ onText: read });
  const element = h("div", { class: "screen" },
    h("h1", {}, t("enrol.staff.title")), h("p", {}, t("enrol.staff.text")), scan.element, wrong, h("p", { class: "fine" }, t("enrol.key")));
  return { title: "", back: "#/welcome", element, stop: scan.stop };
}
