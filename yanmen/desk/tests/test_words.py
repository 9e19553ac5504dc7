"""Rule lines and values read as sentences in both languages."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(scope="module")
def rule(db: str) -> Any:
    from yanmen.desk.policy_book import rule_or_none

    return rule_or_none("arrivals.from_high_risk_area")


@pytest.mark.parametrize(
    ("line", "zh", "en"),
    [
        ("tier = 'high'", "风险等级为高风险", "Highest tier is High risk"),
        ("in_area is not true", "本人负责地区是否就在该风险区内：否，或不明", "Whether the person's own area lies inside the area that has the tier: no, or not known"),
        ("spread = true", "所在县是否有社区传播：是", "Whether the county had community spread: yes"),
    ],
)  # fmt: skip
def test_a_rule_line_reads_as_a_sentence(line: str, zh: str, en: str, rule: Any) -> None:
    from yanmen.desk.said import line_in_words

    assert line_in_words(rule, line) == {"zh": zh, "en": en}


def test_a_line_says_the_value_in_force(rule: Any) -> None:
    from yanmen.desk.said import line_in_words
    from yanmen.loop.policy.words import Days

    told = line_in_words(rule, "left_on >= known_on - look_back", {"look_back": Days(7)})
    assert told["zh"].endswith("追溯期（7 天）")
    assert told["en"].endswith("Look-back (7 days)")


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("tests", [1, 3, 5], "第 1、3、5 天", "day 1, 3, 5"),
        ("look_back", 1, "1 天", "1 day"),
        ("reclassify", False, "否", "no"),
        ("kinds", [], "无", "none"),
        ("anything", None, "–", "–"),
    ],
)
def test_a_value_reads_in_both_languages(name: str, value: object, zh: str, en: str, db: str) -> None:
    from yanmen.desk.said import value_in_words

    assert value_in_words(name, value) == {"zh": zh, "en": en}
