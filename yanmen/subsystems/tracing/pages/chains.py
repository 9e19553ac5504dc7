"""Chains of infection: time and generation, with the doubt of every link; clusters, their clocks, and where chains met."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yanmen.base.clock import local_date
from yanmen.base.diseases import COVID, disease_title
from yanmen.base.refusals import Refusal
from yanmen.desk.asking import moment_of
from yanmen.desk.pages import page
from yanmen.loop.policies import shelf
from yanmen.registry.access import log_access
from yanmen.registry.models import Person, Place
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.beliefs import TRANSMISSION
from yanmen.subsystems.tracing.methods.chain_links import closing
from yanmen.subsystems.tracing.methods.settings import SETTINGS
from yanmen.subsystems.tracing.pages import links
from yanmen.subsystems.tracing.pages.chain_drawing import AREA, SETTING, Rings, by_day, drawing
from yanmen.subsystems.tracing.queries import chain_clusters as of_clusters
from yanmen.subsystems.tracing.queries.chain_clusters import Cluster
from yanmen.subsystems.tracing.queries.chains import Outbreak, outbreak

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WINDOWS = (30, 60, 120)
ROWS, CLUSTERS = 40, 15
OTHERS, LEAST = 3, 0.05
"""Other candidates that the table names, and the weight from which it names them."""
SIGNALS = 20
STATES = {
    "told": {"zh": "已判定", "en": "Told"},
    "elsewhere": {"zh": "外来", "en": "From elsewhere"},
    "inferred": {"zh": "推断", "en": "Inferred"},
    "unknown": {"zh": "来源不明", "en": "Unknown"},
}


@dataclass(frozen=True)
class Row:
    """A case of the table beside the picture. `rings`: likelier candidates that it cannot have been infected by, because they came
    from it themselves; where nobody else is left, the weight of an unknown source says nothing and is 0."""

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
    rings: tuple[tuple[str, int], ...]
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
    colour = AREA if request.GET.get("colour") == AREA else SETTING
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
    at, of = _start(request, "from"), _start(request, "clusters")
    rings = closing(found.sources, found.attributions)
    states = [each.state for each in found.sources.values()]
    nodes = {key: number for number, key in enumerate(by_day(found, shown))}
    picture = drawing(
        found, shown, clusters=clusters, generation=generation, labels=labels, rings=rings, colour=colour
    )  # fmt: skip
    return {
        "clusters": clusters,
        "chosen": chosen,
        "active": sum(each.active for each in clusters),
        "told": states.count("told") + states.count("elsewhere"),
        "inferred": states.count("inferred"),
        "unknown": states.count("unknown"),
        "picture": picture | {"at": nodes.get(case or "", -1), "chosen": bool(chosen)},
        "rows": [
            _row(scope, found, key, nodes[key], generation, labels, rings)
            for key in _ordered(found, shown, generation)[at : at + ROWS]
        ],
        "from": at,
        "more": at + ROWS if at + ROWS < len(shown) else None,
        "shown": len(shown),
        "labels": labels,
        "clusters_from": of,
        "clusters_more": of + CLUSTERS if of + CLUSTERS < len(clusters) else None,
        "cluster_rows": [(each, labels[each.key], _settings(each)) for each in clusters[of : of + CLUSTERS]],
        "signals": [(each, SETTINGS.get(each.kind)) for each in of_clusters.signals(scope, found)[:SIGNALS]],
        "meetings": [
            (each, place, [(labels[key], len(members), each.shares.get(key)) for key, members in each.clusters.items()])
            for each, place in _places(scope, of_clusters.meetings(found, clusters)[-SIGNALS:])
        ],
        "numbers": found.fitted.belief if found.fitted else None,
    }


def _start(request: HttpRequest, name: str) -> int:
    """Where a table begins; 0 unless the address says a number."""
    asked = request.GET.get(name, "")
    return int(asked) if asked.isdecimal() and len(asked) < 6 else 0


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


def _row(
    scope: Scope,
    found: Outbreak,
    key: str,
    node: int,
    generation: Mapping[str, int],
    labels: Mapping[str, str],
    rings: Rings,
) -> Row:
    source, case = found.sources[key], found.cases[key]
    weights, closes = found.by_case[key], rings.get(key, {})
    named = {name: weight for name, weight in weights.weights.items() if name != source.infector and weight >= LEAST}

    def told(among: Iterable[str]) -> tuple[tuple[str, int], ...]:
        return tuple((labels.get(name, f"…{name[-6:]}"), round(named[name] * 100)) for name in [*among][:OTHERS])

    likelier = told(name for name, weight in named.items() if name in closes and weight > source.weight)
    weighed = source.state != "elsewhere" and not (source.state == "unknown" and likelier)
    return Row(
        node=node,
        label=labels[key],
        link=links.link(scope, "cases.case", key) if UUID_TEXT.fullmatch(key) else "",
        day=case.day,
        generation=generation[key],
        state=STATES[source.state],
        source=labels.get(source.infector, f"…{source.infector[-6:]}") if source.infector else "",
        weight=round(source.weight * 100) if source.infector else None,
        via=SETTINGS.get(source.via),
        others=told(name for name in named if name not in closes),
        rings=likelier,
        unknown=round(weights.unknown * 100) if weighed else 0,
    )


def _settings(cluster: Cluster) -> list[tuple[Mapping[str, str], int]]:
    return [(SETTINGS[via], number) for via, number in cluster.settings if via in SETTINGS]


def _places(scope: Scope, meetings: Sequence[of_clusters.Meeting]) -> list[tuple[of_clusters.Meeting, Place | None]]:
    places = scope.within(Place.objects, "area").in_bulk([each.place for each in meetings])
    return [(each, places.get(each.place)) for each in reversed(meetings)]
