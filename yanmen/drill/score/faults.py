"""Was a planted fault found? One finder a kind, which asks the software: its findings, clocks, tasks, alarms and lint.

The list of what was planted says only what to look for. A finder that sees nothing says so: then the fault was missed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yanmen.base.clock import BEIJING
from yanmen.drill.scenario import FAULTS, PlannedFault
from yanmen.drill.score.knowledge import asked
from yanmen.drill.score.truth import seconds
from yanmen.loop.policies import norm_in_force, shelf
from yanmen.loop.policy.lint import Finding as LintFinding
from yanmen.loop.policy.lint import level_findings
from yanmen.loop.policy.load import load_packs
from yanmen.registry.scope import acting, system
from yanmen.subsystems.quarantine.queries.findings import findings

REFUSED = (
    "malformed", "too_long", "unknown_key", "key_revoked", "bad_signature", "clock_wrong", "not_yet_valid", "expired",
    "showing_missing", "holder_mismatch", "screenshot", "revoked",
)  # fmt: skip
"""What a checkpoint says of a code that is none (`base.verdict`)."""
MINUTE = dt.timedelta(minutes=1)
"""For what was on its way when the edge ended."""
OWED_TESTS = ("test", "release_test", "landing_test", "antigen_test", "resample")

_BOX = """
SELECT box.code, box.lost_at, min(finding.found_at) AS noted_at, count(DISTINCT finding.id)::int AS findings,
       count(DISTINCT tube.code) FILTER (WHERE tube.void_at IS NULL AND tube.released_at IS NULL
             AND coalesce(tube.received_at, tube.sent_at, tube.boxed_at, tube.first_at) + %(hours)s * interval '1 hour' < %(now)s)::int AS late,
       min(coalesce(tube.received_at, tube.sent_at, tube.boxed_at, tube.first_at)) + %(hours)s * interval '1 hour' AS late_at
FROM screening_box box
LEFT JOIN screening_tube tube ON tube.box_id = box.id
LEFT JOIN screening_finding finding ON finding.tube = tube.code AND finding.kind IN ('missing', 'never_bound')
WHERE box.code = ANY(%(boxes)s) OR box.id::text = ANY(%(boxes)s)
GROUP BY box.id
"""
_TUBES = """
SELECT kind, count(*)::int AS findings, count(DISTINCT tube)::int AS tubes, min(found_at) AS found_at
FROM screening_finding WHERE tube = ANY(%(tubes)s) GROUP BY kind ORDER BY found_at
"""
_REFUSED = """
SELECT reason, count(*)::int AS times, min(recorded_at) AS first_at FROM loop_bulk_checkpoints_passed
WHERE (cardinality(%(posts)s::bigint[]) = 0 OR place_id = ANY(%(posts)s))
  AND (reason = ANY(%(refused)s) OR person_id IS NULL AND shown = 'stop')
  AND occurred_at >= %(first)s AND occurred_at < %(last)s GROUP BY 1 ORDER BY 3
"""
_DOUBTED = """
SELECT count(*)::int AS times, min(recorded_at) AS at FROM loop_fact
WHERE kind = 'venues.scan_doubted' AND detail ->> 'scan' = ANY(%(scans)s) AND recorded_at >= %(first)s
"""
_RETURNED = """
SELECT gone.person_id AS person, min(gone.recorded_at) AS at FROM loop_fact gone
JOIN loop_fact back ON back.person_id = gone.person_id AND back.kind = 'quarantine.admitted' AND back.occurred_at > gone.occurred_at
WHERE gone.kind = 'quarantine.left' AND gone.person_id = ANY(%(persons)s) AND gone.recorded_at >= %(first)s
GROUP BY 1
"""
_DELIVERED = """
WITH kept AS (
    SELECT id, place_id, person_id, occurred_at, recorded_at FROM loop_bulk_presence_scanned
    UNION ALL SELECT id, place_id, person_id, occurred_at, recorded_at FROM loop_bulk_checkpoints_passed
    UNION ALL SELECT id, place_id, person_id, occurred_at, recorded_at FROM loop_bulk_screening_bound
)
SELECT count(*) FILTER (WHERE recorded_at >= %(first)s AND recorded_at < %(last)s)::int AS meanwhile,
       count(*) FILTER (WHERE recorded_at >= %(last)s)::int AS later,
       (count(*) - count(DISTINCT (place_id, person_id, occurred_at)) FILTER (WHERE person_id IS NOT NULL)
                 - count(*) FILTER (WHERE person_id IS NULL))::int AS twice,
       min(recorded_at) FILTER (WHERE recorded_at >= %(last)s) AS first_at
