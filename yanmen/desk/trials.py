"""Trying a changed rule file or pack before it is published: who in the scope would be affected."""

from __future__ import annotations

import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from yanmen.base.refusals import Refusal
from yanmen.desk.policy_book import pack_folders
from yanmen.loop.policy.documents import PolicyFault
from yanmen.loop.trial import try_pack
from yanmen.registry.scope import Scope

LARGEST = 4 * 1024 * 1024


def attempt(scope: Scope, name: str, content: bytes, *, now: datetime) -> dict[str, Any]:
    """Lay the file over a copy of the packs in use and ask the loop what would change here."""
    if len(content) > LARGEST:
        raise Refusal(
            "文件超过 4 MB。请只上传要改的规则。",
            "The file is larger than 4 MB. Upload only the rules that change.",
            field="pack",
        )
    with _copy_of_packs() as folders:
        _lay_over(folders, name, content)
        try:
            found = try_pack(folders, now=now)
        except PolicyFault as fault:
            said = _without_folder(str(fault), folders[0].parent)
            raise Refusal(
                f"政策包未通过检查：{said}", f"The pack does not hold: {said}", field="pack", value=name
            ) from fault
    found["changes"] = sorted(
        (row for row in found["changes"] if scope.includes(row["area"])), key=lambda row: -row["subjects"]
    )
    return found


@contextmanager
def _copy_of_packs() -> Iterator[list[Path]]:
    with tempfile.TemporaryDirectory(prefix="yanmen-try-") as folder:
        copies = [Path(folder) / original.name for original in pack_folders()]
        for original, copy in zip(pack_folders(), copies, strict=True):
            shutil.copytree(original, copy)
        yield copies


def _lay_over(folders: list[Path], name: str, content: bytes) -> None:
    if name.lower().endswith(".zip"):
        _unpack(folders, content)
    elif name.lower().endswith((".yaml", ".yml")):
        _place(folders, PurePosixPath(name).name, content)
    else:
        raise Refusal(
            "请上传 .yaml 规则文件或 .zip 政策包。",
            "Upload a .yaml rule file or a .zip of a pack.",
            field="pack",
            value=name,
        )


def _place(folders: list[Path], name: str, content: bytes) -> None:
    """A single rule takes the place of the file that states the same rule in the same pack."""
    wanted = _states(content)
    for folder in folders:
        for file in folder.glob("rules/**/*.yaml"):
            if _states(file.read_bytes()) == wanted:
                file.write_bytes(content)
                return
    target = folders[0] / "rules" / wanted[1].split(".")[0] / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _states(content: bytes) -> tuple[str, str]:
    """("id" or "overlay", the rule's name)."""
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError) as fault:
        raise Refusal(
            "文件不是有效的 YAML，请检查缩进与引号。",
            f"Not valid YAML. Check indents and quotes: {fault}"[:300],
            field="pack",
        ) from fault
    if isinstance(document, dict):
        for key in ("id", "overlay"):
            if isinstance(document.get(key), str):
                return key, document[key]
    raise Refusal(
        "规则文件须写明 id 或 overlay。", "A rule file states its id, or which rule it overlays.", field="pack"
    )


def _unpack(folders: list[Path], content: bytes) -> None:
    """A zip holds one folder, named as its pack; plain files only, bounded in number and size."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as fault:
        raise Refusal("压缩包已损坏，请重新打包。", "The archive is damaged. Pack it again.", field="pack") from fault
    members = [one for one in archive.infolist() if not one.is_dir()]
    if len(members) > 500 or sum(one.file_size for one in members) > 5 * LARGEST:
        raise Refusal("压缩包过大。", "The archive holds too much. Leave out all but the pack's files.", field="pack")
    for one in members:
        parts = PurePosixPath(one.filename).parts
        if ".." in parts or one.filename.startswith("/") or len(parts) < 2:
            raise Refusal(
                "压缩包内须为单个政策包文件夹。",
                "The archive must hold one folder: the pack.",
                field="pack",
                value=one.filename,
            )
        target = folders[0].parent.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(archive.read(one))
        if folders[0].parent / parts[0] not in folders:
            folders.append(folders[0].parent / parts[0])


def _without_folder(text: str, folder: Path) -> str:
    return text.replace(f"{folder}/", "")
