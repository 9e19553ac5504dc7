"""Files in, receipts out, and back again."""

import csv
import io
from collections import Counter
from datetime import date, timedelta

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yanmen.base.identity import synthetic_resident_id
from yanmen.base.refusals import Refusal
from yanmen.registry.tables import STAMP, neutralised, read_table, restored
from yanmen.registry.tests.conftest import NOW, scope

HEADER = ["姓名", "性别", "出生日期", "证件类型", "证件号码", "联系电话", "地区", "住址"]


def number(serial: int, born: date = date(1980, 5, 4), sex: str = "female") -> str:
    return synthetic_resident_id(serial, born_on=born, sex=sex)


def row(
    name="武爱莲",
    sex="女",
    born="1980-05-04",
    kind="居民身份证",
    document="",
    phone="",
    area="太原市清徐县",
    address="",
) -> list[str]:
    return [name, sex, born, kind if document else "", document, phone, area, address]


def as_csv(*rows: list[str], header: list[str] = HEADER, encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode(encoding)


def as_excel(*rows: list[object], header: list[str] = HEADER) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for place, cells in enumerate([header, *rows]):
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(place, column, cell, day)
            else:
                sheet.write(place, column, cell)
    book.close()
    return out.getvalue()


def take(content: bytes, own, *, kind: str = "people", now=NOW, name: str = "file.csv"):
    from yanmen.registry.files import REGISTERS
    from yanmen.registry.importing import apply, read_sheet

    importer = REGISTERS[kind].importer
    return apply(importer, read_sheet(importer, content, name, now=now), scope=own, now=now)


def try_out(content: bytes, own, *, kind: str = "people"):
    from yanmen.registry.files import REGISTERS
    from yanmen.registry.importing import preview, read_sheet

    importer = REGISTERS[kind].importer
    return preview(importer, read_sheet(importer, content, now=NOW), scope=own, now=NOW)


def people(own) -> int:
    from yanmen.registry.models import Person
    from yanmen.registry.scope import acting

    with acting(own):
        return Person.objects.count()


def test_every_line_has_a_receipt_and_bad_ones_say_field_value_and_remedy(shanxi):
    own = scope("14")
    receipt = take(
        as_csv(
            row(document=number(1), phone="13800001111"),
            row(name="", document=number(2)),
            row(document="990000198005040021"),
            row(document=number(3), born="1980-05-05"),
            row(born="04/05/1980"),
            row(area="太原市清河县"),
            row(area="城区"),
            row(area="140121999"),
            row(phone="12345"),
            row(sex="未知数"),
            row(document=number(1)),
            row(name="武艾莲", document=number(1)),
        ),
        own,
    )
    assert [each.outcome for each in receipt.rows] == ["created", *["rejected"] * 9, "matched", "rejected"]
    assert [each.field for each in receipt.rows[1:10]] == [
        "name", "id_number", "born_on", "born_on", "area", "area", "area", "phone", "sex",
    ]  # fmt: skip
    assert [each.line for each in receipt.rows] == list(range(2, 14))
    assert receipt.rows[11].field == "name"
    assert all(each.zh and each.en for each in receipt.rows if each.outcome == "rejected")
    assert receipt.rows[4].value == "04/05/1980"
    assert "990000198005040021" not in str(receipt.rows)
    assert receipt.total == 12 == receipt.created + receipt.matched + receipt.rejected
    assert people(own) == 1


CELLS = st.one_of(st.sampled_from(["", "武爱莲", "女", "male", "1980-05-04", "太原市清徐县", "140213", "=1+1", number(1), number(2), "13800001111"]), st.text(max_size=12))  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=8, max_size=8).filter(lambda cells: cells != HEADER), min_size=1, max_size=12))
def test_receipts_always_sum_to_the_input(shanxi, rows):
    from yanmen.registry.models import ImportBatch

    own = system_scope()
    try:
        receipt = take(as_csv(*rows), own)
    except Refusal:
        return
    filled = [cells for cells in rows if any(cell.strip(" \u3000\u00a0\ufeff") for cell in cells)]
    assert receipt.total == len(receipt.rows) == len(filled)
    assert Counter(each.outcome for each in receipt.rows) == Counter(receipt.counts)
    batch = ImportBatch.objects.using("owner").get(pk=receipt.batch)
    assert batch.rows == batch.created + batch.matched + batch.rejected == batch.receipts.count()


