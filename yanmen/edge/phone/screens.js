// Which screens there are for whom, and what the menu shows.

import { view as checkin } from "./views/checkin.js";
import { view as code } from "./views/code.js";
import { view as end } from "./views/end.js";
import { view as enrol } from "./views/enrol.js";
import { view as outbox } from "./views/outbox.js";
import { view as paper } from "./views/paper.js";
import { view as results } from "./views/results.js";
import { view as sample } from "./views/sample.js";
import { view as scan } from "./views/scan.js";
import { view as settings } from "./views/settings.js";
import { view as sites } from "./views/sites.js";
import { view as staff } from "./views/staff.js";
import { view as welcome } from "./views/welcome.js";
import { view as why } from "./views/why.js";

const EVERYBODY = { welcome, enrol, staff, paper, sites, settings };
const SCREENS = {
  nobody: EVERYBODY,
  holder: { ...EVERYBODY, code, why, results, checkin, outbox, end },
  officer: { ...EVERYBODY, scan, sample, outbox, end },
};
const MENUS = {
  nobody: [],
  holder: [["code", "code"], ["checkin", "scan"], ["results", "tube"], ["why", "why"], ["settings", "settings"]],
  passes: [["scan", "scan"], ["outbox", "outbox"], ["settings", "settings"]],
  samples: [["sample", "tube"], ["outbox", "outbox"], ["settings", "settings"]],
};

/** The screens that whoever uses this phone may open. */
export const screensOf = ({ account, duty }) => SCREENS[account?.self ? (duty ? "officer" : "holder") : "nobody"];

/** What the menu shows them. */
export const menuOf = ({ account, duty }) => (account?.self ? MENUS[duty ? (duty.door === "samples" ? "samples" : "passes") : "holder"] : []);
