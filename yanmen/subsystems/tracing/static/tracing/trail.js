// Copying the text of a way that may be published.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const box = document.getElementById(button.dataset.copy);
  box.select();
  try {
    await navigator.clipboard.writeText(box.value);
  } catch {
    document.execCommand("copy"); // pages opened without TLS have no clipboard
  }
  const said = document.getElementById(button.dataset.said);
  if (said) said.hidden = false;
});
