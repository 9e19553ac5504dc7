"""`make new-subsystem NAME=water_quality [ZH=水质监测] [EN="Water quality"]`: a folder that passes every check.

Copies tools/template, fills in the names, adds the words to the glossary. Nothing else needs a line: discovery
finds the folder.
"""

import argparse
import re
import subprocess
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "tools" / "template"
SUBSYSTEMS = ROOT / "yanmen" / "subsystems"


def main() -> int:
    """Copy, fill in, refresh the glossary."""
    parser = argparse.ArgumentParser(prog="new_subsystem", description=__doc__)
    parser.add_argument("name", help="one word of the field in snake_case, e.g. water_quality")
    parser.add_argument("--zh", default="", help="its Chinese title")
    parser.add_argument("--en", default="", help="its English title")
    options = parser.parse_args()
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", options.name):
        parser.error(f"{options.name!r} is no name: use lower-case words joined by _, such as water_quality")
    target = SUBSYSTEMS / options.name
    if target.exists():
        parser.error(f"{target} exists already")
    copy(target, words(options.name, options.zh, options.en))
    subprocess.check_call([sys.executable, "-m", "ruff", "format", "-q", str(target)], cwd=ROOT)
    subprocess.check_call([sys.executable, "-m", "yanmen.project.cli", "glossary"], cwd=ROOT)
    print(f"Made {target.relative_to(ROOT)}. Read its README.md, then run `make test`.")
    return 0


def words(name: str, zh: str, en: str) -> dict[str, str]:
    """What the template asks for."""
    title = en or name.replace("_", " ").capitalize()
    return {
        "name": name,
        "path": name.replace("_", "-"),
        "title_en": title,
        "title_zh": zh or "新业务",
        "title_lower": title[0].lower() + title[1:],
    }


def copy(target: Path, filled: dict[str, str]) -> None:
    """Every file of the template; `subsystem` in a path becomes the name, `.txt` falls off."""
    for source in sorted(TEMPLATE.rglob("*.txt")):
        relative = str(source.relative_to(TEMPLATE).with_suffix("")).replace("subsystem", filled["name"])
        path = target / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template(source.read_text("utf-8")).substitute(filled), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