def system_scope():
    from yanmen.registry.scope import system

    return system("14")


def test_the_same_content_counts_once_whatever_the_file_is_called(shanxi):
    own = scope("14")
    content = as_csv(row(document=number(1)), row(name=""))
    first, again = take(content, own), take(content, own, name="copy.csv")
    assert (first.repeated, again.repeated) == (False, True)
    assert again.rows == first.rows
    assert again.batch == first.batch
    assert people(own) == 1


def test_a_preview_says_exactly_what_applying_does_and_changes_nothing(shanxi):
    from yanmen.registry.models import AccessLog, ImportBatch, Move

    own = scope("14")
    content = as_csv(row(document=number(1)), row(document=number(2)), row(document=number(2)), row(name=""))
    told = try_out(content, own)
    assert (told.created, told.matched, told.rejected, told.batch) == (2, 1, 1, None)
    assert people(own) == 0
    for model in (ImportBatch, AccessLog, Move):
        assert not model.objects.using("owner").exists()
    assert take(content, own).counts == told.counts


def test_excel_is_read_as_text_with_dates_as_dates(shanxi):
    from yanmen.registry.models import Person
    from yanmen.registry.scope import acting

    own = scope("14")
    receipt = take(as_excel(row(document=number(1), born=date(1980, 5, 4), phone=13800001111, area=140121)), own)
    assert receipt.created == 1
    with acting(own):
        someone = Person.objects.get()
    assert (someone.born_on, someone.area) == (date(1980, 5, 4), "140121")


def test_a_number_that_excel_has_rounded_is_refused_and_says_why():
    with pytest.raises(Refusal, match="more than 15 digits"):
        read_table(as_excel(row(document=990000198005040123)))


def test_chinese_encodings_separators_and_english_headings_are_understood(shanxi):
    own = scope("14")
    assert take(as_csv(row(document=number(1)), encoding="gb18030"), own).created == 1
    english = ["Name", "Sex", "Born on", "Document type", "Document number", "Telephone", "Area*", "Address"]
    other = as_csv(row(document=number(2)), header=english).replace(b",", b";")
    assert take(other, own).created == 1


GOOD = as_csv(row(document=number(1)), row(document=number(2)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\r\n,,,\r\n", "no lines"),
        (GOOD[:-40], "incomplete"),
        (GOOD + b'"abc', "line 4"),
        (GOOD + GOOD[3:], "joined or doubled"),
        (GOOD + b"a,b,c,d,e,f,g,h,i,j\r\n", "more cells than the header"),
        (b"PK\x03\x04 not really", "no complete Excel file"),
        (as_excel(row())[:-200], "no complete Excel file"),
        (GOOD + b"\0", "zero bytes"),
        (b"\xff\xfe\x00\x80\xff", "neither UTF-8"),
        (as_csv(row(), header=[*HEADER[:-1], "姓名"]), "appear twice"),
        (GOOD + f"{STAMP} kind=people rows=3 at=2022-10-01T00:00:00+08:00\r\n".encode(), "should have 3 rows"),
        (("a" * 2001 + "\r\nb\r\n").encode(), None),
        (b"a\r\n" + b"b" * 2001 + b"\r\n", "more than 2000 characters"),
    ],
)
def test_a_damaged_file_is_refused_as_such(content, says):
    if says is None:
        read_table(content)
        return
    with pytest.raises(Refusal, match=says) as refusal:
        read_table(content)
    assert refusal.value.field == "file"
    assert refusal.value.zh


def test_a_file_without_a_needed_column_or_with_a_column_twice_is_refused(shanxi):
    own = scope("14")
    with pytest.raises(Refusal, match="Columns are missing: Area"):
        take(as_csv(["武爱莲"], header=["姓名"]), own)
    with pytest.raises(Refusal, match="Several columns mean phone"):
        take(as_csv(["a", "b", "c", "d"], header=["姓名", "地区", "手机号", "联系电话"]), own)
    receipt = take(as_csv(["武爱莲", "清徐县", "x"], header=["姓名", "地区", "星座"]), own)
    assert receipt.created == 1
    assert receipt.ignored == ("星座",)


