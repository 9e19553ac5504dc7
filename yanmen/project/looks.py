"""For tests in a browser: in which windows a page is looked at, and what is wrong with what a screen shows."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yanmen.project.state import ROOT
from yanmen.project.testing_doors import cookies_for

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


@contextmanager
def window(browser: Any, client: Any = None, look: str = "dark", **options: Any) -> Iterator[Any]:
    """A page in a window of its own, where the person of a client is signed in. `page.faults` is what the browser complained of."""
    context = browser.new_context(**LOOKS[look][1] | options)
    if client is not None:
        context.add_cookies(cookies_for(client, str(client.base_url)))
    page = context.new_page()
    page.faults = []
    page.on("console", lambda line: page.faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    try:
        yield page
    finally:
        context.close()


def toured(browser: Any, client: Any, look: str, paths: Mapping[str, str], title: str) -> list[str]:
    """What is wrong with some pages, one after the other, in one of the LOOKS."""
    home = str(client.base_url).rstrip("/")
    with window(browser, client, look) as page:
        for name, path in paths.items():
            assert page.goto(home + path).ok, path
            page.faults += seen(page, f"{title}-{name}-{look}")
        return list(page.faults)


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
