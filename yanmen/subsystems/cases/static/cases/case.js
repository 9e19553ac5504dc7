// Exposures one key each: Y and N on a line, arrows between lines; after an answer the next open line has the focus.
const lines = [...document.querySelectorAll("[data-exposure]")];

if (new URLSearchParams(location.search).has("exposures")) {
  document.getElementById("exposures")?.scrollIntoView();
  document.querySelector("[data-next]")?.focus();
}

document.addEventListener("keydown", (event) => {
  const line = event.target.closest?.("[data-exposure]");
  if (!line || event.ctrlKey || event.metaKey || event.altKey) return;
  const button = line.querySelector(`[data-word="${event.key.toLowerCase()}"]`);
  if (button) { event.preventDefault(); button.click(); }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  lines[lines.indexOf(line) + step]?.querySelector("button")?.focus();
});
