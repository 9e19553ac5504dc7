"""Which rare spellings of a name are a common one misspelt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

SHORTEST = 6
"""Shorter words differ by a letter too easily. Words with digits and Chinese names (第一医院, 第二医院) never match."""
RARER = 5


def misspelt(counts: Mapping[str, int]) -> dict[str, str]:
    """Misspelt → meant: a name at least five times as frequent whose words differ by one letter, or are anagrams.

    The first letter must agree, so that "Northern" never becomes "Southern".
    """
    common = sorted(counts, key=lambda name: -counts[name])
    meant = {}
    for name in common:
        better = next((each for each in common if counts[each] >= RARER * counts[name] and _near(name, each)), None)
        if better:
            meant[name] = better
    return meant


def _near(name: str, other: str) -> bool:
    words, others = name.casefold().split(), other.casefold().split()
    return len(words) == len(others) and all(map(_same_word, words, others))


def _same_word(word: str, other: str) -> bool:
    if word == other:
        return True
    if min(len(word), len(other)) < SHORTEST or not (word + other).isascii() or not (word + other).isalpha():
        return False
    return word[0] == other[0] and (Counter(word) == Counter(other) or _one_letter(word, other))


def _one_letter(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    if len(long) - len(short) > 1:
        return False
    start = 0
    while start < len(short) and short[start] == long[start]:
        start += 1
    return short[start + (len(short) == len(long)) :] == long[start + 1 :]
