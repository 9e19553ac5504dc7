"""Sending one-time codes: a port, and the sender of the demo behind it.

A deployer's sender is a class without arguments whose `send` hands the text to the operator's gateway. For the usual
gateways that is one HTTP POST of telephone number, signature name and template parameters, signed with a key that
stands on the site and on no edge; it gives up after three seconds and raises `NotSent`. The setting
`YANMEN_CODE_SENDER` names the class.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Protocol

logger = logging.getLogger("yanmen.health_code")

KEPT = 200
TEXT = (
    "【雁门】验证码 {code}，{minutes} 分钟内有效。工作人员不会向您索要。"
    " Yanmen code {code}, good for {minutes} minutes. Staff never ask for it."
)


class NotSent(Exception):
    """The gateway did not take the message."""


class CodeSender(Protocol):
    """What brings a one-time code to a telephone."""

    def send(self, phone: str, text: str, *, serial: str) -> None:
        """Hand over one message; `serial` names it, so that a repeat is not sent twice."""


class FolderSender:
    """The demo's sender: each message is a file in a folder and a line in the log. The oldest files go."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, phone: str, text: str, *, serial: str) -> None:
        """Keep the message where the operator of the demo finds it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / f"{serial}.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{phone}\n{text}\n")
        for old in sorted(self._folder.glob("*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
        logger.info("A code for %s is in %s", phone[:3] + "****" + phone[-4:], self._folder)
