// Our own signs. Shapes differ as much as colours do: a circle, a triangle, a diamond, an octagon.

import { svg } from "./dom.js";

const LINES = {
  back: "M15 5l-7 7 7 7",
  code: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 18h2v2h-2zM18 14h2M14 18v2",
  door: "M5 21V4a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v17M3 21h18M12.5 12v.5M16 6l3 1v14",
  why: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .9-1 1.7M12 16.8v.2",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 9.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM9 19.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  scan: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M4 12h16",
  photo: "M4 8a1 1 0 0 1 1-1h2.5l1.2-2h6.6l1.2 2H19a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1zM12 16.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4z",
  keyboard: "M3 7h18v10H3zM6.5 10.2v.1M10 10.2v.1M13.5 10.2v.1M17 10.2v.1M8 14h8",
  torch: "M8 3h8v4l-2 3v10a1 1 0 0 1-1 1h-2a1 1 0 0 1-1-1V10L8 7zM8 7h8M12 13v2",
  outbox: "M4 13v6h16v-6M4 13h4l1.2 2.4h5.6L16 13h4M12 3v9M8.5 6.5L12 3l3.5 3.5",
  tube: "M9 3h6M10 3v14.5a2 2 0 0 0 4 0V3M10 12h4",
  people: "M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11zM3 20v-1.5A4.5 4.5 0 0 1 7.5 14h3A4.5 4.5 0 0 1 15 18.5V20M16 4.9a3.2 3.2 0 0 1 0 5.9M17.5 14.3A4.5 4.5 0 0 1 21 18.5V20",
  paper: "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
  staff: "M12 3l7 3v5c0 4.5-3 8-7 10-4-2-7-5.5-7-10V6zM9 12l2.2 2.2L15.5 10",
  person: "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 21v-1A5.5 5.5 0 0 1 10 14.5h4a5.5 5.5 0 0 1 5.5 5.5v1",
  car: "M4 16v-4l2-5h12l2 5v4M4 16h16M4 16v2.5M20 16v2.5M7.5 13.2v.1M16.5 13.2v.1M5 12h14",
};
const SIGNS = {
  pass: ["M50 4a46 46 0 1 1 0 92 46 46 0 0 1 0-92z", "M27 52l16 16 31-35"],
  check: ["M50 6L96 90H4z", "M50 36v26M50 75v1"],
  refer: ["M50 3l47 47-47 47L3 50z", "M32 50h34M52 35l15 15-15 15"],
  stop: ["M31 4h38l27 27v38L69 96H31L4 69V31z", "M33 33l34 34M67 33L33 67"],
};

/** A small line drawing, hidden from screen readers: words stand beside it. */
export function icon(name) {
  return svg("svg", { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, svg("path", { d: LINES[name] }));
}

/** The large sign of a verdict: pass, check, refer, stop. */
export function sign(act) {
  const [shape, mark] = SIGNS[act];
  return svg(
    "svg",
    { class: "sign", viewBox: "0 0 100 100", "aria-hidden": "true" },
    svg("path", { class: "shape", d: shape }),
    svg("path", { class: "mark", d: mark }),
  );
}
