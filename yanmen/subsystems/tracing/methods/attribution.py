"""Who infected whom, with weights: every case gets its candidate infectors and the weight of a source that nobody knows.

For a case i with onset on day t_i, a listed case j and the unknown source, before scaling to 1:

    weight of j        = R ((1 - found) w(t_i - t_j)  +  c T_ij found / chance)
    weight of unknown  = background

w is the serial interval; R the mean number that a listed case infects; `background` the cases a day whose source is not listed;
c the certainty that the two met (0 where no contact is known); `found` the chance that the contact which infected is known, and
`chance` that any two who could be a pair by their days have a known contact. So a contact on days that do not fit is no worse
than none: the one that infected may have gone unseen. T_ij is w where the days of the contact are not known, else

    T_ij = (W / L) sum over the L days d of the contact of  g(d - t_j) f(t_i - d)

with g the day of infecting counted from the infector's onset, f the incubation, and W the days in which a chance contact would
have been asked for. All numbers are arguments: nothing of a disease stands here.

Sources: weights by serial interval: Wallinga and Teunis, American Journal of Epidemiology 160 (2004) 509-516 (its relative
likelihood p_ij). Unknown source as a competing rate: Zhuang, Ogata and Vere-Jones, Journal of the American Statistical Association
97 (2002) 369-380; for infections Meyer, Elias and Höhle, Biometrics 68 (2012) 607-616. Contacts as evidence with a chance of being
reported for pairs and for others: Campbell, Cori, Ferguson and Jombart, PLoS Computational Biology 15 (2019) e1006930; weights by
contact in a school: Hens, Calatayud, Kurkela, Tamme and Wallinga, American Journal of Epidemiology 176 (2012) 196-203.

Weights of different cases are worked out apart, so two may each name the other; `trees` settles that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from yanmen.base.refusals import Refusal
from yanmen.subsystems.tracing.methods.delays import Days, Delay, Floats


@dataclass(frozen=True)
class Contact:
    """Two people met, whoever was first ill. `certainty`: 0 to 1. `days`: day numbers of the first and last meeting, if known."""

    one: str
    other: str
    certainty: float = 1.0
    days: tuple[int, int] | None = None


@dataclass(frozen=True)
class Belief:
    """The numbers of the method, as the module says. `incubation` and `infecting` (day of infecting from onset) serve contacts
    with days; without them days are not looked at. `asked_days`: days in which contacts were asked for."""

    serial: Delay
    R: float
    background: float
    found: float
    chance: float
    incubation: Delay | None = None
    infecting: Delay | None = None
    asked_days: int = 1

    def __post_init__(self) -> None:
        fine = {
            "R": self.R > 0,
            "background": self.background >= 0,
            "found": 0 <= self.found < 1,
            "chance": 0 < self.chance < 1,
            "asked_days": self.asked_days >= 1,
        }
        for name, holds in fine.items():
            if not holds:
                raise Refusal(
                    "参数超出范围：R大于0，背景不为负，found在[0,1)，chance在(0,1)。",
                    "Out of range: R above 0, background not negative, found in [0, 1), chance in (0, 1).",
                    field=name, value=str(getattr(self, name)),
                )  # fmt: skip


@dataclass(frozen=True)
class Attribution:
    """A case and who may have infected it. `weights`: candidate → weight, the likeliest first; `others`: the weight of
    candidates that were not kept; `unknown`: of a source not listed. Together they are 1. `entropy`: doubt in bits, 0 is none."""

    case: str
    weights: dict[str, float]
    unknown: float
    others: float
    entropy: float

    @property
    def likeliest(self) -> str | None:
        """The likeliest source; None where it is one that nobody knows."""
        best = next(iter(self.weights), None)
        return best if best is not None and self.weights[best] > self.unknown else None


def attribute(
    onsets: Mapping[str, int | None], belief: Belief, *, contacts: Iterable[Contact] = (), keep: int = 100
) -> list[Attribution]:
    """One attribution a case, in the order of `onsets` (case → day number of onset, any origin).

    A case without a day, or without any candidate, has an unknown source. `keep`: candidates told by name at most.
    Contacts of people who are not in `onsets` count for nothing; of several between the same two all days count.
    Refuses a certainty outside 0 to 1 and days that end before they begin.
    """
    people = sorted((case for case, day in onsets.items() if day is not None), key=lambda case: (onsets[case], case))
    days = np.array([onsets[case] for case in people], dtype=np.int64)
    met = _by_person(contacts, {case: at for at, case in enumerate(people)})
    found = {}
    for at, case in enumerate(people):
        low = int(np.searchsorted(days, days[at] - belief.serial.last, "left"))
        high = int(np.searchsorted(days, days[at] - belief.serial.first, "right"))
        candidates = np.union1d(np.arange(low, high), np.array(list(met.get(at, ())), dtype=np.int64))
        candidates = candidates[candidates != at]
        raw = _raw(int(days[at]), days, candidates, met.get(at, {}), belief)
        found[case] = _scaled(case, [people[each] for each in candidates], raw, belief.background, keep)
    return [found.get(case) or Attribution(case, {}, 1.0, 0.0, 0.0) for case in onsets]


@dataclass(frozen=True)
class _Met:
    """All that is known of two people's contacts: how sure, and on which days (empty: unknown)."""

    certainty: float
    days: frozenset[int]


