"""The closed lists of a test, each word with both titles."""

RESULTS = {
    "negative": {"zh": "阴性", "en": "Negative"},
    "positive": {"zh": "阳性", "en": "Positive"},
    "grey": {"zh": "灰区", "en": "Grey zone"},
}
METHODS = {"nat": {"zh": "核酸", "en": "Nucleic acid"}, "antigen": {"zh": "抗原", "en": "Antigen"}}
SWABS = {
    "oropharyngeal": {"zh": "口咽拭子", "en": "Oropharyngeal"},
    "nasopharyngeal": {"zh": "鼻咽拭子", "en": "Nasopharyngeal"},
    "nasal": {"zh": "鼻拭子", "en": "Nasal"},
}
