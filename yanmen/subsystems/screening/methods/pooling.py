"""How many people share a tube: two-stage pool testing with tests that err and with dilution.

A tube of k people is tested; if it is not negative each of them is tested alone. p: prevalence, q = (1-p)^k, Sp: specificity of
one test, Se: its sensitivity for a sample alone, Se_k: for a tube of k.

    tests a person         E(k) = 1/k + Se_k (1 - q) + (1 - Sp) q,   and 1 for k = 1
    pooling sensitivity    PSe  = Se_k Se                            (Se for k = 1)
    pooling specificity    PSp  = 1 - (1 - Sp) (Se_k (1 - (1-p)^(k-1)) + (1 - Sp) (1-p)^(k-1))     (Sp for k = 1)

Sources: Dorfman, "The detection of defective members of large populations", Annals of Mathematical Statistics 14 (1943)
436-440; with errors: Kim, Hudgens, Dreyfuss, Westreich and Pilcher, "Comparison of group testing algorithms for case
identification in the presence of test error", Biometrics 63 (2007) 1152-1163, section 3.1 (hierarchical, two stages).
Results equal those of the R package binGroup2 1.3.3 (`OTC1`, algorithm "D2").

Dilution: Hwang, "Group testing with a dilution effect", Biometrika 63 (1976) 671-673: Se_k = Se p / (1 - (1-p)^(k^d)) with
0 <= d <= 1; d = 0 dilutes nothing, d = 1 thins as k does, and for a rare disease Se_k is Se k^-d. Measured on SARS-CoV-2: Bateman, Mueller,
Guenther and Shult, Journal of Medical Virology 93 (2021) 1568-1572: 93, 91 and 81 % in pools of 5, 10 and 50; d = 0.05 says 92, 89, 82.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import expm1, log1p

from yanmen.base.refusals import Refusal

LARGEST = 200
MOST = 50


@dataclass(frozen=True)
class Pool:
    """What a size of tube means: tests a person, who is found, who is wrongly told, and what a result is worth."""

    size: int
    tests: float
    sensitivity: float
    specificity: float
    tube_sensitivity: float
    tubes_not_negative: float
    positive_value: float
    negative_value: float

    @property
    def saved(self) -> float:
        """Part of the tests that testing everybody alone would take."""
        return 1 - self.tests


def pool(size: int, prevalence: float, *, se: float = 1.0, sp: float = 1.0, dilution: float = 0.0) -> Pool:
    """One size of tube. Probabilities from 0 to 1; `dilution` is Hwang's d."""
    _check(prevalence, se, sp, dilution)
    if not 1 <= size <= LARGEST:
        raise _refused("size", size, f"每管人数须在1至{LARGEST}之间。", f"A tube holds 1 to {LARGEST} people.")
    tube = _tube_sensitivity(size, prevalence, se, dilution)
    clear, others_clear = (1 - prevalence) ** size, (1 - prevalence) ** (size - 1)
    marked = tube * (1 - clear) + (1 - sp) * clear
    if size == 1:
        tests, found, right = 1.0, se, sp
    else:
        tests, found = 1 / size + marked, tube * se
        right = 1 - (1 - sp) * (tube * (1 - others_clear) + (1 - sp) * others_clear)
    sick, well = prevalence, 1 - prevalence
    positive = _part(sick * found, well * (1 - right))
    negative = _part(well * right, sick * (1 - found))
    return Pool(size, tests, found, right, tube, marked, positive, negative)


def best_pool(
    prevalence: float,
    *,
    se: float = 1.0,
    sp: float = 1.0,
    dilution: float = 0.0,
    sizes: Iterable[int] = range(1, MOST + 1),
    least_sensitivity: float = 0.0,
) -> Pool:
    """The size with the fewest tests a person; of equals the smaller tube.

    Where a test misses people a large tube saves tests by missing them: `least_sensitivity` is what the whole procedure must
    keep. Refuses where no size keeps it.
    """
    every = pools(prevalence, se=se, sp=sp, dilution=dilution, sizes=sizes)
    kept = [each for each in every if each.sensitivity >= least_sensitivity]
    if not kept:
        best = max(every, key=lambda each: each.sensitivity)
        raise _refused(
            "least_sensitivity", least_sensitivity,
            f"没有混检规模能达到该灵敏度；最高为{best.sensitivity:.4f}（每管{best.size}人）。请降低要求或改用更灵敏的方法。",
            f"No size keeps that sensitivity; the most is {best.sensitivity:.4f} with {best.size} in a tube. Ask for less, or test better.",
        )  # fmt: skip
    return min(kept, key=lambda each: (each.tests, each.size))


def pools(
    prevalence: float, *, se: float = 1.0, sp: float = 1.0, dilution: float = 0.0, sizes: Iterable[int]
) -> list[Pool]:
    """Several sizes side by side, the smallest first."""
    wanted = sorted(set(sizes))
    if not wanted:
        raise _refused("sizes", "", "请给出至少一种每管人数。", "Give at least one size of tube.")
    return [pool(size, prevalence, se=se, sp=sp, dilution=dilution) for size in wanted]


def _tube_sensitivity(size: int, prevalence: float, se: float, dilution: float) -> float:
    """Hwang's model; its limit for a disease that nobody has."""
    thinned = float(size**dilution)
    if prevalence in (0, 1):
        return se / thinned if prevalence == 0 else se
    return se * prevalence / -expm1(thinned * log1p(-prevalence))


def _part(right: float, wrong: float) -> float:
    return right / (right + wrong) if right + wrong else 0.0


def _check(prevalence: float, se: float, sp: float, dilution: float) -> None:
    known = {"prevalence": prevalence, "se": se, "sp": sp, "dilution": dilution}
    for field, value in known.items():
        if not 0 <= value <= 1:
            raise _refused(field, value, "须在0与1之间。", "This lies between 0 and 1.")


def _refused(field: str, value: object, zh: str, en: str) -> Refusal:
    return Refusal(zh, en, field=field, value=str(value))
