"""What chains of infection have in the situation report: how many, which go on, where the source is open; nobody is named."""

from __future__ import annotations

from django.urls import reverse

from yanmen.base.refusals import Refusal
from yanmen.desk.reports.document import Block, Column, Heading, Paragraph, Span, Table
from yanmen.desk.reports.figures import number
from yanmen.desk.reports.kinds import Asked, section
from yanmen.desk.words import own_name
from yanmen.subsystems.tracing.queries.chain_clusters import Cluster, found_clusters
from yanmen.subsystems.tracing.queries.chains import Outbreak
from yanmen.subsystems.tracing.queries.wall import shown

SHOWN, AREAS = 8, 3
COUNTY = 6
"""Length of a county's code."""


@section(name="chains", order=45)
def chains(asked: Asked) -> list[Block]:
    """Clusters of the last weeks as known at the report's moment, the largest first."""
    head = Heading(asked.word("传播链", "Chains of infection"))
    try:
        days, _, found = shown(asked.scope, now=asked.known_at, day=asked.day)
    except Refusal as fault:
        return [head, Paragraph((Span(fault.said(asked.language)),), "note")]
    if found is None or not found.cases:
        return []
    clusters, _ = found_clusters(found, today=asked.day)
    if not clusters:
        return [head, _summed(asked, days, found, clusters)]
    titles = (
        asked.word("首例", "First case"), asked.word("地区", "Area"), asked.word("病例", "Cases"), asked.word("代", "Generations"),
        asked.word("来源不明", "Source unknown"), asked.word("末例", "Last case"), asked.word("状态", "State"),
    )  # fmt: skip
    columns = tuple(Column(title, at in (2, 3, 4)) for at, title in enumerate(titles))
    rows = tuple(_row(asked, each, titles) for each in clusters[:SHOWN])
    left = len(clusters) - SHOWN
    more = Paragraph((Span(asked.word(f"另有{left}条未列。", f"{left} more are not listed.")),), "note")
    return [head, _summed(asked, days, found, clusters), Table(columns, rows), *([more] if left > 0 else [])]


def _summed(asked: Asked, days: int, found: Outbreak, clusters: list[Cluster]) -> Paragraph:
    page = f"{reverse('tracing.chains')}?days=30"
    active = sum(each.active for each in clusters)
    unknown = sum(each.state == "unknown" for each in found.sources.values())
    told = (
        (asked.word(f"近{days}日病例", f"Of the cases of {days} days, "), len(found.cases), "chains.cases", asked.word("病例", "Cases")),
        (asked.word("例，连成传播链", ", there are "), len(clusters), "chains", asked.word("传播链", "Chains")),
        (asked.word("条，其中活跃", " chains, "), active, "chains.active", asked.word("活跃传播链", "Active chains")),
        (asked.word("条；来源不明", " active; the source of "), unknown, "chains.unknown", asked.word("来源不明", "Source unknown")),
    )  # fmt: skip
    spans = [span for text, value, key, label in told for span in (Span(text), Span(number(value), page, key, label))]
    return Paragraph((*spans, Span(asked.word("例。", " is not known."))))


def _row(asked: Asked, each: Cluster, titles: tuple[str, ...]) -> tuple[Span, ...]:
    page, zh = f"{reverse('tracing.chains')}?days=30&chain={each.key}", asked.language == "zh"
    counties = list(dict.fromkeys(area[:COUNTY] for area in each.areas))
    named = asked.word("、", ", ").join(own_name(code, zh) for code in counties[:AREAS])
    where = named + (asked.word("等", " and others") if len(counties) > AREAS else "")
    figures = ((each.size, "cases", 2), (each.generations, "generations", 3), (each.unknown, "unknown", 4))
    state = asked.word("活跃", "Active") if each.active else asked.word("已结束", "Ended")
    return (
        Span(f"{each.first:%m-%d}", page), Span(where),
        *(Span(number(value), page, f"chain.{each.key}.{name}", f"{where} {each.first:%m-%d} {titles[at]}") for value, name, at in figures),
        Span(f"{each.last:%m-%d}"), Span(state),
    )  # fmt: skip
