// A keyboard scanner types a code and Enter, wherever the focus is. Keys that follow one another and end in
// Enter are one code. Base45 has spaces, so nothing is trimmed.

const SLOWEST = 600;
const SHORTEST = 6;

/** Listen to the whole page; `found(text)` is called for every scan. Returns a function that stops it. */
export function listen(found) {
  let typed = "";
  let last = 0;
  const heard = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    typed = event.timeStamp - last > SLOWEST ? "" : typed;
    last = event.timeStamp;
    if (event.key === "Enter" && typed.length >= SHORTEST) {
      event.preventDefault();
      event.stopPropagation();
      const text = typed;
      typed = "";
      found(text);
    } else if (event.key.length === 1) {
      typed += event.key;
      if (typed.length > 1) event.preventDefault();
    }
  };
  document.addEventListener("keydown", heard, true);
  return () => document.removeEventListener("keydown", heard, true);
}

const isField = (element) => element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
