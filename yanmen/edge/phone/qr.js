// A QR code as a picture. Base45 text takes the alphanumeric mode, so the code stays as small as it can be.

import { svg } from "./dom.js";
import { encode } from "./vendor/uqr.js";

const QUIET = 3;

/** A picture of a text; always dark on light, whatever the theme, because cameras want it so. */
export function picture(text, label) {
  const { data, size } = encode(text, { ecc: "L", boostEcc: true, border: 0 });
  const whole = size + 2 * QUIET;
  let dark = "";
  data.forEach((row, y) => {
    for (let x = 0; x < size; x += 1) {
      if (!row[x] || row[x - 1]) continue;
      let width = 1;
      while (row[x + width]) width += 1;
      dark += `M${x + QUIET} ${y + QUIET}h${width}v1h-${width}z`;
    }
  });
  return svg(
    "svg",
    { class: "qr", viewBox: `0 0 ${whole} ${whole}`, role: "img", "aria-label": label, "shape-rendering": "crispEdges" },
    svg("path", { d: `M0 0h${whole}v${whole}H0z`, fill: "#fff" }),
    svg("path", { d: dark, fill: "#000" }),
  );
}