FROM kept WHERE occurred_at < %(last)s AND recorded_at >= %(first)s
"""
_SILENT = """
SELECT min(at) AS at FROM loop_alarm
WHERE kind = 'edge_silent' AND (detail ->> 'since')::timestamptz >= %(first)s AND (detail ->> 'since')::timestamptz < %(last)s
"""
_LATE_REPORTS = """
WITH clock AS (
    SELECT task.subject, task.state, task.due_at, task.closed_at, task.area,
           CASE WHEN done.id IS NOT NULL THEN (
               SELECT min(fact.recorded_at) FROM loop_fact fact
               WHERE fact.person_id = done.person_id AND fact.kind = 'cases.reported'
                 AND coalesce(fact.detail ->> 'case', fact.id::text) = measure.reason) END AS told_at
    FROM loop_task task
    JOIN loop_measure measure ON measure.id = task.measure_id
    LEFT JOIN loop_fact done ON done.id = task.done_by
    WHERE task.kind = 'network_report' AND task.subject_type = 'person' AND task.subject = ANY(%(persons)s)
)
SELECT subject, min(due_at) AS at FROM clock
WHERE told_at > due_at OR state = 'failed' OR state = 'open' AND due_at < %(now)s GROUP BY 1
"""
_ALARMS = """
SELECT kind, count(*)::int AS alarms, min(at) AS at FROM loop_alarm
WHERE (detail::text LIKE '%%' || %(area)s || '%%') AND at >= %(first)s GROUP BY 1 ORDER BY 3
"""
_ORDERED = """
SELECT count(DISTINCT subject)::int AS held FROM loop_measure
WHERE rule = 'command.manual_order' AND subject_type = 'person' AND subject = ANY(%(persons)s) AND state <> 'proposed'
  AND imposed_at >= %(first)s
