// Chinese and English. Times are told as the province lives them.

import { COMMON } from "./common_texts.js";
import { TEXTS } from "./texts.js";

const ZONE = "Asia/Shanghai";
const LOCALES = { zh: "zh-CN", en: "en-GB" };
const place = { zh: 0, en: 1 };
let language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";

/** Speak this language from now on. */
export function speak(wanted) {
  if (wanted in place) language = wanted;
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  const drill = document.body.dataset.drill;
  document.title = drill ? `${drill} · ${t("app")}` : t("app");
}

export const spoken = () => language;

/** The text of a key, with {names} filled in. */
export function t(key, values = {}) {
  return ((TEXTS[key] ?? COMMON[key])?.[place[language]] ?? key).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** What somebody else said in both languages: {zh, en} or [zh, en]. */
export function said(both) {
  if (!both) return "";
  return Array.isArray(both) ? both[place[language]] : both[language] || both.zh || both.en || "";
}

const shaped = (options) => new Intl.DateTimeFormat(LOCALES[language], { timeZone: ZONE, ...options });

/** 14:05, or with seconds 14:05:09. */
export const clockTime = (moment, seconds = false) =>
  shaped({ hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }), hourCycle: "h23" }).format(moment);

/** 10月7日 14:05 / 7 Oct, 14:05. */
export const dayTime = (moment) =>
  shaped({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(moment);

/** 10月7日 星期五 / Fri 7 Oct. */
export const dayName = (moment) => shaped({ month: "short", day: "numeric", weekday: "short" }).format(moment);

/** A length of time in words, from seconds. */
export function span(seconds) {
  if (seconds < 90) return t("span.seconds", { n: Math.max(0, Math.round(seconds)) });
  if (seconds < 90 * 60) return t("span.minutes", { n: Math.round(seconds / 60) });
  if (seconds < 48 * 3600) return t("span.hours", { n: Math.round(seconds / 3600) });
  return t("span.days", { n: Math.round(seconds / 86400) });
}
