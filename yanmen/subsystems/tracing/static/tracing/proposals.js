// Proposals one key each: 1, 2, 3 on a line judge, arrows go between lines; a reason once given stays for the next.
const lines = [...document.querySelectorAll("[data-proposal]")];
const reason = document.getElementById("reason");
const KEPT = "tracing.no-contact-reason";

if (reason && !reason.value) reason.value = sessionStorage.getItem(KEPT) ?? "";
reason?.addEventListener("change", () => sessionStorage.setItem(KEPT, reason.value));
if (new URLSearchParams(location.search).has("judged")) lines[0]?.querySelector("[data-word]")?.focus();

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-needs]");
  if (!button || reason.value.trim()) return;
  event.preventDefault();
  reason.setAttribute("aria-invalid", "true");
  reason.focus();
});

document.addEventListener("keydown", (event) => {
  const line = event.target.closest?.("[data-proposal]");
  if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = line.querySelector(`[data-word="${CSS.escape(event.key)}"]`);
  if (button) { event.preventDefault(); button.click(); }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  lines[lines.indexOf(line) + step]?.querySelector("[data-word]")?.focus();
});
