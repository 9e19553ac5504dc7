"""What is printed: labels and lists as PDF, whose codes a scanner reads back, and whose words are there to read."""

from __future__ import annotations

import os

import httpx
import pypdfium2
import pytest
import zxingcpp
from stdnum import luhn

from yanmen.desk import printing
from yanmen.subsystems.screening.actions.labels import SHEET
from yanmen.subsystems.screening.tests import county
from yanmen.subsystems.screening.tests.county import COUNTY, OTHER
from yanmen.subsystems.screening.tests.test_transport import carried

pytestmark = pytest.mark.skipif(not printing.chinese_font(), reason="no Chinese font: apt-get install fonts-noto-cjk")


@pytest.fixture
def town(clean):
    return county.open_county()


def read(answer: httpx.Response) -> tuple[str, list[str]]:
    """The words of a PDF, and every code on its pages, as a scanner of 200 dots an inch sees them."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text[:500]
    words, codes = "", []
    for page in pypdfium2.PdfDocument(answer.content):
        if shots := os.environ.get("YANMEN_SHOTS"):
            page.render(scale=1.5).to_pil().save(f"{shots}/print-{len(answer.content)}-{len(words)}.png")
        words += page.get_textpage().get_text_range()
        codes += [each.text for each in zxingcpp.read_barcodes(page.render(scale=200 / 72, grayscale=True).to_numpy())]
    return words, codes


def test_every_label_of_a_sheet_is_read_back_and_no_number_comes_twice(town, sign_in):
    site, _ = town
    sampler = sign_in("sampling", COUNTY)
    path = f"/screening/sites/{site.pk}/labels/"
    assert "38.1×21.2" in sampler.get(path).text

    def printed(sheets):
        form = {"sheets": sheets, "csrfmiddlewaretoken": sampler.cookies["csrftoken"]}
        return sampler.post(path, data=form, headers={"Referer": str(sampler.base_url)})

    words, codes = read(printed("2"))
    assert len(codes) == len(set(codes)) == 2 * SHEET
    assert all(code[0] == "S" and luhn.is_valid(code[1:]) for code in codes)
    assert "东观采样点" in words
    _, more = read(printed("1"))
    assert not set(codes) & set(more)
    assert printed("21").status_code == printed("").status_code == 422
    assert sign_in("sampling", OTHER).get(path).status_code == 404


def test_the_label_and_the_list_of_a_box_name_it_and_what_is_in_it(town, sign_in):
    site, _ = town
    county.bind("T1", county.people(3), site)
    box = carried(town, [f"T{number}" for number in range(1, 61)], code="SX-BOX-7")
    courier = sign_in("screening.courier", COUNTY)
    words, codes = read(courier.get(f"/screening/boxes/{box.pk}/list.pdf"))
    assert set(codes) == {"SX-BOX-7"}
    said = "".join(words.split())
    for word in ("样本转运清单", "东观采样点", "平遥实验室", "60管tubes", "晋K12345", "T60", "Takenover"):
        assert word in said
    words, codes = read(courier.get(f"/screening/boxes/{box.pk}/label.pdf"))
    assert codes == ["SX-BOX-7"]
    assert "UN3373" in words
    assert sign_in("sampling", "140902").get(f"/screening/boxes/{box.pk}/list.pdf").status_code == 404


def test_without_a_chinese_font_it_says_what_to_install(town, sign_in, monkeypatch):
    box = carried(town, ["T1"])
    monkeypatch.setattr(printing, "chinese_font", lambda: "")
    answer = sign_in("sampling", COUNTY).get(f"/screening/boxes/{box.pk}/label.pdf")
    assert answer.status_code == 422
    assert "fonts-noto-cjk" in answer.text
