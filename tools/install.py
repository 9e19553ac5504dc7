"""Install the locked packages into the environment that runs this file, quickest way first.

uv takes seconds where pip takes a minute. It does not read pip's configuration, so a package
mirror that is set for pip is handed on; if uv still fails, pip does the same work.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "dev.txt"


def main() -> int:
    """Locked packages with their hashes checked, then this project in place."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    quiet = [*pip, "install", "-q", "--require-hashes", "-r"]
    if subprocess.call([*quiet, str(ROOT / "requirements" / "uv.txt")], stderr=subprocess.DEVNULL) or not _uv():
        subprocess.check_call([*quiet, str(LOCK)])
    subprocess.check_call([*pip, "install", "-q", "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    return 0


def _uv() -> bool:
    command = ["-m", "uv", "pip", "install", "-q", "--python", sys.executable, "--require-hashes", "-r", str(LOCK)]
    return subprocess.call([sys.executable, *command], env=_with_mirror()) == 0


def _with_mirror() -> dict[str, str]:
    environment = dict(os.environ)
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    mirror = (
        os.environ.get("PIP_INDEX_URL")
        or subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    )
    if mirror:
        environment.setdefault("UV_DEFAULT_INDEX", mirror)
    return environment


if __name__ == "__main__":
    sys.exit(main())
