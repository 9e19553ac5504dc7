"""Who infected whom, as a line list and its list of contacts say: a fact a pair, about the infected person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from yanmen.base.ids import uuid7
from yanmen.base.packed import pieces
from yanmen.loop import facts
from yanmen.registry.importing import Context
from yanmen.subsystems.cases import kinds
from yanmen.subsystems.cases.actions.common import said
from yanmen.subsystems.cases.actions.line_list_courses import Count, Standing
from yanmen.subsystems.cases.methods.line_list_keys import id_of_link, is_key, key_in_source, key_unlisted
from yanmen.subsystems.cases.methods.line_list_links import Link
from yanmen.subsystems.cases.methods.line_list_rows import LineListCase
from yanmen.subsystems.cases.methods.line_lists import LineList
from yanmen.subsystems.cases.queries import line_lists
from yanmen.subsystems.cases.queries.line_lists import Told

PIECE = 4000
"""Links that are looked up and written at once."""


@dataclass
class LinkCount(Count):
    """Links stored, and the people among their ends who stand in no line that was stored: their numbers are kept."""

    infectors_unlisted: int = 0
    infected_unlisted: int = 0


@dataclass(frozen=True)
class End:
    """One end of a pair: the key of a case, in the books or known by its number only. `name` is how the books know it."""

    key: str
    name: str
    standing: Standing | None = None


@dataclass(frozen=True)
class Ends:
    """Whom the numbers of a list mean: cases in the books, else somebody known by number only."""

    listed: Mapping[str, Standing]
    source: str
    digest: str

    def find(self, number: str, known: Mapping[str, str]) -> End:
        """Who a number is. `known`: keys that numbers outside the lists got earlier beside these cases."""
        if (there := self.listed.get(number)) is not None:
            return End(there.key, there.key, there)
        if self.source:
            key = str(key_in_source(self.source, number))
        else:
            key = known.get(number) or (number.casefold() if is_key(number) else str(key_unlisted(self.digest, number)))
        return End(key, f"number:{number}")


def links_of(cases: Iterable[LineListCase], pairs: Iterable[Link]) -> list[Link]:
    """The links inside the list and those of the list of contacts, each pair once; the list of contacts knows more."""
    inside = [Link(case.line, infector, case.source_id) for case in cases for infector in case.infectors]
    return list({(each.infector, each.case): each for each in (*inside, *pairs)}.values())


def ends_of(found: LineList, pairs: Sequence[Link]) -> set[str]:
    """Numbers of the cases that are ends of a link."""
    named = {number for link in pairs for number in (link.infector, link.case)}
    for case in found.cases if "infectors" in found.columns else ():
        if case.infectors:
            named |= {case.source_id, *case.infectors}
    return named


def store_links(links: Sequence[Link], ends: Ends, context: Context) -> LinkCount:
    """Store the pairs. One whose infector is not listed keeps the number, and finds its case when a list brings it."""
    count = LinkCount()
    known: dict[str, str] = {}
    for piece in pieces(links, PIECE):
        known |= _numbers(_there(piece, ends, context).values())
    for piece in pieces(links, PIECE):
        _store(piece, ends, known, count, context)
    count.infectors_unlisted = len({link.infector for link in links} - ends.listed.keys())
    count.infected_unlisted = len({link.case for link in links} - ends.listed.keys())
    return count


def _store(links: Sequence[Link], ends: Ends, known: Mapping[str, str], count: LinkCount, context: Context) -> None:
    there = _there(links, ends, context)
    rows = []
    for link in links:
        infector, case = ends.find(link.infector, known), ends.find(link.case, known)
        about = case.standing or infector.standing
        detail = said({
            "case": case.key, "infector": infector.key, "setting": link.via.casefold(), "certainty": link.certainty,
            "infector_number": "" if infector.standing else link.infector,
            "case_number": "" if case.standing else link.case, "list_source": ends.source,
        })  # fmt: skip
        row = {
            "id": id_of_link(infector.key, case.key), "person": case.standing.person if case.standing else None,
            "area": about.area if about else context.scope.area,
            "occurred_at": about.occurred_at if about else context.now, "detail": detail,
        }  # fmt: skip
        old = next((there[pair] for pair in _names(link, infector, case) if pair in there), None)
        if old is None:
            count.created += 1
        elif _same(old, detail):
            count.matched += 1
            continue
        else:
            count.corrected += 1
            row |= {"id": uuid7(context.now), "corrects": old.id, "detail": _newer(old, detail)}
        rows.append(row)
    facts.record_many(kinds.SOURCE_TOLD.name, rows, by=context.by, now=context.now)


def _there(links: Sequence[Link], ends: Ends, context: Context) -> dict[tuple[str, str], Told]:
    """Links that count now beside these cases, by infector and case; who was not listed goes by the number."""
    keys = {end.key for link in links for end in (ends.find(link.infector, {}), ends.find(link.case, {}))}
    told = line_lists.courses(context.scope, kinds=(kinds.SOURCE_TOLD.name,), keys=keys)
    return {pair: one for one in told for pair in product(_known_as(one, "infector"), _known_as(one, "case"))}


def _known_as(one: Told, end: str) -> list[str]:
    number = one.detail.get(f"{end}_number")
    return [str(one.detail.get(end, "")), *([f"number:{number}"] if number else [])]


def _numbers(told: Iterable[Told]) -> dict[str, str]:
    """Keys of people who are known by number only."""
    ends = ("infector", "case")
    return {
        one.detail[f"{end}_number"]: one.detail[end] for one in told for end in ends if f"{end}_number" in one.detail
    }


def _names(link: Link, infector: End, case: End) -> Iterable[tuple[str, str]]:
    """How the books may know a pair: by what its ends are now, or by the numbers they had before they were listed."""
    return product(
        (infector.name, infector.key, f"number:{link.infector}"), (case.name, case.key, f"number:{link.case}")
    )


def _same(old: Told, detail: Mapping[str, Any]) -> bool:
    """Whether the books say all of this already; who was not listed then and is not now stays as noted."""
    ends = [end for end in ("infector", "case") if f"{end}_number" not in detail]
    return all(old.detail.get(name) == detail[name] for name in ("setting", "certainty", *ends) if name in detail)


def _newer(old: Told, detail: Mapping[str, Any]) -> dict[str, Any]:
    """What the books said and what is told now; who is listed now is no longer known by number."""
    merged = {**old.detail, **detail}
    for end in ("infector", "case"):
        if f"{end}_number" not in detail:
            merged.pop(f"{end}_number", None)
        elif f"{end}_number" in old.detail:
            merged[end] = old.detail[end]
    return merged
