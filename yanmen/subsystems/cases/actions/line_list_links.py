"""Who infected whom, as a line list and its list of contacts say: a fact a pair, about the infected person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yanmen.base.ids import uuid7
from yanmen.loop import facts
from yanmen.registry.importing import Context
from yanmen.subsystems.cases import kinds
from yanmen.subsystems.cases.actions.common import said
from yanmen.subsystems.cases.actions.line_list_courses import Count, Standing
from yanmen.subsystems.cases.methods.line_list_keys import id_of_link, is_key, key_in_source, key_unlisted
from yanmen.subsystems.cases.methods.line_list_links import Link
from yanmen.subsystems.cases.methods.line_list_rows import LineListCase
from yanmen.subsystems.cases.queries import line_lists
from yanmen.subsystems.cases.queries.line_lists import Told


@dataclass
class LinkCount(Count):
    """Links stored, and the people among their ends who stand in no line that was stored: their numbers are kept."""

    infectors_unlisted: int = 0
    infected_unlisted: int = 0


@dataclass(frozen=True)
class Ends:
    """Whom the numbers of a list mean: cases in the books, else somebody known by number only."""

    listed: Mapping[str, Standing]
    source: str
    digest: str

    def find(self, number: str) -> tuple[str, Standing | None]:
        """The key for a number, and its case where there is one."""
        if (known := self.listed.get(number)) is not None:
            return known.key, known
        if self.source:
            return str(key_in_source(self.source, number)), None
        return number.casefold() if is_key(number) else str(key_unlisted(self.digest, number)), None


def links_of(cases: Iterable[LineListCase], pairs: Iterable[Link]) -> list[Link]:
    """The links inside the list and those of the list of contacts, each pair once; the list of contacts knows more."""
    inside = [Link(case.line, infector, case.source_id) for case in cases for infector in case.infectors]
    return list({(each.infector, each.case): each for each in (*inside, *pairs)}.values())


def store_links(links: Sequence[Link], ends: Ends, context: Context) -> LinkCount:
    """Store the pairs. One whose infector is not listed keeps the number, and finds its case when a list brings it."""
    count = LinkCount()
    found = [(link, ends.find(link.infector), ends.find(link.case)) for link in links]
    count.infectors_unlisted = len({link.infector for link, (_, standing), _ in found if standing is None})
    count.infected_unlisted = len({link.case for link, _, (_, standing) in found if standing is None})
    there = _there(context, {key for _, _, (key, _) in found})
    rows = []
    for link, (infector, infector_there), (case, case_there) in found:
        about = case_there or infector_there
        detail = said({
            "case": case, "infector": infector, "setting": link.via.casefold(), "certainty": link.certainty,
            "infector_number": "" if infector_there else link.infector,
            "case_number": "" if case_there else link.case, "list_source": ends.source,
        })  # fmt: skip
        row = {
            "id": id_of_link(infector if infector_there or ends.source else f"number:{link.infector}", case),
            "person": case_there.person if case_there else None, "area": about.area if about else context.scope.area,
            "occurred_at": about.occurred_at if about else context.now, "detail": detail,
        }  # fmt: skip
        known = there.get((case, infector)) or there.get((case, f"number:{link.infector}"))
        if known is None:
            count.created += 1
        elif _same(known, detail):
            count.matched += 1
            continue
        else:
            count.corrected += 1
            row |= {"id": uuid7(context.now), "corrects": known.id, "detail": {**known.detail, **detail}}
            if infector_there:
                row["detail"] = _without(row["detail"], "infector_number")
        rows.append(row)
    facts.record_many(kinds.SOURCE_TOLD.name, rows, by=context.by, now=context.now)
    return count


def _there(context: Context, keys: set[str]) -> dict[tuple[str, str], Told]:
    """Links that count now, by case and infector, and by the number of an infector who was not listed."""
    return dict(_by_ends(line_lists.courses(context.scope, kinds=(kinds.SOURCE_TOLD.name,), keys=keys)))


def _by_ends(told: Iterable[Told]) -> Iterator[tuple[tuple[str, str], Told]]:
    for one in told:
        yield (one.key, str(one.detail.get("infector", ""))), one
        if number := one.detail.get("infector_number"):
            yield (one.key, f"number:{number}"), one


def _same(known: Told, detail: Mapping[str, Any]) -> bool:
    """Whether the books say all of this already. An unlisted infector of another file is known by the number."""
    by_number = "infector_number" in detail and known.detail.get("infector_number") == detail["infector_number"]
    fields = ("setting", "certainty") if by_number else ("setting", "certainty", "infector")
    return all(known.detail.get(field) == detail[field] for field in fields if field in detail)


def _without(detail: Mapping[str, Any], field: str) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name != field}
