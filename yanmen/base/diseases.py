"""Names of diseases: the codes that facts carry, with both titles. What is done about one a policy says."""

from collections.abc import Mapping

COVID = "covid19"
"""The disease of a report that names none."""

DISEASES = {
    COVID: {"zh": "新型冠状病毒感染", "en": "COVID-19"},
    "sars": {"zh": "传染性非典型肺炎", "en": "SARS"},
    "mers": {"zh": "中东呼吸综合征", "en": "MERS"},
    "h7n9": {"zh": "人感染H7N9禽流感", "en": "Avian influenza A(H7N9)"},
    "avian_influenza": {"zh": "人感染高致病性禽流感", "en": "Avian influenza in humans"},
    "influenza": {"zh": "流行性感冒", "en": "Influenza"},
    "ebola": {"zh": "埃博拉出血热", "en": "Ebola virus disease"},
    "marburg": {"zh": "马尔堡出血热", "en": "Marburg virus disease"},
    "lassa": {"zh": "拉沙热", "en": "Lassa fever"},
    "nipah": {"zh": "尼帕病毒病", "en": "Nipah virus disease"},
    "plague": {"zh": "鼠疫", "en": "Plague"},
    "cholera": {"zh": "霍乱", "en": "Cholera"},
    "measles": {"zh": "麻疹", "en": "Measles"},
    "mpox": {"zh": "猴痘", "en": "Mpox"},
    "norovirus": {"zh": "诺如病毒感染", "en": "Norovirus infection"},
    "tuberculosis": {"zh": "肺结核", "en": "Tuberculosis"},
    "varicella": {"zh": "水痘", "en": "Varicella"},
    "hfmd": {"zh": "手足口病", "en": "Hand, foot and mouth disease"},
    "dengue": {"zh": "登革热", "en": "Dengue"},
    "yellow_fever": {"zh": "黄热病", "en": "Yellow fever"},
    "polio": {"zh": "脊髓灰质炎", "en": "Poliomyelitis"},
    "rabies": {"zh": "狂犬病", "en": "Rabies"},
    "smallpox": {"zh": "天花", "en": "Smallpox"},
    "other": {"zh": "其他传染病", "en": "Another disease"},
}


def disease_title(disease: str) -> Mapping[str, str]:
    """The titles of a disease; a code that is in no list here stands for itself."""
    return DISEASES.get(disease or COVID, {"zh": disease, "en": disease})