def _by_person(contacts: Iterable[Contact], known: Mapping[str, int]) -> dict[int, dict[int, _Met]]:
    met: dict[int, dict[int, _Met]] = {}
    for each in contacts:
        if not 0 <= each.certainty <= 1 or (each.days and each.days[1] < each.days[0]):
            raise Refusal(
                "把握须在0与1之间，接触末日不得早于首日。", "Certainty is 0 to 1; a contact ends on or after its first day.",
                field="contacts", value=f"{each.one} {each.other}",
            )  # fmt: skip
        if each.one not in known or each.other not in known or each.one == each.other:
            continue
        one, other = known[each.one], known[each.other]
        days = frozenset(range(each.days[0], each.days[1] + 1)) if each.days else frozenset[int]()
        for here, there in ((one, other), (other, one)):
            before = met.setdefault(here, {}).get(there)
            met[here][there] = _both(before, _Met(each.certainty, days)) if before else _Met(each.certainty, days)
    return met


def _both(one: _Met, other: _Met) -> _Met:
    """Two reports are independent evidence. Where one of them has no days, the days are unknown."""
    days = one.days | other.days if one.days and other.days else frozenset[int]()
    return _Met(1 - (1 - one.certainty) * (1 - other.certainty), days)


def _raw(onset: int, days: Days, candidates: Days, met: Mapping[int, _Met], belief: Belief) -> Floats:
    serial = belief.serial.at(onset - days[candidates])
    raw = serial * (1 - belief.found)
    for at, candidate in enumerate(candidates.tolist()):
        if candidate in met:
            sure = met[candidate].certainty
            timing = _timing(onset, int(days[candidate]), met[candidate].days, belief)
            timing = float(serial[at]) if timing is None else timing
            raw[at] += sure * timing * belief.found / belief.chance
    scaled: Floats = belief.R * raw
    return scaled


def _timing(onset: int, infector_onset: int, met_on: frozenset[int], belief: Belief) -> float | None:
    """T_ij for a contact with days; None where days or distributions are not known."""
    if not met_on or belief.incubation is None or belief.infecting is None:
        return None
    met_days = np.array(sorted(met_on), dtype=np.int64)
    both = belief.infecting.at(met_days - infector_onset) * belief.incubation.at(onset - met_days)
    return float(both.sum()) * belief.asked_days / len(met_on)


def _scaled(case: str, names: list[str], raw: Floats, background: float, keep: int) -> Attribution:
    total = float(raw.sum()) + background
    if total <= 0:
        return Attribution(case, {}, 1.0, 0.0, 0.0)
    weights, unknown = raw / total, background / total
    order = np.argsort(-weights, kind="stable")[: int((weights > 0).sum())]
    shares = np.append(weights[weights > 0], [unknown] if unknown > 0 else [])
    entropy = abs(float(-(shares * np.log2(shares)).sum()))
    kept = {names[each]: float(weights[each]) for each in order[:keep]}
    return Attribution(case, kept, unknown, float(weights[order[keep:]].sum()), entropy)
