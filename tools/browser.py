"""Chromium and a Chinese font for the browser tests, by apt, where that is possible.

Never fails: without them those tests are skipped and say why.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = ["chromium", "fonts-noto-cjk"]


def main() -> int:
    """Install what is missing when we are root and apt is here."""
    missing = [] if shutil.which("chromium") else [PACKAGES[0]]
    fonts = (
        subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False) if shutil.which("fc-list") else None
    )
    if fonts is None or not fonts.stdout:
        missing.append(PACKAGES[1])
    if not missing or os.environ.get("YANMEN_CHROMIUM"):
        return 0
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Browser tests need {' and '.join(missing)}; they will be skipped.", file=sys.stderr)
        return 0
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    try:
        if subprocess.call(command, timeout=240, stdout=subprocess.DEVNULL):
            subprocess.call(["apt-get", "update", "-qq"], timeout=120, stdout=subprocess.DEVNULL)
            subprocess.call(command, timeout=240, stdout=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        print("apt took too long; browser tests may be skipped.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
