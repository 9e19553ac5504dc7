"""RDML 1.2 and 1.3: the XML (usually zipped) in which instruments exchange real-time PCR data, from https://rdml.org.

Only `rdml_data.xml` is read, and of it samples, targets and Cq by reaction. A document type, and with it every entity, is
refused before anything is expanded; so is an archive that unpacks to more than it may.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from xml.parsers import expat

from yanmen.base.refusals import Malformed
from yanmen.subsystems.screening.methods.instrument_files import MOST_BYTES, Raw, Taken, take
from yanmen.subsystems.screening.methods.plates import numbered

VERSIONS = ("1.0", "1.1", "1.2", "1.3")
DATA = "rdml_data.xml"
MOST_FILES = 100
MOST_XML = 64 * 1024 * 1024
MOST_DEPTH = 40
NOT_AVAILABLE = "-1"
"""The Cq of a reaction without a curve, as RDML has it (-1.0)."""


def is_rdml(content: bytes) -> bool:
    """Whether these bytes are an archive or XML rather than a table."""
    return content[:4] == b"PK\x03\x04" or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def take_rdml(content: bytes, wells: int, run: str = "") -> Taken:
    """The rows of an RDML file. Where it holds several runs, `run` says which."""
    reader = _Reader()
    reader.read(_xml(content))
    if not reader.runs:
        raise Malformed("RDML文件中没有检测批次。", "The RDML file holds no run.", field="file")
    chosen = [each for each in reader.runs if len(reader.runs) == 1 or each.id == run]
    if len(chosen) != 1:
        names = ", ".join(each.id for each in reader.runs)[:200]
        raise Malformed(
            f"RDML文件含多个批次（{names}），请使批次编号与其一相同。",
            f"The RDML file holds several runs ({names}): give the run one of these codes.", field="file", value=run,
        )  # fmt: skip
    shape = [int(number) for number in chosen[0].shape.values() if number.isdecimal()]
    if len(shape) == 2 and shape[0] * shape[1] != wells:
        raise Malformed(
            f"文件的板为{shape[0]}×{shape[1]}，与{wells}孔板不符。", f"The file's plate is {shape[0]} by {shape[1]}, not one of {wells} wells.",
            field="file",
        )  # fmt: skip
    return take((_raw(at, row, wells, reader.names) for at, row in enumerate(chosen[0].rows, 1)), wells)


@dataclass
class _Run:
    id: str
    shape: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)


def _raw(at: int, row: dict[str, str], wells: int, names: dict[str, str]) -> Raw:
    """One reaction and target, with the position that its number has on the plate."""
    number = row["react"]
    well = numbered(int(number), wells) if number.isdecimal() and 0 < int(number[:6]) <= wells else number
    cq = row.get("cq", "")
    ct = "" if cq.partition(".")[0] == NOT_AVAILABLE else cq
    if row.get("excl"):
        ct = f"excluded: {row['excl']}"[:40]
    return Raw(at, well, row["sample"], names.get(row["tar"], row["tar"]), ct)


def _xml(content: bytes) -> bytes:
    if len(content) > MOST_BYTES:
        raise Malformed("文件超过20 MB。", "The file is larger than 20 MB.", field="file")
    if content[:4] != b"PK\x03\x04":
        return content
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = archive.namelist()
        if len(names) > MOST_FILES:
            raise Malformed("压缩包内文件过多。", "The archive holds too many files.", field="file")
        inside = next((name for name in names if name.rsplit("/", 1)[-1].casefold() == DATA), "")
        if not inside:
            raise Malformed(f"压缩包内没有{DATA}。", f"The archive holds no {DATA}.", field="file")
        with archive.open(inside) as stream:
            text = stream.read(MOST_XML + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as fault:
        if isinstance(fault, Malformed):
            raise
        raise Malformed("压缩包已损坏或加密。", "The archive is damaged or encrypted.", field="file") from fault
    if len(text) > MOST_XML:
        raise Malformed("解压后文件过大。", "The file is too large once unpacked.", field="file")
    return text


class _Reader:
    """Walks through the elements once and keeps only what is asked for."""

    def __init__(self) -> None:
        self.runs: list[_Run] = []
        self.names: dict[str, str] = {}
        self.path: list[str] = []
        self.text = ""
        self.react: dict[str, str] = {}
        self.data: dict[str, str] = {}

    def read(self, xml: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        try:
            parser.Parse(xml, True)
        except (expat.ExpatError, ValueError, LookupError) as fault:
            if isinstance(fault, Malformed):
                raise
            raise Malformed(f"RDML文件不是有效的XML：{fault}", f"The RDML file is no valid XML: {fault}", field="file") from fault  # fmt: skip

    def _refuse(self, *_: object) -> None:
        raise Malformed(
            "文件含有DTD或实体声明，拒绝读取。",
            "The file declares a document type or entities: not read.",
            field="file",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if not self.path and (name != "rdml" or attributes.get("version") not in VERSIONS):
            raise Malformed(
                f"不是RDML {', '.join(VERSIONS)}文件。", f"This is no RDML {', '.join(VERSIONS)}.", field="file"
            )
        self.path.append(name)
        self.text = ""
        if len(self.path) > MOST_DEPTH:
            raise Malformed("XML嵌套过深。", "The XML is nested too deeply.", field="file")
        where, key = self.path[1:], attributes.get("id", "")
        if where == ["target"]:
            self.names[key] = key
        elif where == ["experiment", "run"]:
            self.runs.append(_Run(key))
        elif where == ["experiment", "run", "react"]:
            self.react = {"react": key, "sample": ""}
        elif where == ["experiment", "run", "react", "sample"]:
            self.react["sample"] = key
        elif where == ["experiment", "run", "react", "data"]:
            self.data = {"tar": ""}
        elif where == ["experiment", "run", "react", "data", "tar"]:
            self.data["tar"] = key

    def _end(self, tag: str) -> None:
        where = self.path[1:]
        if where in (["experiment", "run", "pcrFormat", "rows"], ["experiment", "run", "pcrFormat", "columns"]):
            self.runs[-1].shape[where[-1]] = self.text.strip()[:4]
        elif where[:4] == ["experiment", "run", "react", "data"]:
            if where[4:] in (["cq"], ["excl"]):
                self.data[where[4]] = self.text.strip()
            elif len(where) == 4:
                self.runs[-1].rows.append(self.react | self.data)
        self.path.pop()
        self.text = ""

    def _characters(self, text: str) -> None:
        if len(self.text) < 200:
            self.text += text
