"""Which disease a line list means: names in Chinese, English and other systems' words, and codes of ICD-10, to one code.

A name that is not known is not guessed, so that a misspelt COVID-19 never becomes a disease without rules.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

from yanmen.base.diseases import COVID, DISEASES

_CODE = re.compile(r"[a-z][a-z0-9_]{1,39}$")
NAMES: dict[str, tuple[str, ...]] = {
    COVID: ("covid-19", "covid", "coronavirus", "sars-cov-2", "新冠", "新冠肺炎", "新冠病毒感染", "新型冠状病毒肺炎"),
    "sars": ("非典", "severe acute respiratory syndrome"),
    "mers": ("mers-cov",),
    "h7n9": ("avian influenza h7n9", "influenza a(h7n9)", "人感染h7n9"),
    "avian_influenza": ("人禽流感", "h5n1"),
    "influenza": ("flu", "流感", "new_influenza"),
    "ebola": ("evd", "ebola haemorrhagic fever", "埃博拉", "埃博拉病毒病"),
    "marburg": ("mvd", "马尔堡病毒病"),
    "mpox": ("monkeypox",),
    "norovirus": ("norovirus", "诺如", "诺如病毒"),
    "tuberculosis": ("tb", "结核"),
    "varicella": ("chickenpox", "水痘"),
    "smallpox": ("天花",),
    "dengue": ("dengue fever", "登革热"),
    "yellow_fever": ("黄热病",),
    "polio": ("poliomyelitis", "脊髓灰质炎"),
    "rabies": ("狂犬病",),
    "hfmd": ("hand, foot and mouth disease", "手足口病"),
}  # fmt: skip
ICD10 = {
    COVID: "U07.1", "sars": "U04.9", "h7n9": "J09", "influenza": "J11", "ebola": "A98.4", "marburg": "A98.3",
    "lassa": "A96.2", "plague": "A20", "cholera": "A00", "measles": "B05", "mpox": "B04", "norovirus": "A08.1",
    "varicella": "B01", "smallpox": "B03", "dengue": "A97", "yellow_fever": "A95", "polio": "A80", "rabies": "A82",
    "hfmd": "B08.4",
}  # fmt: skip
"""Categories of ICD-10 (WHO, edition of 2019)."""


def disease_of(text: str) -> str | None:
    """The code of a disease by any of its names or its ICD-10 code; None if nobody knows the name."""
    return _BY_NAME.get(_plain(text))


def meant(code: str) -> str:
    """The known disease that a code nobody knows is one or two letters from: most likely a slip; empty if there is none."""
    known = set(_BY_NAME.values()) | set(DISEASES)
    return "" if code in known else next(iter(get_close_matches(code, sorted(known), n=1, cutoff=0.75)), "")


def is_code(text: str) -> bool:
    """Whether somebody may use this as the code of a disease that is in no table here."""
    return bool(_CODE.match(text))


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-()（）]+", "", text).casefold()


_BY_NAME = (
    {_plain(name): code for code, names in NAMES.items() for name in (code, *names)}
    | {_plain(name): code for code, one in DISEASES.items() if code != "other" for name in (code, *one.values())}
    | {_plain(icd): code for code, icd in ICD10.items()}
)