"""
_MISSED = """
SELECT subject, min(coalesce(climbs_at, closed_at, due_at)) AS at FROM (
    SELECT subject, climbs_at, closed_at, due_at FROM loop_task
    WHERE subject_type = 'person' AND subject = ANY(%(persons)s) AND kind = ANY(%(kinds)s) AND due_at >= %(first)s
      AND (state = 'failed' OR state = 'open' AND due_at < %(now)s OR state = 'done' AND closed_at > due_at)
    UNION ALL
    SELECT person_id, NULL, NULL, recorded_at FROM loop_fact
    WHERE kind = 'screening.missed' AND person_id = ANY(%(persons)s) AND recorded_at >= %(first)s
) owed GROUP BY 1
"""
_REACHED = """
SELECT person, min(at) AS at, string_agg(DISTINCT how, ',') AS how FROM (
    SELECT person_id AS person, recorded_at AS at, 'bound' AS how FROM loop_bulk_screening_bound WHERE person_id = ANY(%(persons)s)
    UNION ALL SELECT person_id, issued_at, 'paper' FROM health_code_papercode WHERE person_id = ANY(%(persons)s)
    UNION ALL SELECT person_id, recorded_at, 'visited' FROM loop_fact WHERE person_id = ANY(%(persons)s)
        AND kind IN ('grid.answered', 'arrivals.visited', 'tracing.called', 'health_code.told')
) reached WHERE at >= %(first)s GROUP BY 1
"""


@dataclass(frozen=True)
class Found:
    """What the software says of a planted fault. ``at``: when it could first be seen there, ISO; ``page``: where."""

    found: bool
    zh: str
    en: str
    at: str = ""
    page: str = ""


@dataclass(frozen=True)
class Asked:
    """What a finder is given: a cursor of the reading role, what to look for, from when on, and the end of the drill."""

    cursor: Any
    where: Mapping[str, Any]
    first: dt.datetime
    now: dt.datetime

    def rows(self, query: str, **given: Any) -> list[dict[str, Any]]:
        """The answer of the database."""
        return asked(self.cursor, query, {"first": self.first, "now": self.now} | given)

    def listed(self, *names: str) -> list[Any]:
        """What the list of planted faults names, one or several."""
        for name in names:
            if (value := self.where.get(name)) not in (None, "", []):
                return list(value) if isinstance(value, (list, tuple)) else [value]
        return []

    def people(self) -> list[int]:
        """The people it names."""
        return [int(each) for each in self.listed("people", "persons", "person")]

    def moment(self, name: str, otherwise: dt.datetime) -> dt.datetime:
        """A moment it names."""
        value = seconds(self.where.get(name))
        return dt.datetime.fromtimestamp(value, BEIJING) if value == value else otherwise


Finder = Callable[[Asked], Found]


def judged(fault: Mapping[str, Any], *, cursor: Any, starts_on: dt.date, now: dt.datetime) -> dict[str, Any]:
    """A planted fault with what the software says of it."""
    zh, en = FAULTS[fault["kind"]]
    day = starts_on + dt.timedelta(days=int(fault["day"]))
    first = dt.datetime.combine(day, dt.time(), BEIJING)
    answer = FINDERS[fault["kind"]](Asked(cursor, fault.get("where") or {}, first, now))
    told = fault.get("told") or {"zh": zh, "en": en}
    return {
        "planted": True,
        "id": fault["id"],
        "kind": fault["kind"],
        "day": fault["day"],
        "title": {"zh": zh, "en": en},
        "told": told,
    } | asdict(answer)


def unplanted(fault: PlannedFault) -> dict[str, Any]:
    """A fault of the scenario for which the drill found no occasion: neither found nor missed."""
    zh, en = FAULTS[fault.kind]
    told = {"zh": "演练中没有出现可埋设的时机", "en": "the drill found no occasion to plant it"}
    row = {"id": fault.id, "kind": fault.kind, "day": fault.day, "title": {"zh": zh, "en": en}, "told": told}
    return row | {"planted": False} | asdict(_missed(told["zh"], told["en"]))


def lost_box(asked: Asked) -> Found:
    """Missing tubes noted, the box declared lost, or its tubes past the clock on the board of who holds what."""
    norm = norm_in_force("screening.transport", asked.now.date())
    hours = float((norm.parts if norm else {}).get("received_hours", 24))
    rows = asked.rows(_BOX, boxes=[str(each) for each in asked.listed("box", "boxes")], hours=hours)
    if lost := [row for row in rows if row["lost_at"] or row["findings"]]:
        at = min(each for row in lost for each in (row["lost_at"], row["noted_at"]) if each)
        noted = sum(row["findings"] for row in lost)
        return Found(
            True,
            f"箱已记为遗失，{noted} 管缺失，成员重采",
            f"declared lost, {noted} tubes noted as missing and sampled again",
            _iso(at),
            "/screening/findings/",
        )
    if late := [row for row in rows if row["late"]]:
        tubes = sum(row["late"] for row in late)
        return Found(
            True,
            f"{tubes} 管超过时限无人签收",
            f"{tubes} tubes are past their clock and nobody has received them",
            _iso(min(row["late_at"] for row in late)),
            "/screening/balance/",
        )
    return _missed("没有缺失提示，也没有超时的管", "neither a finding nor a tube past its clock")


def swapped_tube(asked: Asked) -> Found:
    """A suspicion about one of the tubes."""
    rows = asked.rows(_TUBES, tubes=[str(each) for each in asked.listed("tubes", "tube")])
    if not rows:
        return _missed("对这些管没有任何疑点", "no suspicion about these tubes")
    kinds = "、".join(row["kind"] for row in rows)
    return Found(True, f"疑点：{kinds}", f"suspicion: {kinds}", _iso(rows[0]["found_at"]), "/screening/findings/")


def forged_code(asked: Asked) -> Found:
    """The code was refused where it was shown."""
    first, last = asked.first, asked.first + dt.timedelta(days=1)
    posts = [int(each) for each in asked.listed("post", "posts", "place", "places")]
    rows = asked.rows(_REFUSED, posts=posts, refused=list(REFUSED), first=first, last=last)
    times, shown = sum(row["times"] for row in rows), len(asked.listed("records")) or 1
    if not times:
        return _missed("卡口没有拒绝记录", "no code was refused at the post")
    reasons = "、".join(row["reason"] for row in rows)
    return Found(
        times >= shown,
        f"拒绝 {times} 次（出示 {shown} 次）：{reasons}",
        f"refused {times} times (shown {shown}): {reasons}",
        _iso(rows[0]["first_at"]),
        "/checkpoints/",
    )


def remote_scan(asked: Asked) -> Found:
    """The check-ins are in doubt: they count as nobody's presence, and inspection has a note of them."""
    scans = [str(each) for each in asked.listed("scans", "scan")]
    (row,) = asked.rows(_DOUBTED, scans=scans)
    if not row["times"]:
        return _missed("没有存疑扫码提示", "no check-in is in doubt")
    return Found(
        row["times"] >= len(scans),
        f"{row['times']}／{len(scans)} 次扫码存疑，不计入到访",
        f"{row['times']} of {len(scans)} check-ins are in doubt and count as no visit",
        _iso(row["at"]),
        "/venues/notes/",
    )