@given(st.text(max_size=20))
def test_neutralising_a_cell_can_be_taken_back_exactly(text):
    assert restored(neutralised(text)) == text
    assert neutralised(text)[:1] not in ("=", "+", "-", "@", "\t", "\r", "\n")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_an_export_imports_back_unchanged(shanxi, form):
    from yanmen.registry.files import export_register
    from yanmen.registry.models import Person
    from yanmen.registry.scope import acting

    own = scope("14")
    rows = [
        row(document=number(1), phone="13800001111", address='=HYPERLINK("x")'),
        row(name="O'Hara", kind="护照", document="E12345678", phone="+442079460000", address='\'-1, "x"\n2'),
        row(name="无证件者", born="", sex="", area="140213", address="'@home"),
    ]
    assert take(as_csv(*rows), own).created == 3

    def state():
        with acting(own):
            return [tuple(each.values()) for each in Person.objects.order_by("pk").values()]

    before = state()
    file = export_register("people", scope=own, now=NOW, form=form)
    assert b"13800001111" not in file
    assert number(1).encode() not in file
    back = take(file, own)
    assert (back.created, back.matched, back.rejected) == (0, 3, 0)
    assert state() == before
    again = export_register("people", scope=own, now=NOW, form=form)
    assert read_table(again).lines == read_table(file).lines
    if form == "csv":
        assert again == file


def test_an_export_is_masked_marked_logged_and_holds_no_formula(shanxi):
    from yanmen.registry.files import export_register
    from yanmen.registry.models import AccessLog

    own = scope("140121")
    take(as_csv(row(name="=cmd()", document=number(1), phone="13800001111", address="+1")), own)
    file = export_register("people", scope=own, now=NOW, reason="周报").decode("utf-8-sig")
    line = file.splitlines()[1]
    assert "'=cmd()" in line
    assert "'+1" in line
    assert "138****1111" in line
    assert file.splitlines()[-1].startswith(f"{STAMP} kind=people rows=1 by={own.by} area=140121")
    trace = AccessLog.objects.using("owner").get(what="export people")
    assert (trace.count, trace.reason, trace.account_id) == (1, "周报", own.account)


def test_an_export_that_was_cut_edited_by_a_stranger_or_is_years_old_is_refused(shanxi):
    from yanmen.registry.files import export_register

    own = scope("14")
    take(as_csv(*(row(document=number(n)) for n in range(3))), own)
    file = export_register("people", scope=own, now=NOW)
    lines = file.split(b"\r\n")
    with pytest.raises(Refusal, match="should have 3 rows and has 2"):
        take(b"\r\n".join([*lines[:2], *lines[3:]]), own)
    with pytest.raises(Refusal, match="more than a year ago"):
        take(file, own, now=NOW + timedelta(days=366))
    swapped = file.replace(b"1,", b"2,", 1) if lines[1].startswith(b"1,") else file
    assert take(swapped, own).rejected >= 1


def test_a_changed_cell_is_a_correction_and_an_area_elsewhere_a_move(shanxi):
    from yanmen.registry.files import export_register
    from yanmen.registry.models import Move, Person
    from yanmen.registry.scope import acting

    own = scope("14")
    take(as_csv(row(document=number(1), address="旧址", phone="13800001111")), own)
    file = export_register("people", scope=own, now=NOW).decode("utf-8-sig")
    edited = file.replace("旧址", "新址").replace("140121", "140213").replace("138****1111", "13900002222")
    assert take(edited.encode(), own).matched == 1
    with acting(own):
        someone = Person.objects.get()
        assert (someone.address, someone.area, Move.objects.count()) == ("新址", "140213", 1)
        from yanmen.registry.people import unsealed

        assert unsealed(someone, "phone") == "13900002222"


def test_masked_numbers_do_not_register_anybody(shanxi):
    receipt = take(as_csv(row(document="990000********0021")), scope("14"))
    assert receipt.rejected == 1
    assert receipt.rows[0].field == "id_number"


