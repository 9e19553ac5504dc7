"""What can be wrong with a line of a line list, in both languages, each with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from yanmen.base.refusals import Malformed

REPAIRED, REFUSED = "repaired", "refused"
MESSAGES: dict[str, tuple[str, str, str, str, str]] = {
    # code: verdict, zh, en, remedy zh, remedy en
    "misspelt": (
        REPAIRED,
        "“{value}”读作“{read}”：该写法少见，与同列常见名称只差拼写。", '"{value}" is read as "{read}": a rare spelling of a name common in this column.',
        "如确为另一家，请改用全称后重新导入。", "If it is another place, write its full name and import again.",
    ),
    "no_incubation": (
        REPAIRED,
        "感染日期“{value}”不早于发病日期{read}，未采用，原文保留。", 'The day of infection "{value}" is not before onset on {read}: it is set aside, kept as written.',
        "请核对感染日期。", "Check the day of infection.",
    ),
    "outcome_early": (
        REPAIRED,
        "转归日期“{value}”早于{read}，未采用，原文保留。", 'The day of outcome "{value}" is before {read}: it is set aside, kept as written.',
        "请核对转归日期。", "Check the day of outcome.",
    ),
    "exchanged": (
        REPAIRED,
        "“{value}”读作{read}：表格软件把日和月对调了（同列其他日期可证）。", '"{value}" is read as {read}: the spreadsheet had exchanged day and month, as the other dates of the column show.',
        "请把该列设为文本后核对。", "Format the column as text and check it.",
    ),
    "day_number": (
        REPAIRED,
        "“{value}”是表格软件的日期序号，读作{read}。", '"{value}" is a spreadsheet\'s day number, read as {read}.',
        "请把该列设为日期格式。", "Format the column as dates.",
    ),
    "doubtful": (
        REPAIRED,
        "“{value}”读作不详。", '"{value}" is read as not known.',
        "如已知，请补填。", "Fill it in if it is known.",
    ),
    "formula": (
        REPAIRED,
        "“{value}”像公式，只作文字保存，绝不运算。", '"{value}" looks like a formula: it is kept as text and never run.',
        "请核对原表。", "Check the sheet it came from.",
    ),
    "no_number": (
        REPAIRED,
        "没有病例编号，以行号{read}代替。", "There is no case number: the line stands for it, {read}.",
        "请补填编号，以便再次导入时认出。", "Fill in a number, so that the case is known again.",
    ),
    "own_infector": (
        REPAIRED,
        "“{value}”写成由自己感染，该联系未采用。", '"{value}" is said to have infected itself: this link is left out.',
        "请核对传染源。", "Check the infector.",
    ),
    "self_pair": (
        REFUSED,
        "“{value}”写成由自己感染。", '"{value}" is said to have infected itself.',
        "请核对传染源。", "Check the infector.",
    ),
    "names_nobody": (
        REPAIRED,
        "“{value}”中的“{read}”认不出是哪一例，未作联系，原文保留。", 'In "{value}", "{read}" names no case of this file: no link is made, the text is kept.',
        "请写病例编号。", "Write the case's number.",
    ),
    "not_in_file": (
        REPAIRED,
        "“{read}”不在本文件中，联系保留。", '"{read}" is not in this file; the link is kept.',
        "请一并导入该病例所在的文件。", "Import the file that holds this case as well.",
    ),
    "missing": (
        REFUSED,
        "缺少必填内容。", "This must not be empty.",
        "请补填该列。", "Fill in this column.",
    ),
    "bad_word": (
        REFUSED,
        "“{value}”不在可选范围：{read}。", '"{value}" is none of {read}.',
        "请改为其中之一，或留空。", "Use one of them, or leave it empty.",
    ),
    "no_date": (
        REFUSED,
        "“{value}”不是日期。", '"{value}" is no date.',
        "请写成2022-10-07。", "Write it as 2022-10-07.",
    ),
    "no_such_day": (
        REFUSED,
        "“{value}”这一天不存在。", '"{value}": there is no such day.',
        "请核对日期。", "Check the date.",
    ),
    "short_year": (
        REFUSED,
        "“{value}”的年份只有两位，不能断定年月日。", '"{value}" has a year of two digits, which leaves the day open.',
        "请把年份写成四位。", "Write the year with four digits.",
    ),
    "ambiguous": (
        REFUSED,
        "“{value}”可读作{read}，文件中没有可以断定的依据。", '"{value}" can be read as {read}, and nothing in the file decides it.',
        "请加 --dates dmy、mdy 或 ymd，或写成2022-10-07。", "Add --dates dmy, mdy or ymd, or write it as 2022-10-07.",
    ),
    "future": (
        REFUSED,
        "“{value}”在将来。", '"{value}" lies in the future.',
        "请核对年份。", "Check the year.",
    ),
    "before_birth": (
        REFUSED,
        "“{value}”早于出生日期{read}。", '"{value}" is before birth on {read}.',
        "请核对两个日期。", "Check both dates.",
    ),
    "bad_number": (
        REFUSED,
        "“{value}”应是{read}。", '"{value}" should be {read}.',
        "请改正，或留空。", "Correct it, or leave it empty.",
    ),
    "two_counties": (
        REFUSED,
        "同一病例写了两个县（区）：{read}。", "One case is placed in two counties: {read}.",
        "请只留发病时的居住地；移交请在病例页办理。", "Keep the one of residence at onset; hand a case over on its page.",
    ),
    "same_person": (
        REFUSED,
        "姓名、出生日期、性别相同的人写在两个县（区）：{read}。", "A person of one name, birth date and sex stands in two counties: {read}.",
        "如是同一人，请只留发病时居住地的一行；如确为两人，请分两次导入。",
        "If it is one person, keep the line of residence at onset; if they are two, import them in two files.",
    ),
    "bad_resource": (
        REFUSED,
        "不符合FHIR R4：{read}", "Not valid in FHIR R4: {read}",
        "请在来源系统改正后重新导出。", "Correct it where it comes from and export it again.",
    ),
    "unknown_place": (
        REFUSED,
        "“{value}”不在“{read}”之内，或没有这个地方。", '"{value}" is no place in {read}.',
        "请用区划中的名称。", "Use the name of the division.",
    ),
    "same_again": (
        REFUSED,
        "与第{read}行完全相同，只计一次。", "The same as line {read}; it counts once.",
        "无需处理。", "Nothing to do.",
    ),
    "differs": (
        REFUSED,
        "编号“{value}”有内容不同的多行：第{read}行。都未采用。", 'The number "{value}" stands on lines that differ: {read}. None of them is taken.',
        "请只留正确的一行。", "Keep the right one.",
    ),
    "cells": (
        REFUSED,
        "该行有{value}格，表头有{read}格。", "The line has {value} cells, the header {read}.",
        "请核对分隔符和引号。", "Check separators and quotation marks.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What was found on a line: repaired (it was read as something else, or left out) or refused (the line is not taken)."""

    line: int
    field: str
    column: str
    value: str
    code: str
    read: str = ""

    @property
    def verdict(self) -> str:
        return MESSAGES[self.code][0]

    @property
    def zh(self) -> str:
        return self._said(1)

    @property
    def en(self) -> str:
        return self._said(2)

    @property
    def remedy_zh(self) -> str:
        return MESSAGES[self.code][3]

    @property
    def remedy_en(self) -> str:
        return MESSAGES[self.code][4]

    def _said(self, which: int) -> str:
        return MESSAGES[self.code][which].format(value=self.value, read=self.read)


def unreadable(zh: str, en: str, *, value: str = "") -> Malformed:
    """A file of which nothing is taken."""
    return Malformed(zh, en, field="file", value=value)
