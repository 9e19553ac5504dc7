// Which screens there are, and what the menu shows.

import { view as conflicts } from "./views/conflicts.js";
import { view as door } from "./views/door.js";
import { view as outbox } from "./views/outbox.js";
import { view as settings } from "./views/settings.js";
import { view as today } from "./views/today.js";
import { view as welcome } from "./views/welcome.js";

const MENU = [["today", "door"], ["outbox", "outbox"], ["conflicts", "why"], ["settings", "settings"]];

export const screensOf = ({ worker }) => (worker ? { today, door, outbox, conflicts, settings } : { welcome });

export const menuOf = ({ worker }) => (worker ? MENU : []);