def test_rows_outside_the_askers_area_are_rejected(shanxi):
    own = scope("140213")
    receipt = take(as_csv(row(document=number(1)), row(document=number(2), area="140213")), own)
    assert [each.outcome for each in receipt.rows] == ["rejected", "created"]


@pytest.mark.parametrize(
    ("kind", "header", "line"),
    [
        (
            "places",
            ["名称", "类型", "地区", "地址", "经度", "纬度"],
            ["清徐县中医院", "hospital", "清徐县", "文源路", "112.36", "37.61"],
        ),
        (
            "organisations",
            ["名称", "类型", "地区", "统一社会信用代码"],
            ["清徐县卫健局", "authority", "清徐县", "91110000600037341L"],
        ),
        ("households", ["地区", "住址"], ["清徐县", "文源路 1 号"]),
    ],
)
def test_places_organisations_and_households_come_in_and_go_out(shanxi, kind, header, line):
    from yanmen.registry.files import export_register

    own = scope("14")
    bad = ["北京市" if cell == "清徐县" else cell for cell in line]
    receipt = take(as_csv(line, line, bad, header=header), own, kind=kind)
    assert (receipt.created, receipt.matched, receipt.rejected) == (1, 1, 1)
    file = export_register(kind, scope=own, now=NOW)
    back = take(file, own, kind=kind)
    assert (back.created, back.matched, back.rejected) == (0, 1, 0)
    assert export_register(kind, scope=own, now=NOW) == file


def test_a_subsystem_can_apply_row_by_row_and_a_refused_row_leaves_nothing_behind(shanxi):
    from yanmen.registry.importing import CREATED, Column, Importer, Outcome, apply, read_sheet
    from yanmen.registry.models import Household
    from yanmen.registry.scope import acting

    def one(values, context):
        made = Household.objects.create(area="140121", address=values["door"], created_at=context.now)
        if values["door"] == "bad":
            raise Refusal("不行。", "No.", field="door", value="bad")
        return Outcome(CREATED, str(made.pk))

    importer = Importer("doors", "门", "Doors", (Column("door", "门", "Door", required=True),), apply_row=one)
    own = scope("14")
    sheet = read_sheet(importer, "门\n一号\nbad\n".encode(), now=NOW)
    receipt = apply(importer, sheet, scope=own, now=NOW)
    assert [each.outcome for each in receipt.rows] == ["created", "rejected"]
    with acting(own):
        assert list(Household.objects.values_list("address", flat=True)) == ["一号"]


def test_a_number_that_points_nowhere_rejects_its_row_alone(shanxi):
    own = scope("14")
    header = [*HEADER, "户编号", "监护人编号"]
    receipt = take(
        as_csv([*row(document=number(1)), "", ""], [*row(), "77", ""], [*row(), "", "88"], header=header), own
    )
    assert [each.field for each in receipt.rows] == ["", "household", "guardian"]
    header = ["名称", "地区", "机构编号"]
    places = take(as_csv(["甲", "清徐县", ""], ["乙", "清徐县", "9"], header=header), own, kind="places")
    assert [each.field for each in places.rows] == ["", "organisation"]


def test_an_organisation_is_known_by_its_credit_code_and_never_doubled(shanxi):
    own = scope("14")
    header = ["编号", "名称", "地区", "统一社会信用代码"]
    first = take(
        as_csv(["", "甲公司", "清徐县", "91110000600037341L"], ["", "乙公司", "清徐县", ""], header=header),
        own,
        kind="organisations",
    )
    again = take(as_csv(["", "甲公司", "古交市", "91110000600037341L"], header=header), own, kind="organisations")
    assert (first.created, again.matched) == (2, 1)
    other = first.rows[1].subject
    clash = take(as_csv([other, "乙公司", "清徐县", "91110000600037341L"], header=header), own, kind="organisations")
    assert clash.rejected == 1


def test_what_an_import_wrote_names_its_batch(shanxi):
    from yanmen.registry.models import Move

    own, other = scope("140121"), scope("140213")
    take(as_csv(row(document=number(1))), own)
    receipt = take(as_csv(row(document=number(1), area="140213")), other)
    assert Move.objects.using("owner").get().by == f"import:{receipt.batch}"
