"""Who infected whom, with weights: every case gets its candidate infectors and the weight of a source that nobody knows.

For a case i with onset on day t_i, a listed case j and the unknown source, before scaling to 1:

    weight of j        = R ((1 - found) w(t_i - t_j)  +  c T_ij found / chance)
    weight of unknown  = background  +  never_found / (1 - never_found) R (sum of w(t_i - t_j) over the listed)

w is the serial interval; R the mean number that a listed case infects; `background` the cases a day brought in from where nobody keeps a list;
`never_found` the share of infected people who are never found: they pass it on when the listed do, and whom their cases met of the listed
is chance; a policy says how many they are;
c the certainty that the two met (0 where no contact is known); `found` the chance that the contact which infected is known, and
`chance` that any two who could be a pair by their days have a known contact. So a contact on days that do not fit is no worse
than none: the one that infected may have gone unseen. T_ij is w where the days of the contact are not known, else

    T_ij = (W / L) sum over the L days d of the contact of  g(d - t_j) f(t_i - d)

with g the day of infecting counted from the infector's onset, f the incubation, and W the days in which a chance contact would
have been asked for (no fewer than L). Where `settings` tell found and chance of each setting apart (a household says more than a market), the second
term is the sum over the settings in which the two met. All numbers are arguments: nothing of a disease stands here.

Sources: weights by serial interval: Wallinga and Teunis, American Journal of Epidemiology 160 (2004) 509-516 (its relative
likelihood p_ij). Unknown source as a competing rate: Zhuang, Ogata and Vere-Jones, Journal of the American Statistical Association
97 (2002) 369-380; for infections Meyer, Elias and Höhle, Biometrics 68 (2012) 607-616. Contacts as evidence with a chance of being
reported for pairs and for others: Campbell, Cori, Ferguson and Jombart, PLoS Computational Biology 15 (2019) e1006930; weights by
contact in a school: Hens, Calatayud, Kurkela, Tamme and Wallinga, American Journal of Epidemiology 176 (2012) 196-203.

Weights of different cases are worked out apart, so two may each name the other; `trees` settles that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from yanmen.base.refusals import Refusal
from yanmen.subsystems.tracing.methods.delays import Days, Delay, Floats


@dataclass(frozen=True)
class Contact:
    """Two people met, whoever was first ill. `certainty`: 0 to 1. `days`: day numbers of the first and last meeting, if known.
    `via`: the setting in which they met, empty where it is not told."""

    one: str
    other: str
    certainty: float = 1.0
    days: tuple[int, int] | None = None
    via: str = ""


@dataclass(frozen=True)
class Setting:
    """What a contact in one setting says. `found`: the share of infections whose contact is known and was there; `chance`: how
    often any two who could be a pair by their days have a known contact there."""

    found: float
    chance: float


@dataclass(frozen=True)
class Belief:
    """The numbers of the method, as the module says. `incubation` and `infecting` (day of infecting from onset) serve contacts
    with days; without them days are not looked at. `asked_days`: days in which contacts were asked for. `settings`: found and
    chance by setting; of a contact in another one, or in none that is told, the whole `found` and `chance` hold."""

    serial: Delay
    R: float
    background: float
    found: float
    chance: float
    incubation: Delay | None = None
    infecting: Delay | None = None
    asked_days: int = 1
    settings: Mapping[str, Setting] = field(default_factory=dict)
    never_found: float = 0.0

    @property
    def beside(self) -> float:
        """Infections by people never found, for each by a listed case."""
        return self.never_found / (1 - self.never_found)

    def ratio(self, via: str) -> float:
        """How much more often than by chance a contact in this setting is known between infector and infectee."""
        setting = self.settings.get(via)
        return setting.found / setting.chance if setting else self.found / self.chance

    def __post_init__(self) -> None:
        fine = {
            "R": self.R > 0,
            "background": self.background >= 0,
            "found": 0 <= self.found < 1,
            "chance": 0 < self.chance < 1,
            "never_found": 0 <= self.never_found < 1,
            "asked_days": self.asked_days >= 1,
            "settings": all(each.found >= 0 and 0 < each.chance < 1 for each in self.settings.values())
            and sum(each.found for each in self.settings.values()) < 1,
        }
        for name, holds in fine.items():
            if not holds:
                raise Refusal(
                    "参数超出范围：R大于0，背景不为负，found与never_found在[0,1)，chance在(0,1)。",
                    "Out of range: R above 0, background not negative, found and never_found in [0, 1), chance in (0, 1).",
                    field=name, value=str(getattr(self, name)),
                )  # fmt: skip


@dataclass(frozen=True)
class Attribution:
    """A case and who may have infected it. `weights`: candidate → weight, the likeliest first; `others`: the weight of
    candidates that were not kept; `unknown`: of a source not listed. Together they are 1. `entropy`: doubt in bits, 0 is none.
    `through`: candidate → setting → the part of its weight that a contact there gives; what is left rests on the days alone."""

    case: str
    weights: dict[str, float]
    unknown: float
    others: float
    entropy: float
    through: dict[str, dict[str, float]] = field(default_factory=dict)

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
    return weighed(onsets, possible(onsets, belief, contacts), belief, keep=keep)


def weighed(
    onsets: Mapping[str, int | None], candidates: Iterable[Possible], belief: Belief, *, keep: int
) -> list[Attribution]:
    """`attribute`, for candidates that were looked for already."""
    found = {one.case: _scaled(one, _raw(one, belief), belief, keep) for one in candidates}
    return [found.get(case) or Attribution(case, {}, 1.0, 0.0, 0.0) for case in onsets]


@dataclass(frozen=True)
class Evidence:
    """What weights are made of, summed over the candidates of each case that has a day: R ((1 - found) `serial` + `met` of each
    setting times its ratio) is the weight of all its listed candidates before scaling. `met`: a row a case, a column a setting."""

    settings: tuple[str, ...]
    serial: Floats
    met: Floats


def evidence(rows: Sequence[Possible]) -> Evidence:
    """The sums of `Evidence`: they hold for any R, background, found and chance, so that those can be looked for."""
    settings = tuple(sorted({via for one in rows for parts in one.met.values() for via in parts}))
    met = np.zeros((len(rows), len(settings)))
    for at, one in enumerate(rows):
        for parts in one.met.values():
            for via, part in parts.items():
                met[at, settings.index(via)] += part
    return Evidence(settings, np.array([float(one.serial.sum()) for one in rows]), met)


@dataclass(frozen=True)
class Possible:
    """A case, its candidates by their place among `people`, w of each, and c T of those it met, by place and setting. They hold for
    any R, background, found and chance."""

    case: str
    people: list[str]
    candidates: Days
    serial: Floats
    met: dict[int, dict[str, float]]


def possible(onsets: Mapping[str, int | None], belief: Belief, contacts: Iterable[Contact]) -> Iterator[Possible]:
    """The candidates of each case that has a day, in the order of their days."""
    people = sorted((case for case, day in onsets.items() if day is not None), key=lambda case: (onsets[case], case))
    days = np.array([onsets[case] for case in people], dtype=np.int64)
    met = _by_person(contacts, {case: at for at, case in enumerate(people)})
    for at, case in enumerate(people):
        low = int(np.searchsorted(days, days[at] - belief.serial.last, "left"))
        high = int(np.searchsorted(days, days[at] - belief.serial.first, "right"))
        own = met.get(at, {})
        far = [each for each in own if not low <= each < high]
        candidates = np.union1d(np.arange(low, high), np.array(far, dtype=np.int64)) if far else np.arange(low, high)
        candidates = candidates[candidates != at]
        serial = belief.serial.at(days[at] - days[candidates])
        parts = {}
        for other, settings in own.items():
            place = int(np.searchsorted(candidates, other))
            found = {
                via: known.certainty * _time(int(days[at]), int(days[other]), known.days, float(serial[place]), belief)
                for via, known in settings.items()
            }
            if any(found.values()):
                parts[place] = {via: part for via, part in found.items() if part}
        yield Possible(case, people, candidates, serial, parts)


@dataclass(frozen=True)
class _Met:
    """All that is known of two people's contacts in a setting: how sure, and on which days (empty: unknown)."""

    certainty: float
    days: frozenset[int]