def left_early(asked: Asked) -> Found:
    """Who left is among the findings of quarantine, until the measure that still asks for a room has given them one again."""
    people = asked.people()
    scope = system(asked.listed("area")[0])
    with acting(scope):
        listed = [each for each in findings(scope, now=asked.now, kind="left_early") if each.person in people]
    returned = asked.rows(_RETURNED, persons=people)
    rows = {row["person"]: row for row in [*returned, *({"person": each.person, "at": each.since} for each in listed)]}
    return _of_all(
        people, list(rows.values()), "/quarantine/findings/",
        told=(f"人未满期离开已列出，{len(returned)} 人已送回", f"are listed as having left before the end, {len(returned)} were brought back"),
        missed=("没有未满期离开的记录", "nobody is listed as having left before the end"),
    )  # fmt: skip


def edge_down(asked: Asked) -> Found:
    """The edge was missed: an alarm says since when. Nothing came in while it was down; then everything did, each record once."""
    first = asked.moment("from", asked.first)
    last = asked.moment("until", first + dt.timedelta(hours=2))
    (row,) = asked.rows(_DELIVERED, first=first + MINUTE, last=last)
    (alarm,) = asked.rows(_SILENT, first=first - MINUTE, last=last)
    if alarm["at"] is None or row["meanwhile"] or not row["later"]:
        return _missed("没有节点失联的告警", "no alarm says that the edge fell silent")
    return Found(
        row["twice"] == 0,
        f"已告警失联；恢复后补交 {row['later']:,} 条，重复 {row['twice']} 条",
        f"an alarm says that it fell silent; {row['later']:,} records were handed in afterwards, {row['twice']} of them twice",
        _iso(alarm["at"]),
        "/alarms/",
    )


