"""What any application for phones must hold: no file names another that is missing, every text stands in both languages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from yanmen.base.phone_pages import Page

REFERENCE = re.compile(
    r"""(?:from\s+|import\s*\(?\s*|src=|href=)["'](\.{0,2}/?[\w./-]+\.(?:js|css|svg|png|webmanifest))["']"""
)
NAMED = re.compile(r'^  (?:"([\w.-]+)"|(\w+)): \[', re.MULTILINE)
BOTH = re.compile(r'\[\s*("(?:[^"\\]|\\.)+"),\s*("(?:[^"\\]|\\.)+"),?\s*\]')


def missing_files(files: Mapping[str, Page], root: str) -> list[str]:
    """Files that a script or a page of an application names and that are not served."""
    missing = []
    for name, page in files.items():
        if not name.endswith((".js", ".html")) or name.startswith("vendor/"):
            continue
        for target in REFERENCE.findall(page.body.decode()):
            path = (
                target.removeprefix(root) if target.startswith("/") else posixpath.join(posixpath.dirname(name), target)
            )
            if posixpath.normpath(path) not in files:
                missing.append(f"{name}: {target}")
    return missing


def missing_texts(files: Mapping[str, Page]) -> set[str]:
    """Keys that scripts use and no table of texts holds in both languages."""
    table = files["texts.js"].body.decode() + files["common_texts.js"].body.decode()
    texts = [quoted or bare for quoted, bare in NAMED.findall(table)]
    assert len(BOTH.findall(table)) == len(texts)
    used: set[str] = set()
    for name, page in files.items():
        if name.endswith(".js") and not name.startswith("vendor/"):
            used |= set(re.findall(r'\bt\("([\w.-]+)"', page.body.decode()))
    return used - set(texts)
