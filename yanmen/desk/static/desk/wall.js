// The wall: hears what changed and asks for those panels, goes from area to area, fills the screen on demand.
import { drawAll } from "./charts.js";

const root = document.documentElement;
const AGAIN = 5_000;
let source = null;
let last = ""; // what this page has, as the last event told it
let heard = 0;
let over = false;

const wall = () => document.getElementById("wall");
const place = () => location.pathname + location.search;
let shown = place();

function state(name) {
  wall().querySelector(".wall-live").dataset.state = name;
  root.dataset.wallState = name;
  wall().querySelector("[data-wall-lost]").hidden = name !== "lost";
  wall().querySelector("[data-wall-ended]").hidden = name !== "ended";
}

function listen() {
  source?.close();
  const { stream, area, map } = wall().dataset;
  source = new EventSource(`${stream}?${new URLSearchParams({ area, map, after: last || wall().dataset.key })}`);
  source.addEventListener("changed", (event) => { alive(event); renew(JSON.parse(event.data).panels); });
  source.addEventListener("beat", alive);
  source.addEventListener("ended", () => { over = true; source.close(); state("ended"); });
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED && !over) setTimeout(listen, AGAIN); // refused: the browser gave up, we do not
  });
}

function alive(event) {
  const told = JSON.parse(event.data);
  last = event.lastEventId || last;
  heard = Date.now();
  state(told.live ? "live" : "polling");
  tick();
}

async function renew(names) {
  const { panels, area, map } = wall().dataset;
  await htmx.ajax("GET", `${panels}?${new URLSearchParams({ area, map, names: names.join(",") })}`, { source: "#wall", target: "#wall", swap: "none" });
  for (const name of names) document.getElementById(`panel-${name}`)?.classList.add("is-new");
}

let held = null; // the link that has the keyboard in the panel being replaced: the same link of the new panel has it next
document.addEventListener("htmx:oobBeforeSwap", ({ detail: { target } }) => {
  const href = target.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  held = href && `#${target.id} [href="${CSS.escape(href)}"]`;
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (held) document.querySelector(held)?.focus({ preventScroll: true });
  held = null;
});

async function show(url, push) {
  const answer = await fetch(url, { headers: { "HX-Request": "true" } });
  if (!answer.ok) { location.assign(url); return; }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = page.getElementById("wall");
  if (!next) { location.assign(url); return; }
  wall().replaceWith(document.adoptNode(next));
  if (push) history.pushState({ wall: true }, "", url);
  shown = place();
  last = "";
  document.dispatchEvent(new CustomEvent("yanmen:replaced"));
  await drawAll(wall());
  listen();
  tick();
  document.getElementById("wall-here").focus({ preventScroll: false });
}

function address(href) {
  const url = new URL(href, location.href);
  const here = new URL(location.href);
  if (!url.searchParams.has("map") && here.searchParams.get("map") && url.searchParams.get("area")) url.searchParams.set("map", here.searchParams.get("map"));
  return url;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-drill]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    const href = link.getAttribute("href");
    show(href.includes("map=") || link.closest(".wall-maps") ? new URL(href, location.href) : address(href), true);
  }
  if (event.target.closest("[data-wall-full]")) fill(root.dataset.wall !== "full");
});

document.addEventListener("change", (event) => {
  const to = event.target.closest("[data-drill-to]");
  if (to?.value) show(address(`${to.dataset.drillTo}?area=${to.value}`), true);
});

window.addEventListener("popstate", () => { // also fired for a link within the page: the wall stays as it is then
  if (place() !== shown) show(new URL(location.href), false);
});

document.addEventListener("keydown", (event) => {
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "f") fill(root.dataset.wall !== "full");
  if (event.key === "Escape" && root.dataset.wall === "full") fill(false);
  if (event.key === "u") [...wall().querySelectorAll(".wall-path a")].pop()?.click();
});

document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement && root.dataset.wall === "full" && asked) fill(false); });

let asked = false;
let theme = "";
async function fill(full) {
  if (full) {
    theme = root.dataset.bsTheme;
    root.dataset.wall = "full";
    root.dataset.bsTheme = "dark";
    if (navigator.userActivation?.isActive) { // a page that opens as a wall fills its window; only a person may ask for the screen
      try { await root.requestFullscreen(); asked = true; } catch { asked = false; /* the browser may not: the page fills what it has */ }
    }
  } else {
    delete root.dataset.wall;
    root.dataset.bsTheme = theme || root.dataset.bsTheme;
    if (document.fullscreenElement) await document.exitFullscreen();
    asked = false;
  }
  document.dispatchEvent(new CustomEvent("yanmen:theme"));
}

function tick() {
  const label = wall().querySelector(".wall-heard");
  const seconds = Math.round((Date.now() - heard) / 1000);
  if (heard) {
    const ago = new Intl.RelativeTimeFormat(root.lang, { style: "narrow", numeric: "always" });
    const span = seconds < 90 ? ago.format(-seconds, "second") : ago.format(-Math.round(seconds / 60), "minute");
    label.textContent = `${label.dataset.heard} ${span}`;
    if (!over && Date.now() - heard > Number(wall().dataset.quiet)) state("lost");
  }
  const clock = wall().querySelector("[data-clock]");
  clock.dataset.began ||= String(performance.now());
  const now = new Date(Date.parse(clock.dataset.clock) + performance.now() - Number(clock.dataset.began));
  clock.textContent = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "medium" }).format(now);
}

if (new URLSearchParams(location.search).get("full") === "1") fill(true);
heard = Date.now();
listen();
setInterval(tick, 1000);
window.addEventListener("pagehide", () => source?.close());
