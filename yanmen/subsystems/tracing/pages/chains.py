"""Chains of infection: time and generation, with the doubt of every link; clusters, their clocks, and where chains met."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yanmen.base.clock import local_date
from yanmen.base.diseases import COVID, disease_title
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.policies import shelf
from yanmen.registry.access import log_access
from yanmen.registry.models import Area, Person, Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.beliefs import TRANSMISSION
from yanmen.subsystems.tracing.methods.chain_picture import heights
from yanmen.subsystems.tracing.methods.settings import SETTINGS
from yanmen.subsystems.tracing.pages import links
from yanmen.subsystems.tracing.queries import chain_clusters as of_clusters
from yanmen.subsystems.tracing.queries.chain_clusters import Cluster
from yanmen.subsystems.tracing.queries.chains import Outbreak, outbreak

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WINDOWS = (30, 60, 120)
ROWS = 40
CANDIDATES = 4
STATES = {
    "told": {"zh": "已判定", "en": "Told"},
    "elsewhere": {"zh": "外来", "en": "From elsewhere"},
    "inferred": {"zh": "推断", "en": "Inferred"},
    "unknown": {"zh": "来源不明", "en": "Unknown"},
}


@dataclass(frozen=True)
class Row:
    """A case of the table beside the picture."""

    node: int
    label: str
    link: str
    day: date
    generation: int
    state: Mapping[str, str]
    source: str
    weight: int | None
    via: Mapping[str, str] | None
    others: tuple[tuple[str, int], ...]
    unknown: int


@page(
    "tracing/chains/",
    role=links.READERS,
    name="tracing.chains",
    zh="传播链",
    en="Chains of infection",
    icon="diff",
    order=45,
)
def chains(request: HttpRequest, scope: Scope) -> HttpResponse:
    """The chains of the last days in the asker's areas; `chain` (or a `case` of it) chooses one, `colour` says what colours mean."""
    now = moment_of(request)
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdigit() and int(asked) in WINDOWS else WINDOWS[1]
    disease = request.GET.get("disease", "")[:40] or COVID
    diseases = _diseases() | {disease: disease_title(disease)}
    colour = "area" if request.GET.get("colour") == "area" else "setting"
    refusal = None
    today = local_date(now)
    try:
        found = outbreak(scope, now=now, disease=disease, since=today - timedelta(days=days))
    except Refusal as error:
        refusal, found = error, None
    context: dict[str, Any] = {
        "days": days, "windows": WINDOWS, "disease": disease, "diseases": diseases, "colour": colour, "refusal": refusal,
        "found": found if found and found.cases else None,
    }  # fmt: skip
    if found and found.cases:
        context |= _told(request, scope, found, today, colour)
        log_access(scope, "chains of infection", count=len(found.cases), now=now)
    return render(request, "tracing/chains.html", context, status=422 if refusal else 200)


def _diseases() -> dict[str, Mapping[str, str]]:
    """Those for which a policy in use says how they pass on."""
    codes = [name.removeprefix(f"{TRANSMISSION}.") for name in shelf.norms() if name.startswith(f"{TRANSMISSION}.")]
    return {code: disease_title(code) for code in sorted(codes, key=lambda code: (code != COVID, code))}


def _told(request: HttpRequest, scope: Scope, found: Outbreak, today: date, colour: str) -> dict[str, Any]:
    clusters, generation = of_clusters.found_clusters(found, today=today)
    chain, case = request.GET.get("chain"), request.GET.get("case")
    chosen = next((each for each in clusters if each.key == chain or case in each.members), None)
    shown = chosen.members if chosen else tuple(found.cases)
    labels = _labels(scope, found)
    start = request.GET.get("from", "")
    at = int(start) if start.isdigit() and len(start) < 6 else 0
    meetings = of_clusters.meetings(found, clusters)
    states = [each.state for each in found.sources.values()]
    nodes = {key: number for number, key in enumerate(_by_day(found, shown))}
    return {
        "clusters": clusters,
        "chosen": chosen,
        "active": sum(each.active for each in clusters),
        "told": states.count("told") + states.count("elsewhere"),
        "inferred": states.count("inferred"),
        "unknown": states.count("unknown"),
        "picture": _picture(found, shown, generation, labels, colour),
        "rows": [
            _row(scope, found, key, nodes[key], generation, labels)
            for key in _ordered(found, shown, generation)[at : at + ROWS]
        ],
        "from": at,
        "more": at + ROWS if at + ROWS < len(shown) else None,
        "shown": len(shown),
        "labels": labels,
        "cluster_rows": [(each, labels[each.key], _settings(each)) for each in clusters[:ROWS]],
        "signals": [
            (each, SETTINGS.get(each.kind), each.due_at < moment_of(request))
            for each in of_clusters.signals(scope, found)[:20]
        ],
        "meetings": [
            (each, place, [(labels[key], len(members), each.shares.get(key)) for key, members in each.clusters.items()])
            for each, place in _places(scope, meetings[-20:])
        ],
        "numbers": found.fitted.belief if found.fitted else None,
    }


