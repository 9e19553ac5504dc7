"""When a campaign finishes, and what holds it up: people flow through sites, vehicles and laboratories.

A deterministic fluid queue by cumulative counts: with A(t) people come to a stage by t and C(t) its capacity added up, what it has
done is D(t) = min over s <= t of (A(s) + C(t) - C(s)), and the next stage sees it a delay later. Steps of five minutes; delays
are whole steps.

Sources: Newell, Applications of Queueing Theory, 2nd ed. (1982), chapter 2 (cumulative curves); Vandergraft, "A fluid flow model
of networks of queues", Management Science 29 (1983) 1198-1208; the minimum: Le Boudec and Thiran, Network Calculus (2001),
theorem 1.2.2 (a server of variable capacity).

What holds it up is the stage that would still finish last if the others had no limit; how much sooner all would end without its
limit is told beside it. Everything is counted in people: a tube is its members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from yanmen.base.refusals import Refusal

STEPS_AN_HOUR = 12
MOST_HOURS = 24 * 60
NOBODY = 0.5
LIMITLESS = 1e9

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Stage:
    """A stage from now on: people an hour in each coming hour (then the last one again), and its delay in hours.

    `waiting` wait at it now; `under_way` it has let go, evenly spread over its delay.
    """

    name: str
    per_hour: tuple[float, ...]
    delay: float = 0.0
    waiting: float = 0.0
    under_way: float = 0.0

    @property
    def unfinished(self) -> float:
        """People who are at it or under way from it."""
        return self.waiting + self.under_way


@dataclass(frozen=True)
class Finish:
    """When everybody is done (hours from now, None: not within the horizon), and why not sooner.

    `done` (whom the next stage, or the result, has reached) and `queues` have a row a stage and a column an hour from 0; `alone` is when a stage would finish if no other had a
    limit, `sooner` the hours that all would gain without its limit.
    """

    hours: float | None
    bottleneck: str
    alone: dict[str, float | None]
    sooner: dict[str, float]
    done: list[list[float]]
    queues: list[list[float]]


def finish(stages: Sequence[Stage], *, arriving: Sequence[float], horizon: int = 240) -> Finish:
    """The way of all who come to the first stage in each hour from now, and of those who already wait at any."""
    _check(stages, arriving, horizon)
    end, free = _end(stages, arriving, horizon), _end([_limitless(each) for each in stages], arriving, horizon)
    alone, sooner = dict[str, float | None](), dict[str, float]()
    for each in stages:
        others = [other if other is each else _limitless(other) for other in stages]
        without = [_limitless(other) if other is each else other for other in stages]
        alone[each.name] = _end(others, arriving, horizon)
        sooner[each.name] = _gain(end, _end(without, arriving, horizon), horizon)
    late = max(stages, key=lambda each: (_or_never(alone[each.name]), sooner[each.name]))
    held = _or_never(end) > _or_never(free) + 1 / STEPS_AN_HOUR
    done, queues = zip(*_flow(stages, arriving, horizon), strict=True)
    hourly = slice(None, None, STEPS_AN_HOUR)
    return Finish(
        end, late.name if held else "", alone, sooner,
        [each[hourly].round(1).tolist() for each in done], [each[hourly].round(1).tolist() for each in queues],
    )  # fmt: skip


def lost(stage: Stage, share: float, *, since: int = 0) -> Stage:
    """The stage without a share of its capacity (0 to 1) from an hour on: a site that closes, a laboratory that stops."""
    if not 0 <= share <= 1 or since < 0:
        raise Refusal("失去的部分须在0与1之间。", "The part that is lost lies between 0 and 1.", field="share", value=str(share))  # fmt: skip
    hours = [*stage.per_hour, *[stage.per_hour[-1]] * max(0, since + 1 - len(stage.per_hour))]
    kept = [each if hour < since else each * (1 - share) for hour, each in enumerate(hours)]
    return replace(stage, per_hour=tuple(kept))


def expected_arrivals(
    left: float, seen: Sequence[float], planned: float, *, opened: Sequence[bool] = ()
) -> list[float]:
    """People who will come in each coming hour until none is left.

    The pace is what came in the last hours that are over (`seen`, up to three of them weigh), or what was planned before any is;
    hours in which nothing is `opened` bring nobody, and after the last of `opened` every hour is open.
    """
    recent = [each for each in seen[-3:] if each > 0]
    pace = sum(recent) / len(recent) if recent else planned
    hours: list[float] = []
    while left > NOBODY and pace > 0 and len(hours) < MOST_HOURS:
        hour = len(hours)
        come = min(left, pace) if hour >= len(opened) or opened[hour] else 0.0
        hours.append(come)
        left -= come
    return hours


def _flow(stages: Sequence[Stage], arriving: Sequence[float], horizon: int) -> list[tuple[Floats, Floats]]:
    """Of each stage: people whom the next one (or the result) has reached, added up, and its queue; a value a step from 0 on."""
    come = _added(arriving, horizon, again=False)
    found = []
    for stage in stages:
        come, room = come + stage.waiting, _added(stage.per_hour, horizon)
        out = room + np.minimum(np.minimum.accumulate(come - room), 0.0)
        queue = come - out
        come = _later(out, stage)
        found.append((come, queue))
    return found


def _later(out: Floats, stage: Stage) -> Floats:
    steps = ceil(stage.delay * STEPS_AN_HOUR - 1e-9)
    if steps == 0:
        return out + stage.under_way
    shifted = np.concatenate([np.zeros(min(steps, len(out))), out[: max(0, len(out) - steps)]])
    part: Floats = np.minimum(np.arange(len(out)) / steps, 1.0)
    return shifted + stage.under_way * part


def _end(stages: Sequence[Stage], arriving: Sequence[float], horizon: int) -> float | None:
    """Hours until all are done, between two steps by the straight line."""
    total = sum(arriving) + sum(each.unfinished for each in stages)
    if total <= NOBODY:
        return 0.0
    done = _flow(stages, arriving, horizon)[-1][0]
    goal = total * (1 - 1e-9) - 1e-6
    at = int(np.searchsorted(done, goal))
    if at >= len(done):
        return None
    if at == 0:
        return 0.0
    return round((at - 1 + float((goal - done[at - 1]) / (done[at] - done[at - 1]))) / STEPS_AN_HOUR, 3)


def _limitless(stage: Stage) -> Stage:
    return replace(stage, per_hour=(LIMITLESS,))


def _added(values: Sequence[float], horizon: int, *, again: bool = True) -> Floats:
    """People an hour, added up step by step."""
    hours = np.zeros(horizon)
    given = np.array(values[:horizon], dtype=float)
    hours[: len(given)] = given
    if again and len(given):
        hours[len(given) :] = given[-1]
    return np.concatenate([[0.0], np.cumsum(np.repeat(hours, STEPS_AN_HOUR) / STEPS_AN_HOUR)])


def _or_never(hours: float | None) -> float:
    return float("inf") if hours is None else hours


def _gain(end: float | None, without: float | None, horizon: int) -> float:
    """Hours gained; what never finishes counts as the horizon."""
    return round(max(0.0, (horizon if end is None else end) - (horizon if without is None else without)), 3)


def _check(stages: Sequence[Stage], arriving: Sequence[float], horizon: int) -> None:
    if not 1 <= horizon <= MOST_HOURS or not stages or any(not each.per_hour for each in stages):
        raise Refusal(f"请给出各环节能力，时长在1至{MOST_HOURS}小时之间。", f"Give every stage a capacity, and 1 to {MOST_HOURS} hours.", field="stages", value=str(horizon))  # fmt: skip
    numbers = [*arriving, *(each.delay for each in stages), *(each.waiting for each in stages)]
    numbers += [number for each in stages for number in each.per_hour]
    if any(not 0 <= number < float("inf") for number in numbers) or len(arriving) > horizon:
        raise Refusal("能力、时间和人数不能为负，到达不能超出时长。", "Capacities, delays and people are not negative, and arrivals lie within the hours.", field="stages", value=str(len(arriving)))  # fmt: skip
