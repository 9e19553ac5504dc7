"""Files of instruments: every row is read, blank or rejected by name; what could harm is refused; wells are read by policy."""

from __future__ import annotations

import io
import zipfile

import pytest

from yanmen.base.refusals import Malformed, Refusal
from yanmen.subsystems.screening.methods.instrument_files import take_csv
from yanmen.subsystems.screening.methods.plates import drawn, neighbours, numbered, position, positions
from yanmen.subsystems.screening.methods.rdml import is_rdml, take_rdml
from yanmen.subsystems.screening.methods.reading import Reading, control_fault, read, target_name
from yanmen.subsystems.screening.methods.suspicions import Seen, suspicions

POLICY = Reading(("ORF1ab", "N"), 2, 40, 37, "IC", 40, ("grey", "single_target"), 1, 35, 33, 25, 4, 10)
CSV = """* Instrument = PCR-7,,,
[Results],,,
Well,Sample Name,Target Name,CT
A1,T1,ORF1ab,27.31
A1,T1,N gene,Undetermined
A01,T1,IC,24.0
B1,T2,ORF1ab,NaN
Z9,T2,N,30
B1,T2,N,fast
B1,T2,Q9,30
B1,T2,ORF1ab,31
H12,,,
"""


def sums(taken):
    return len(taken.measured) + len(taken.rejected) + taken.blank == taken.rows


def test_bad_rows_are_named_field_by_field_and_the_rest_goes_on():
    taken = take_csv(CSV.encode(), 96)
    assert sums(taken)
    assert (taken.rows, len(taken.measured), taken.blank) == (9, 4, 1)
    assert [(bad.line, bad.field, bad.value) for bad in taken.rejected] == [
        (8, "well", "Z9"), (9, "ct", "fast"), (10, "target", "Q9"), (11, "target", "ORF1ab"),
    ]  # fmt: skip
    assert taken.wells() == {"A1": {"ORF1ab": 27.31, "N": None, "IC": 24.0}, "B1": {"ORF1ab": None}}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_chinese_headings_are_read_in_every_encoding_that_instruments_write(encoding, separator):
    text = "孔位,样本名称,检测目标,Ct值\nA1,管1,N基因,28.5\nA1,管1,内标,未检出\n".replace(",", separator)
    taken = take_csv(text.encode(encoding), 96)
    assert taken.wells() == {"A1": {"N": 28.5, "IC": None}}
    assert taken.samples() == {"A1": "管1"}


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"\x81", b"\0\0\0"])
def test_a_file_without_the_columns_is_refused_as_a_whole(content):
    with pytest.raises(Malformed):
        take_csv(content, 96)


RDML = """<?xml version="1.0" encoding="UTF-8"?>
<rdml xmlns:rdml="http://www.rdml.org" xmlns="http://www.rdml.org" version="{version}">
  <sample id="T1"><type>unkn</type></sample><sample id="NC"><type>ntc</type></sample>
  <target id="ORF1ab"><type>toi</type></target><target id="N gene"><type>toi</type></target>
  <experiment id="E"><run id="R1"><pcrFormat><rows>8</rows><columns>12</columns></pcrFormat>
    <react id="1"><sample id="T1"/>
      <data><tar id="ORF1ab"/><cq>27.5</cq><adp><cyc>1</cyc><fluor>0.1</fluor></adp></data>
      <data><tar id="N gene"/><cq>-1.0</cq></data></react>
    <react id="13"><sample id="NC"/><data><tar id="ORF1ab"/></data>
      <data><tar id="N gene"/><cq>30</cq><excl>bubble</excl></data></react>
    <react id="99"><sample id="T1"/><data><tar id="N gene"/><cq>30</cq></data></react>
  </run></experiment></rdml>"""