def late_report(asked: Asked) -> Found:
    """The clock of the report is overdue, or was met late."""
    people = asked.people()
    return _of_all(
        people, asked.rows(_LATE_REPORTS, persons=people), "/cases/",
        told=("例超过网络直报时限", "past the clock of the report"), missed=("没有超时的报告时限", "no clock of a report was overdue"),
    )  # fmt: skip


def over_control(asked: Asked) -> Found:
    """What the county wrote: the lint says it is stricter. Whom it held by order: inspection has an alarm of it."""
    packs = [Path(str(each)) for each in asked.listed("pack", "packs")]
    people = asked.people()
    written = _stricter(packs)
    (held,) = asked.rows(_ORDERED, persons=people)
    alarms = asked.rows(_ALARMS, area=str((asked.listed("county", "area") or ["-"])[0]))
    rules = f"规则检查提示 {len(written)} 处严于上级" if packs else ""
    lint = f"the lint names {len(written)} rules stricter than above" if packs else ""
    orders = f"{held['held']}／{len(people)} 人仍被个案决定管控，告警 {len(alarms)} 类" if people else ""
    kept = f"{held['held']} of {len(people)} are held by order, alarms of {len(alarms)} kinds" if people else ""
    found = (bool(written) or not packs) and (bool(alarms) or not people) and bool(packs or people)
    at = min((row["at"] for row in alarms), default=asked.first)
    return Found(
        found,
        "；".join(filter(None, (rules, orders))) or "无从查起",
        "; ".join(filter(None, (lint, kept))) or "nothing to look for",
        _iso(at) if found else "",
        "/alarms/" if alarms else "/policy/",
    )


def _stricter(packs: list[Path]) -> list[LintFinding]:
    """What the lint says with these packs and does not say without them."""
    if not packs:
        return []
    own = set(level_findings(load_packs(shelf.folders, hold_levels=False)))
    return [each for each in level_findings(load_packs([*shelf.folders, *packs], hold_levels=False)) if each not in own]


def no_show(asked: Asked) -> Found:
    """The test owed is overdue, or the round missed was noted."""
    people = asked.people()
    return _of_all(
        people, asked.rows(_MISSED, persons=people, kinds=list(OWED_TESTS)), "/tasks/?role=all&state=failed",
        told=("人的应检未检已列出", "are listed as having missed it"), missed=("没有逾期的检测任务", "no task to test them is overdue"),
    )  # fmt: skip


def no_phone(asked: Asked) -> Found:
    """They were reached without a telephone: sampled by card, given a paper code, or visited."""
    people = asked.people()
    rows = asked.rows(_REACHED, persons=people)
    ways = "、".join(sorted({each for row in rows for each in row["how"].split(",")}))
    return _of_all(
        people, rows, "/people/",
        told=(f"人已由其他方式覆盖：{ways}", f"were reached otherwise: {ways}"),
        missed=("没有凭证件采样、纸质码或上门记录", "no sample by card, no paper code, no visit"),
    )  # fmt: skip


FINDERS: Mapping[str, Finder] = {
    "lost_box": lost_box,
    "swapped_tube": swapped_tube,
    "forged_code": forged_code,
    "remote_scan": remote_scan,
    "left_early": left_early,
    "edge_down": edge_down,
    "late_report": late_report,
    "over_control_county": over_control,
    "no_show": no_show,
    "no_phone": no_phone,
}


def _of_all(
    people: list[int], rows: list[dict[str, Any]], page: str, *, told: tuple[str, str], missed: tuple[str, str]
) -> Found:
    """Of people, those whom the software lists, a row each with the moment (`at`): found where all of them are listed."""
    if not rows:
        return _missed(*missed)
    many, of = len(rows), len(people)
    return Found(
        many >= of, f"{many}／{of} {told[0]}", f"{many} of {of} {told[1]}", _iso(min(row["at"] for row in rows)), page
    )


def _missed(zh: str, en: str) -> Found:
    return Found(False, zh, en)


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(BEIJING).isoformat(timespec="minutes")
