"""For tests in a browser: in which windows a page is looked at, and what is wrong with what a screen shows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from yanmen.project.state import ROOT

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS: dict[str, tuple[str, dict[str, Any]]] = {
    "zh": ("zh-hans", {"locale": "zh-CN", "viewport": WIDE}),
    "dark": ("en", {"locale": "en-GB", "viewport": WIDE, "color_scheme": "dark"}),
    "phone": ("en", {"locale": "en-GB", "viewport": PHONE}),
    "phone-zh": ("zh-hans", {"locale": "zh-CN", "viewport": PHONE}),
}
"""The language of the account and the options of the window, by name."""

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})).violations
  .filter(v => ["serious", "critical"].includes(v.impact))
  .map(v => v.id + ": " + v.nodes.slice(0, 4).map(n => n.target.join(" ")).join(" | "))"""


def seen(page: Any, name: str) -> list[str]:
    """What is wrong with what the screen shows; a picture of it where somebody wants one (`YANMEN_SHOTS`)."""
    if shots := os.environ.get("YANMEN_SHOTS"):
        page.screenshot(path=str(Path(shots) / f"{name}.png"), full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0
    faults = [f"{name}: wider than the screen"] if wide else []
    if AXE.is_file():
        page.evaluate(AXE.read_text("utf-8"))
        faults += [f"{name}: {fault}" for fault in page.evaluate(RUN_AXE)]
    return faults
