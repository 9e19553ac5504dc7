// Keep the screen on while a code is shown or read, where the phone allows it.

/** Returns something with `stop`. */
export function keepAwake() {
  let lock = null;
  let over = false;
  const hold = async () => {
    if (over || document.hidden) return;
    lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (over) lock?.release();
  };
  document.addEventListener("visibilitychange", hold);
  hold();
  return {
    stop() {
      over = true;
      document.removeEventListener("visibilitychange", hold);
      lock?.release();
    },
  };
}
