"""What tracing has on the wall: the chains of an area, without names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yanmen.base.clock import local_date
from yanmen.desk.kinds import COMMAND, INSPECTOR
from yanmen.desk.wall_panels import panel
from yanmen.registry.scope import Scope
from yanmen.subsystems.tracing.methods.chain_links import closing
from yanmen.subsystems.tracing.pages.chain_drawing import SETTING, drawing
from yanmen.subsystems.tracing.queries.chain_clusters import found_clusters
from yanmen.subsystems.tracing.queries.chains import Outbreak
from yanmen.subsystems.tracing.queries.wall import shown


@panel(
    name="chains", zh="传播链", en="Chains of infection", order=25, width=5, role=(COMMAND, INSPECTOR), place="middle",
    page="tracing.chains", rest=60, source=("流调事实；实线为已判定，虚线为推断", "investigations; solid links are told, dashed ones inferred"),
    nothing=("近 30 天没有可连成链的病例。", "No case in the last 30 days to make a chain of."),
)  # fmt: skip
def chains(scope: Scope, *, now: datetime) -> Mapping[str, Any] | None:
    """Time and generation of the cases of the last weeks; how many chains, which go on, where the source is open."""
    days, cases, found = shown(scope, now=now)
    if not cases:
        return None
    about = {"days": days, "cases": cases, "picture": None}
    return about if found is None or not found.cases else about | _told(found, now)


def _told(found: Outbreak, now: datetime) -> dict[str, Any]:
    clusters, generation = found_clusters(found, today=local_date(now))
    rings = closing(found.sources, found.attributions)
    nameless = dict.fromkeys(found.cases, "")
    picture = drawing(
        found,
        tuple(found.cases),
        clusters=clusters,
        generation=generation,
        labels=nameless,
        rings=rings,
        colour=SETTING,
    )
    return {
        "picture": {key: picture[key] for key in ("first", "links", "groups", "bands", "words")}
        | {"nodes": [node[:4] for node in picture["nodes"]]},
        "cases": len(found.cases),
        "clusters": len(clusters),
        "active": sum(each.active for each in clusters),
        "unknown": sum(each.state == "unknown" for each in found.sources.values()),
        "generations": max(generation.values(), default=0),
    }
