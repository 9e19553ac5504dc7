// Before the first paint: the theme the reader chose, else the one the system asks for.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("yanmen-theme"); } catch { /* storage is closed: follow the system */ }
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = chosen || (dark ? "dark" : "light");
})();