def packed(xml, name="rdml_data.xml"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
    return buffer.getvalue()


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_rdml_is_read_by_reaction_and_target_zipped_or_not(version):
    xml = RDML.format(version=version)
    for content in (packed(xml), xml.encode()):
        assert is_rdml(content)
        taken = take_rdml(content, 96)
        assert sums(taken)
        assert taken.wells() == {"A1": {"ORF1ab": 27.5, "N": None}, "B1": {"ORF1ab": None}}
        assert [(bad.field, bad.value) for bad in taken.rejected] == [("ct", "excluded: bubble"), ("well", "99")]


BOMB = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rdml version="1.2">&b;</rdml>'


@pytest.mark.parametrize(
    "content",
    [
        BOMB.encode(),
        packed(BOMB),
        packed("<rdml version='1.2'/>"),
        packed("<rdml version='9'/>"),
        packed("<other/>"),
        packed("<rdml version='1.2'", "rdml_data.xml"),
        packed("x", "other.xml"),
        packed("<rdml version='1.2'>" + "<a>" * 50 + "</a>" * 50 + "</rdml>"),
        packed(b" " * (65 * 1024 * 1024)),
        packed(RDML.format(version="1.3"))[:-80],
        packed(RDML.format(version="1.3").replace("<rows>8", "<rows>16")),
    ],
    ids=["entities", "zipped entities", "no run", "version", "other root", "cut", "other file", "deep", "bomb", "torn zip", "shape"],
)  # fmt: skip
def test_what_could_harm_or_is_no_rdml_is_refused(content):
    with pytest.raises(Malformed):
        take_rdml(content, 96)


def test_positions_and_neighbours_of_plates():
    assert (len(positions(96)), len(positions(384))) == (96, 384)
    assert [numbered(n, 96) for n in (1, 12, 13, 96)] == ["A1", "A12", "B1", "H12"]
    assert (position(" p24 ", 384), position("a01", 96)) == ("P24", "A1")
    assert set(neighbours("A1", 96)) == {"A2", "B1", "B2"}
    assert len(list(neighbours("C5", 96))) == 8
    with pytest.raises(Refusal, match="A1 to H12"):
        position("I1", 96)
    once, again = (drawn(4, 96, positions(96), seed) for seed in ("R1", "R2"))
    assert once == drawn(4, 96, positions(96), "R1") != again


@pytest.mark.parametrize(
    ("orf", "n", "ic", "result"),
    [
        (None, None, 28, "negative"),
        (None, None, None, "invalid"),
        (41, None, 28, "negative"),
        (27, 28, None, "positive"),
        (36, 39, 28, "positive"),
        (38, 39.5, 28, "grey"),
        (None, 38, 28, "grey"),
        (30, None, 28, "single_target"),
        (30, 40.5, 28, "single_target"),
    ],
)
def test_a_well_is_read_by_the_numbers_of_the_policy(orf, n, ic, result):
    assert read({"ORF1ab": orf, "N": n, "IC": ic}, POLICY) == result


def test_a_well_without_one_of_its_targets_is_not_read():
    assert read({"ORF1ab": None, "IC": 28}, POLICY) == ""
    assert read({"ORF1ab": None, "N": None}, POLICY) == ""


def test_controls_are_right_or_say_what_is_wrong():
    assert control_fault("negative", {"ORF1ab": None, "N": None, "IC": None}, POLICY) == ""
    assert control_fault("negative", {"ORF1ab": None, "N": 38.0}, POLICY) == "negative_control"
    assert control_fault("weak_positive", {"ORF1ab": 33.0, "N": None}, POLICY) == "weak_positive_control"
    assert control_fault("positive", {"ORF1ab": 25.0, "N": 25.0}, POLICY) == ""
    assert control_fault("positive", {}, POLICY) == "unread_control"


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("ORF1a/b", "ORF1ab"),
        ("N gene", "N"),
        ("N基因", "N"),
        ("RNase P", "IC"),
        ("内标", "IC"),
        ("E-gene", "E"),
        ("flu", ""),
    ],
)
def test_targets_go_by_many_names(said, target):
    assert target_name(said) == target


def seen(where, lowest, control="", result=None):
    cts = {"ORF1ab": lowest, "N": lowest, "IC": 28.0}
    return Seen(where, control, cts, read(cts, POLICY) if result is None and not control else result or "")


def names(doubts):
    return {where: [each["doubt"] for each in found] for where, found in doubts.items()}


def test_a_weak_positive_beside_a_strong_one_is_suspected_and_a_far_one_is_not():
    plate = [seen("A1", 18.0), seen("B2", 34.0), seen("D4", 34.0), seen("A2", None)]
    assert names(suspicions(plate, 96, POLICY)) == {"B2": ["neighbour"]}


def test_a_single_gene_a_grey_well_and_a_high_ct_say_so():
    single = Seen("A1", "", {"ORF1ab": 30.0, "N": None, "IC": 28.0}, "single_target")
    plate = [single, seen("C3", 38.0), seen("E5", 36.0), *(seen(f"H{n}", None) for n in range(1, 13))]
    found = names(suspicions(plate, 96, POLICY))
    assert found == {"A1": ["single_gene"], "C3": ["grey_zone", "high_ct"], "E5": ["high_ct"]}


def test_many_weak_positives_or_a_curve_in_a_negative_control_put_the_batch_in_doubt():
    rise = [seen(where, 34.0) for where in ("A1", "A5", "A9", "C1")] + [seen(f"H{n}", None) for n in range(1, 13)]
    assert names(suspicions(rise, 96, POLICY)) == {where: ["batch"] for where in ("A1", "A5", "A9", "C1")}
    lone = [seen("A1", 34.0), seen("H12", 37.5, control="negative"), *(seen(f"E{n}", None) for n in range(1, 13))]
    assert names(suspicions(lone, 96, POLICY)) == {"A1": ["negative_control"]}
