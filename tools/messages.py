"""The Chinese catalogues of the screens: `extract` what the source says, `compile` what browsers get, `check` both.

Sources are English; each Django app keeps `locale/zh_Hans/LC_MESSAGES/django.po`. GNU gettext is not needed.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import extract_python

ROOT = Path(__file__).resolve().parents[1]
KEYWORDS = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "_": None,
}
Message = tuple[str, str, str]
"""Context, singular, plural; empty where there is none."""


def apps() -> list[Path]:
    """Folders whose texts are translated together."""
    package = ROOT / "yanmen"
    layers = [package / name for name in ("registry", "loop", "desk", "project")]
    return layers + sorted(folder for folder in (package / "subsystems").iterdir() if (folder / "__init__.py").exists())


def catalogue(app: Path) -> Path:
    return app / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def messages(app: Path) -> dict[Message, list[tuple[str, str]]]:
    """Every translatable text of an app, with the files and lines where it stands."""
    found: dict[Message, list[tuple[str, str]]] = {}
    for file in sorted([*app.rglob("*.py"), *app.rglob("*.html"), *app.rglob("*.txt")]):
        if {"tests", "migrations", "static"} & set(file.relative_to(app).parts):
            continue
        for line, message in _in_file(file):
            found.setdefault(message, []).append((str(file.relative_to(ROOT)), str(line)))
    return found


def _in_file(file: Path) -> Iterator[tuple[int, Message]]:
    text = file.read_text("utf-8")
    if file.suffix != ".py":
        from django.utils.translation.template import templatize

        text = templatize(text, origin=str(file))
    for line, function, texts, _comments in extract_python(BytesIO(text.encode()), KEYWORDS, [], {"encoding": "utf-8"}):
        parts = [texts] if isinstance(texts, str) else list(texts)
        context = parts.pop(0) or "" if function in ("pgettext", "npgettext") and len(parts) > 1 else ""
        if not parts or not parts[0]:
            continue
        plural = parts[1] if function.startswith(("ngettext", "npgettext")) and len(parts) > 1 else ""
        yield line, (context, parts[0], plural or "")


def extract() -> int:
    """Bring every catalogue up to date: new texts enter untranslated, unused ones leave."""
    for app in apps():
        wanted = messages(app)
        path = catalogue(app)
        if not wanted and not path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        known = _known(path)
        fresh = polib.POFile(wrapwidth=110)
        fresh.metadata = {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
            "Language": "zh_Hans",
            "Plural-Forms": "nplurals=1; plural=0;",
        }
        for message in sorted(wanted, key=lambda each: (each[1], each[0])):
            fresh.append(_entry(message, wanted[message], known.get(message)))
        fresh.save(str(path))
    return 0


def _known(path: Path) -> dict[Message, polib.POEntry]:
    if not path.exists():
        return {}
    return {(each.msgctxt or "", each.msgid, each.msgid_plural or ""): each for each in polib.pofile(str(path))}


def _entry(message: Message, places: list[tuple[str, str]], known: polib.POEntry | None) -> polib.POEntry:
    context, singular, plural = message
    files = sorted({file for file, _ in places})
    entry = polib.POEntry(msgid=singular, msgctxt=context or None, occurrences=[(file, "") for file in files])
    if "%(" in singular:
        entry.flags.append("python-format")
    if plural:
        entry.msgid_plural = plural
        entry.msgstr_plural = known.msgstr_plural if known else {0: ""}
    else:
        entry.msgstr = known.msgstr if known else ""
    return entry


def compile_all() -> int:
    """Write a .mo beside each .po."""
    for app in apps():
        path = catalogue(app)
        if path.exists():
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    return 0


def faults() -> list[str]:
    """Texts without Chinese, and Chinese that lost or invented a placeholder."""
    found = []
    for app in apps():
        known = _known(catalogue(app))
        for message, places in messages(app).items():
            entry = known.get(message)
            said = entry and (entry.msgstr or (entry.msgstr_plural or {}).get(0, ""))
            where = f"{places[0][0]}:{places[0][1]}"
            if not said:
                found.append(
                    f"{where}: no Chinese for {message[1]!r}. Run `python tools/messages.py extract`, then fill it in."
                )
            elif _holes(said) != _holes(message[2] or message[1]):
                found.append(f"{where}: the placeholders of {message[1]!r} and {said!r} differ.")
    return found


def _holes(text: str) -> set[str]:
    import re

    return set(re.findall(r"%\(\w+\)[sdf]|\{\w+\}", text))


def check() -> int:
    problems = faults()
    print("\n".join(problems) or "Every text has its Chinese.")
    return 1 if problems else 0


if __name__ == "__main__":
    actions = {"extract": extract, "compile": compile_all, "check": check}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit(f"usage: messages.py {'|'.join(actions)}")
    sys.exit(actions[sys.argv[1]]())