def _labels(scope: Scope, found: Outbreak) -> dict[str, str]:
    """What a case is called: a name as this role may see it, else the end of its key."""
    people = [case.person for case in found.cases.values() if case.person is not None]
    names = dict(scope.within(Person.objects, "area").filter(pk__in=people).values_list("pk", "name"))
    labels = {}
    for key, case in found.cases.items():
        name = names.get(case.person or 0, "")
        labels[key] = links.shown_name(scope, name) if name else f"…{key[-6:]}"
    return labels


def _ordered(found: Outbreak, shown: Sequence[str], generation: Mapping[str, int]) -> list[str]:
    return sorted(shown, key=lambda key: (generation[key], found.cases[key].day, key))


def _by_day(found: Outbreak, shown: Sequence[str]) -> list[str]:
    return sorted(shown, key=lambda key: (found.cases[key].day, key))


def _row(
    scope: Scope, found: Outbreak, key: str, node: int, generation: Mapping[str, int], labels: Mapping[str, str]
) -> Row:
    source, case = found.sources[key], found.cases[key]
    weights = found.by_case[key]
    others = [(name, weight) for name, weight in weights.weights.items() if name != source.infector]
    return Row(
        node=node,
        label=labels[key],
        link=links.link(scope, "cases.case", key) if UUID_TEXT.fullmatch(key) else "",
        day=case.day,
        generation=generation[key],
        state=STATES[source.state],
        source=labels.get(source.infector or "", "…" + (source.infector or "")[-6:]) if source.infector else "",
        weight=round(source.weight * 100) if source.infector else None,
        via=SETTINGS.get(source.via),
        others=tuple(
            (labels.get(name, name[-6:]), round(weight * 100)) for name, weight in others[:3] if weight >= 0.05
        ),
        unknown=round(weights.unknown * 100) if source.state != "elsewhere" else 0,
    )


def _picture(
    found: Outbreak, shown: Sequence[str], generation: Mapping[str, int], labels: Mapping[str, str], colour: str
) -> dict[str, Any]:
    """Nodes and links for the chart: places by number, days as days since the first one."""
    ordered = _by_day(found, shown)
    at = {key: number for number, key in enumerate(ordered)}
    first = found.cases[ordered[0]].day
    days = {key: (found.cases[key].day - first).days for key in ordered}
    infectors = {key: found.sources[key].infector for key in ordered}
    height = heights(ordered, days, generation, infectors)
    groups = {key: _group(found, key, colour) for key in ordered}
    names = _group_titles(set(groups.values()), colour)
    kinds = sorted(names, key=lambda group: (group in ("", "unknown"), names[group]))
    nodes, edges = [], []
    for key in ordered:
        source, weights = found.sources[key], found.by_case[key]
        candidates = [
            [at[name], round(weight, 3)]
            for name, weight in list(weights.weights.items())[:CANDIDATES]
            if name in at and weight >= 0.02
        ]
        open_ = source.state == "unknown"
        nodes.append(
            [
                days[key],
                height[key],
                kinds.index(groups[key]),
                int(open_),
                labels[key],
                round(weights.unknown, 3),
                candidates,
                source.state,
            ]
        )
        if source.infector in at:
            edges.append([at[source.infector], at[key], round(source.weight, 3), int(source.state == "told")])
    return {
        "first": first.isoformat(),
        "nodes": nodes,
        "links": edges,
        "groups": [names[group] for group in kinds],
        "generations": max(generation[key] for key in ordered) + 1,
        "words": {
            "generation": _("Generation"), "told": _("Told"), "inferred": _("Inferred"), "unknown": _("Source unknown"),
            "elsewhere": _("From elsewhere"),
        },
    }  # fmt: skip


def _group(found: Outbreak, key: str, colour: str) -> str:
    if colour == "area":
        return found.cases[key].area[:6]
    source = found.sources[key]
    return source.via or ("unknown" if source.state in ("unknown", "elsewhere") else "")


def _group_titles(groups: set[str], colour: str) -> dict[str, str]:
    english = not (get_language() or "zh").startswith("zh")
    if colour == "area":
        areas = {area.code: (english and area.name_en) or area.name_zh for area in Area.objects.filter(code__in=groups)}
        return {group: areas.get(group, group) for group in groups}
    said = {"unknown": _("Source unknown or outside"), "": _("Days alone")}
    return {group: said.get(group) or SETTINGS.get(group, {}).get("en" if english else "zh", group) for group in groups}


def _settings(cluster: Cluster) -> list[tuple[Mapping[str, str], int]]:
    return [(SETTINGS[via], number) for via, number in cluster.settings if via in SETTINGS]


def _places(scope: Scope, meetings: Sequence[of_clusters.Meeting]) -> list[tuple[of_clusters.Meeting, Place | None]]:
    places = scope.within(Place.objects, "area").in_bulk([each.place for each in meetings])
    return [(each, places.get(each.place)) for each in reversed(meetings)]
