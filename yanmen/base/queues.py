"""How long people wait for one of several servers (lanes of a post, desks of a sampling site), and how many an hour needs.

`c` servers, arrivals at a rate lambda, service in a mean time 1/mu, offered load a = lambda/mu.

- M/M/c: probability of waiting C(c, a) (Erlang C), by the recursion of Erlang B; P(wait > t) = C exp(-(c mu - lambda) t).
  Source: Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone
  exchanges" (1917); as in Gross, Shortle, Thompson and Harris, Fundamentals of Queueing Theory, 4th ed., eq. 2.33-2.37.
- M/G/c: Allen-Cunneen, mean wait = mean wait of M/M/c times (ca2 + cs2) / 2, with the squared coefficients of variation
  of the gaps between arrivals and of the service. Source: Allen, Probability, Statistics, and Queueing Theory, 2nd ed.
  (1990), section 5.2; Bolch, Greiner, de Meer and Trivedi, Queueing Networks and Markov Chains, 2nd ed., eq. 6.80.
  The tail is taken as exponential with that mean among those who wait.
- Each hour stands for itself (stationary, independent, period by period): Green, Kolesar and Soares, "Improving the SIPP
  approach for staffing service systems", Operations Research 49 (2001) 549-564. It is fair where service is short
  compared with an hour, as at a post or a desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, log

from yanmen.base.refusals import Refusal

HOUR = 3600.0
MOST_SERVERS = 500


@dataclass(frozen=True)
class Staffed:
    """What one hour needs: servers, how busy they are, and the waits to expect (seconds)."""

    arrivals: float
    servers: int
    load: float
    mean_wait: float
    wait_95: float
    within_target: float


def erlang_b(servers: int, load: float) -> float:
    """Probability that all servers are busy when nobody waits; `load` in Erlang."""
    blocked = 1.0
    for number in range(1, servers + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Probability that an arrival waits in M/M/c; 1 where the load is not less than the servers."""
    if load >= servers:
        return 1.0
    blocked = erlang_b(servers, load)
    return servers * blocked / (servers - load * (1 - blocked))


def mean_wait(
    servers: int, per_hour: float, service_seconds: float, *, arrival_cv2: float = 1.0, service_cv2: float = 1.0
) -> float:
    """Mean wait in seconds before service; inf where the queue grows without end."""
    load = per_hour * service_seconds / HOUR
    if load >= servers:
        return inf
    return erlang_c(servers, load) * service_seconds / (servers - load) * (arrival_cv2 + service_cv2) / 2


def waits_longer(
    servers: int,
    per_hour: float,
    service_seconds: float,
    seconds: float,
    *,
    arrival_cv2: float = 1.0,
    service_cv2: float = 1.0,
) -> float:
    """Probability that an arrival waits longer than `seconds`."""
    load = per_hour * service_seconds / HOUR
    if load >= servers:
        return 1.0
    variation = (arrival_cv2 + service_cv2) / 2
    return erlang_c(servers, load) * exp(-(servers - load) / service_seconds * seconds / variation)


def servers_needed(
    per_hour: float,
    service_seconds: float,
    *,
    target_seconds: float,
    share: float = 0.95,
    arrival_cv2: float = 1.0,
    service_cv2: float = 1.0,
) -> Staffed:
    """The fewest servers with which `share` of the arrivals waits less than `target_seconds`."""
    _check(per_hour, service_seconds, target_seconds, share)
    about = {"arrival_cv2": arrival_cv2, "service_cv2": service_cv2}
    load = per_hour * service_seconds / HOUR
    servers = max(1, ceil(load))
    while waits_longer(servers, per_hour, service_seconds, target_seconds, **about) > 1 - share:
        servers += 1
    waits = erlang_c(servers, load)
    variation = (arrival_cv2 + service_cv2) / 2
    wait_95 = 0.0 if waits <= 0.05 else log(waits / 0.05) * variation * service_seconds / (servers - load)
    late = waits_longer(servers, per_hour, service_seconds, target_seconds, **about)
    mean = mean_wait(servers, per_hour, service_seconds, **about)
    return Staffed(per_hour, servers, load / servers, mean, wait_95, 1 - late)


def servers_by_hour(
    profile: Sequence[float],
    service_seconds: float,
    *,
    target_seconds: float,
    share: float = 0.95,
    arrival_cv2: float = 1.0,
    service_cv2: float = 1.0,
) -> list[Staffed]:
    """Servers for each hour of a profile of arrivals."""
    return [
        servers_needed(
            each,
            service_seconds,
            target_seconds=target_seconds,
            share=share,
            arrival_cv2=arrival_cv2,
            service_cv2=service_cv2,
        )
        for each in profile
    ]


def _check(per_hour: float, service_seconds: float, target_seconds: float, share: float) -> None:
    if not 0 <= per_hour < inf:
        raise Refusal("每小时到达数不能为负。", "Arrivals an hour cannot be negative.", field="per_hour", value=str(per_hour))  # fmt: skip
    if not 0 < service_seconds <= HOUR:
        raise Refusal("每次用时须在0至3600秒之间。", "Serving one must take between 0 and 3,600 seconds.", field="service_seconds", value=str(service_seconds))  # fmt: skip
    if target_seconds < 0 or not 0 < share < 1:
        raise Refusal("等待目标不能为负，比例须在0与1之间。", "The wait cannot be negative and the share lies between 0 and 1.", field="target_seconds", value=f"{target_seconds}, {share}")  # fmt: skip
    if per_hour * service_seconds / HOUR > MOST_SERVERS:
        raise Refusal(f"需要超过{MOST_SERVERS}条车道或采样台。请核对到达数和用时。", f"More than {MOST_SERVERS} lanes or desks would be needed. Check arrivals and time.", field="per_hour", value=str(per_hour))  # fmt: skip
