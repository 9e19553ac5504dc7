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
RUN_AXE = """async (levels) => (await axe.run(document, {runOnly: levels, resultTypes: ["violations"]})).violations
  .filter(v => ["serious", "critical"].includes(v.impact))
  .map(v => v.id + ": " + v.nodes.slice(0, 4).map(n => n.target.join(" ")).join(" | "))"""

LEVELS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa")
UNFINISHED = "[data-chart]:not([data-ready]), .htmx-request"


def settled(page: Any) -> None:
    """Wait until every chart is drawn and no answer is awaited."""
    from playwright.sync_api import expect

    expect(page.locator(UNFINISHED)).to_have_count(0, timeout=30_000)


def barriers(page: Any, *more: str) -> list[str]:
    """What keeps people from using the screen, as axe finds it at these levels and `more`. Nothing where axe is not installed."""
    if not AXE.is_file():
        return []
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(RUN_AXE, [*LEVELS, *more])
    return found


def seen(page: Any, name: str) -> list[str]:
    """What is wrong with what the screen shows; a picture of it where somebody wants one (`YANMEN_SHOTS`)."""
    settled(page)
    if shots := os.environ.get("YANMEN_SHOTS"):
        page.screenshot(path=str(Path(shots) / f"{name}.png"), full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0
    faults = [f"{name}: wider than the screen"] if wide else []
    return faults + [f"{name}: {fault}" for fault in barriers(page)]
