"""Both languages are complete, generated pages are fresh, and nothing names a place it should not."""

import re
import runpy
import subprocess
from pathlib import Path

import pytest

from yanmen.desk import words
from yanmen.loop.catalogue import Catalogue
from yanmen.project import discovery, glossary, vocabulary
from yanmen.project.state import ROOT

PACKAGE_HOSTS = ["registry." + "npmjs", "pypi." + "org", "pythonhosted." + "org", "npm" + "mirror", "mirrors." + "tuna"]
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".html",
    ".js",
    ".css",
    ".sql",
    ".cfg",
    ".npmrc",
    ".po",
    "",
}


def committed() -> list[Path]:
    """Files under version control, or all sources where there is no git."""
    try:
        names = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git work tree")
    return [path for name in names if (path := ROOT / name).is_file() and path.suffix in TEXT]


def test_every_text_of_the_screens_has_its_chinese():
    assert runpy.run_path(str(ROOT / "tools" / "messages.py"))["faults"]() == []


def test_every_field_of_a_fact_has_a_title_or_only_ties_facts_together():
    untitled = {
        f"{kind.name}: {field}"
        for kind in discovery.discover(Catalogue()).facts.values()
        for field in kind.detail
        if field not in words.FIELDS and field not in words.KEYS
    }
    assert untitled == set()


def test_the_glossary_is_fresh():
    fresh = glossary.markdown(discovery.discover(Catalogue()), vocabulary.policy())
    assert (ROOT / "docs" / "reference" / "glossary.md").read_text("utf-8") == fresh, "run `yanmen glossary`"


def test_no_file_names_the_host_of_a_package_registry():
    wrong = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in committed()
        for host in PACKAGE_HOSTS
        if host in path.read_text("utf-8", errors="replace")
    ]
    assert wrong == []


def test_the_lock_files_hold_hashes_and_no_addresses():
    lock = (ROOT / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    for name in ("base", "dev", "uv"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        assert "://" not in text
        assert all("--hash=" in block for block in re.split(r"\n(?=[a-zA-Z])", text.strip()))


def test_pages_and_scripts_of_ours_ask_no_other_host_for_anything():
    outside = re.compile(r"""(?:src|href|action|url)\s*[=(]\s*["']?https?://""", re.IGNORECASE)
    wrong = []
    for path in committed():
        if path.suffix in {".html", ".js", ".css"} and "node_modules" not in path.parts:
            wrong += [f"{path.relative_to(ROOT)}: {hit}" for hit in outside.findall(path.read_text("utf-8"))]
    assert wrong == []


def test_pages_hold_no_inline_script_handler_or_style():
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']"
    )
    wrong = []
    for path in committed():
        if path.suffix == ".html":
            wrong += [f"{path.relative_to(ROOT)}: {hit.strip()}" for hit in inline.findall(path.read_text("utf-8"))]
    assert wrong == []


def test_no_test_has_a_page_evaluate_a_text_which_its_security_policy_forbids():
    """The browser refuses what `eval` needs; whether it is asked before or after the answer, and so whether the test fails, is luck."""
    asked = "wait_for" + "_function("
    assert [
        str(path.relative_to(ROOT)) for path in committed() if path.suffix == ".py" and asked in path.read_text("utf-8")
    ] == []


def test_the_readme_and_its_chinese_twin_have_the_same_headings():
    def shape(name: str) -> list[int]:
        return [len(marks) for marks in re.findall(r"(?m)^(#+) ", (ROOT / name).read_text("utf-8"))]

    assert shape("README.md") == shape("README.zh.md")
