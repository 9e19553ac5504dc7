"""The phone pages of the edge: under `/phone/`, from memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from yanmen.base import phone_pages
from yanmen.base.phone_pages import Answer, Page, read

FOLDER = Path(__file__).parent / "phone"
ROOT = "/phone/"

__all__ = ["FOLDER", "ROOT", "Answer", "Page", "answer", "pages", "read", "respond"]


def respond(path: str, accept_encoding: str = "", if_none_match: str = "", drill: str = "") -> Answer:
    """Status, headers and body for a GET of `path`, which starts with `/phone/`; with `drill`, pages are marked so."""
    return answer(pages(drill), path, accept_encoding, if_none_match)


@cache
def pages(drill: str = "") -> Mapping[str, Page]:
    """Our files, read and compressed once a process."""
    return read(FOLDER, drill)


def answer(files: Mapping[str, Page], path: str, accept_encoding: str = "", if_none_match: str = "") -> Answer:
    """The same from any folder that was read."""
    return phone_pages.answer(files, ROOT, path, accept_encoding, if_none_match)
