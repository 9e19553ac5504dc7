// What every page does: the menu on a phone, the theme, going back, submitting filters, charts when there are any.
const root = document.documentElement;

document.addEventListener("click", (event) => {
  const account = document.querySelector("details.account[open]");
  if (account && !account.contains(event.target)) account.open = false;
  const button = event.target.closest("[data-toggle], [data-act]");
  if (!button) return;
  if (button.dataset.toggle === "menu") toggleMenu(button);
  if (button.dataset.toggle === "theme") toggleTheme();
  if (button.dataset.act === "back") history.back();
  if (button.dataset.act === "print") print();
});

function toggleMenu(button) {
  const open = document.body.classList.toggle("menu-open");
  button.setAttribute("aria-expanded", String(open));
}

function toggleTheme() {
  root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
  try { localStorage.setItem("yanmen-theme", root.dataset.bsTheme); } catch { /* kept for this page only */ }
  document.dispatchEvent(new CustomEvent("yanmen:theme"));
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form) form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  const account = document.querySelector("details.account[open]");
  if (event.key === "Escape" && account) { account.open = false; account.querySelector("summary").focus(); }
  if (event.key === "Escape" && document.body.classList.contains("menu-open")) {
    toggleMenu(document.querySelector("[data-toggle=menu]"));
  }
  if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
    const search = document.querySelector("input[type=search]");
    if (search) { event.preventDefault(); search.focus(); }
  }
});

document.addEventListener("htmx:responseError", () => say("error"));
document.addEventListener("htmx:sendError", () => say("offline"));

function say(what) {
  const box = document.querySelector("[data-connection]");
  if (box) { box.hidden = false; box.dataset.connection = what; }
}

if (document.querySelector("[data-chart]")) {
  const { drawAll } = await import("./charts.js");
  drawAll();
}
