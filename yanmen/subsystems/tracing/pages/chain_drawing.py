"""The picture of chains as numbers that the browser draws: nodes, links, colours, and the words it says about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yanmen.registry.models import Area
from yanmen.subsystems.tracing.methods.chain_picture import places
from yanmen.subsystems.tracing.methods.settings import SETTINGS
from yanmen.subsystems.tracing.queries.chain_clusters import Cluster
from yanmen.subsystems.tracing.queries.chains import Outbreak

CANDIDATES = 4
LEAST = 0.02
"""Candidates of less weight are not drawn."""
SETTING, AREA = "setting", "area"
"""What colours can show."""

Rings = Mapping[str, Mapping[str, float]]


def by_day(found: Outbreak, shown: Sequence[str]) -> list[str]:
    """Cases in the order of their days: the order in which the picture numbers them."""
    return sorted(shown, key=lambda key: (found.cases[key].day, key))


def drawing(
    found: Outbreak,
    shown: Sequence[str],
    *,
    clusters: Sequence[Cluster],
    generation: Mapping[str, int],
    labels: Mapping[str, str],
    rings: Rings,
    colour: str,
) -> dict[str, Any]:
    """A node: day (and its column within it), height, colour, whether its source is open, label, weight of an unknown source, candidates, state, chain, and
    candidates that would close a ring. Days count from `first`; `bands`: where generations begin; candidates and links name nodes, a chain its place in `chains`."""
    ordered = by_day(found, shown)
    at = {key: number for number, key in enumerate(ordered)}
    first = found.cases[ordered[0]].day
    days = {key: (found.cases[key].day - first).days for key in ordered}
    infectors = {key: found.sources[key].infector for key in ordered}
    at_place, bands = places(ordered, days, generation, infectors)
    groups = {key: _group(found, key, colour) for key in ordered}
    names = _group_titles(set(groups.values()), colour)
    kinds = sorted(names, key=lambda group: (group in ("", "unknown"), names[group]))
    chains = [each for each in clusters if each.key in at]
    chain = {key: number for number, each in enumerate(chains) for key in each.members}
    nodes, edges = [], []
    for key in ordered:
        source, weights, closing = found.sources[key], found.by_case[key], rings.get(key, {})
        named = {name: weight for name, weight in weights.weights.items() if name in at and weight >= LEAST}
        likelier = {name: weight for name, weight in named.items() if name in closing and weight > source.weight}
        open_ = source.state == "unknown"
        nodes.append([
            *at_place[key],
            kinds.index(groups[key]),
            int(open_),
            labels[key],
            0 if open_ and likelier else round(weights.unknown, 3),
            [[at[name], round(weight, 3)] for name, weight in named.items() if name not in closing][:CANDIDATES],
            source.state,
            chain.get(key, -1),
            [[at[name], round(weight, 3)] for name, weight in likelier.items()],
        ])  # fmt: skip
        if source.infector in at:
            edges.append([at[source.infector], at[key], round(source.weight, 3), int(source.state == "told")])
    return {
        "first": first.isoformat(),
        "nodes": nodes,
        "links": edges,
        "groups": [names[group] for group in kinds],
        "chains": [each.key for each in chains],
        "bands": bands,
        "words": {
            "generation": _("Generation"), "told": _("Told"), "inferred": _("Inferred"), "unknown": _("Source unknown"),
            "elsewhere": _("From elsewhere"), "ring": _("cannot be: infected from this case on"),
        },
    }  # fmt: skip


def _group(found: Outbreak, key: str, colour: str) -> str:
    if colour == AREA:
        return found.cases[key].area[:6]
    source = found.sources[key]
    return source.via or ("unknown" if source.state in ("unknown", "elsewhere") else "")


def _group_titles(groups: set[str], colour: str) -> dict[str, str]:
    english = not (get_language() or "zh").startswith("zh")
    if colour == AREA:
        areas = {area.code: (english and area.name_en) or area.name_zh for area in Area.objects.filter(code__in=groups)}
        return {group: areas.get(group, group) for group in groups}
    said = {"unknown": _("Source unknown or outside"), "": _("Days alone")}
    return {group: said.get(group) or SETTINGS.get(group, {}).get("en" if english else "zh", group) for group in groups}