def _by_person(contacts: Iterable[Contact], known: Mapping[str, int]) -> dict[int, dict[int, dict[str, _Met]]]:
    met: dict[int, dict[int, dict[str, _Met]]] = {}
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
            settings = met.setdefault(here, {}).setdefault(there, {})
            now = _Met(each.certainty, days)
            settings[each.via] = _both(settings[each.via], now) if each.via in settings else now
    return met


def _both(one: _Met, other: _Met) -> _Met:
    """Two reports are independent evidence. Where one of them has no days, the days are unknown."""
    days = one.days | other.days if one.days and other.days else frozenset[int]()
    return _Met(1 - (1 - one.certainty) * (1 - other.certainty), days)


def _raw(one: Possible, belief: Belief) -> Floats:
    """Weights before scaling."""
    raw = one.serial * (1 - belief.found)
    for at, parts in one.met.items():
        raw[at] += sum(part * belief.ratio(via) for via, part in parts.items())
    scaled: Floats = belief.R * raw
    return scaled


def _time(onset: int, infector_onset: int, met_on: frozenset[int], serial: float, belief: Belief) -> float:
    """T_ij; `serial` where the days of the contact, or the distributions that they ask for, are not known."""
    infecting, incubation = belief.infecting, belief.incubation
    if not met_on or incubation is None or infecting is None:
        return serial
    both = sum(infecting.on(day - infector_onset) * incubation.on(onset - day) for day in met_on)
    return both * max(belief.asked_days, len(met_on)) / len(met_on)


def _scaled(one: Possible, raw: Floats, belief: Belief, keep: int) -> Attribution:
    outside = belief.background + belief.beside * belief.R * float(one.serial.sum())
    total = float(raw.sum()) + outside
    if total <= 0:
        return Attribution(one.case, {}, 1.0, 0.0, 0.0)
    weights, unknown = raw / total, outside / total
    order = np.argsort(-weights, kind="stable")[: int((weights > 0).sum())]
    shares = np.append(weights[weights > 0], [unknown] if unknown > 0 else [])
    entropy = abs(float(-(shares * np.log2(shares)).sum()))
    kept = order[:keep].tolist()
    names = {each: one.people[one.candidates[each]] for each in kept}
    through = {
        names[each]: {via: belief.R * part * belief.ratio(via) / total for via, part in one.met[each].items()}
        for each in kept
        if each in one.met
    }
    return Attribution(
        one.case, {names[each]: float(weights[each]) for each in kept}, unknown, float(weights[order[keep:]].sum()), entropy,
        through,
    )  # fmt: skip
