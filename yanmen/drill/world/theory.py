"""What an epidemic has to come to, by theory: final size, generation times, growth. Compared with simulated ones in `tests/test_theory.py`.

Final size: Kermack and McKendrick, Proceedings of the Royal Society A 115 (1927) 700-721; that it holds for any distribution of latent
and infectious periods and of infectiousness: Miller, Bulletin of Mathematical Biology 74 (2012) 2125-2141; by type: Andreasen, Bulletin
of Mathematical Biology 73 (2011) 2305-2321. Its deviation: Sellke's construction (Journal of Applied Probability 20 (1983) 390-394).
Where people live in households and share classes it does not hold. There the final size is that of the network of who would infect
whom (Ludwig, Mathematical Biosciences 23 (1975) 33-46; Kenah and Robins, Physical Review E 76 (2007) 036113): when does not matter.
Generation times: Svensson, Mathematical Biosciences 208 (2007) 300-311. Growth: Wallinga and Lipsitch, Proceedings of the Royal
Society B 274 (2007) 599-604.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.signal import fftconvolve
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order
from scipy.stats import gamma

from yanmen.drill.world import meeting
from yanmen.drill.world.calibration import ABROAD, HOURS, leading, mean_strength, mixing, next_generation
from yanmen.drill.world.city import City
from yanmen.drill.world.diseases import Disease, Period
from yanmen.drill.world.draws import Floats, Ints
from yanmen.drill.world.meeting import WHOLE_DAY, Carriers
from yanmen.drill.world.network import Edges

STEP = 1 / 96
"""Days between the points on which densities stand."""


def final_size(r0: float, seeded: float = 0.0) -> float:
    """Share of all who are infected in the end; ``seeded``: share infected from outside. 1 - z = (1 - seeded) exp(-R0 z)."""
    if r0 <= 1 and not seeded:
        return 0.0
    return float(brentq(lambda z: 1 - z - (1 - seeded) * np.exp(-r0 * z), seeded or 1e-9, 1.0))


def final_size_deviation(r0: float, people: int, disease: Disease) -> float:
    """Deviation of that share from epidemic to epidemic, once it is large (Sellke's construction, to first order)."""
    z = final_size(r0)
    well, load = 1 - z, load_variation(disease)
    return float(np.sqrt((z * well + (well * r0 * load) ** 2 * z) / people) / (1 - well * r0))


def load_variation(disease: Disease) -> float:
    """Coefficient of variation of what a person infects: factor times days times the part of those without symptoms."""
    silent, less = float(disease.asymptomatic), float(disease.asymptomatic_factor)
    days = 1 + (disease.infectious.deviation / disease.infectious.mean) ** 2
    factor = 1 + 1 / float(disease.dispersion)
    symptoms = (1 - silent + silent * less**2) / mean_strength(disease) ** 2
    return float(np.sqrt(days * factor * symptoms - 1))


def final_size_by_type(matrix: NDArray[np.float64], people: Floats) -> Floats:
    """Share of each type infected in the end, if types mix at random: z_b = 1 - exp(-sum of people_a K_ab z_a / people_b)."""
    reach = people[:, None] * matrix / np.maximum(people, 1)
    z = np.ones(len(people))
    for _ in range(2_000):
        z = -np.expm1(-z @ reach)
    return np.asarray(z)


@dataclass(frozen=True)
class Density:
    """A distribution of days: ``chance`` at each of ``days``, summing to 1."""

    days: Floats
    chance: Floats

    @property
    def mean(self) -> float:
        """In days."""
        return float(self.days @ self.chance)

    @property
    def deviation(self) -> float:
        """In days."""
        return float(np.sqrt((self.days - self.mean) ** 2 @ self.chance))

    def below(self, days: Floats) -> Floats:
        """The chance of at most so many days."""
        return np.asarray(np.interp(days, self.days + STEP / 2, np.cumsum(self.chance), left=0.0))


def generation_mean(disease: Disease) -> float:
    """Mean latent period plus the mean age of infecting, E[D^2] / 2 E[D]."""
    lasts = disease.infectious
    return disease.latent.mean + (lasts.deviation**2 + lasts.mean**2) / (2 * lasts.mean)


def generation_time(disease: Disease, hours: tuple[float, float] = (0.0, 1.0)) -> Density:
    """From an infection to those it causes, each meeting as likely as another: latent period plus a moment of the infectious one.

    Where all meet only during some ``hours`` of the day (parts of it), moments a whole number of days apart are the likelier ones.
    """
    days = _points(disease)
    return _after_latent(disease, np.ones(len(days)), _by_the_clock(days + STEP / 2, hours))


def generation_time_in(city: City, disease: Disease, beta: float) -> Density:
    """The same in a city: earlier, as who meets the same people every day infects them early or, having done so, no more.

    Of a pair under hazard h the infection comes at age u of the infectious period with density h (1 + h u / k)^-(k + 1), if it lasts so long.
    """
    days, k, silent = _points(disease), float(disease.dispersion), float(disease.asymptomatic)
    _, shares = leading(next_generation(city, disease, beta))
    mixed, rate = mixing(city, disease), np.zeros(len(_points(disease)))
    typical = shares / mixed.each
    for share, factor in ((1 - silent, 1.0), (silent, float(disease.asymptomatic_factor))):
        for hazards, pairs in mixed.fixed.values():
            strong = factor * beta * hazards
            weight = np.einsum("a,nab->n", typical, pairs) * strong
            rate += share * (weight @ (1 + np.multiply.outer(strong, days) / k) ** -(k + 1))
        rate += share * factor * beta * sum(float((typical @ sums).sum()) for sums in mixed.loose.values())
    return _after_latent(disease, rate, np.ones(len(days)))


def _points(disease: Disease) -> Floats:
    """Middles of the steps that hold all of a generation."""
    longest = (
        disease.latent.mean + disease.infectious.mean + 12 * (disease.latent.deviation + disease.infectious.deviation)
    )
    return np.asarray((np.arange(int(longest / STEP)) + 0.5) * STEP, np.float64)


def _after_latent(disease: Disease, rate: Floats, clock: Floats) -> Density:
    """Infections at each age of the infectious period, while it lasts, after a latent period; ``clock``: weight of the sum of both."""
    days = _points(disease)
    latent = np.diff(_up_to(disease.latent, np.append(days - STEP / 2, days[-1] + STEP / 2)))
    age = (1 - _up_to(disease.infectious, days)) * rate
    chance = np.maximum(fftconvolve(latent, age)[: len(days)], 0) * clock
    return Density(days + STEP / 2, chance / chance.sum())


def _up_to(period: Period, days: Floats) -> Floats:
    return np.asarray(gamma.cdf(days - period.least, period.shape, scale=period.scale))


def _by_the_clock(days: Floats, hours: tuple[float, float]) -> Floats:
    """How much of the hours is among the hours again after so many days."""
    long, part = hours[1] - hours[0], days % 1.0
    return np.asarray(np.maximum(long - part, 0) + np.maximum(long - (1 - part), 0))


def growth_rate(r0: float, generation: Density) -> float:
    """Growth a day early on: R0 times the Laplace transform of the generation time is 1 (Euler and Lotka)."""
    return float(brentq(lambda r: r0 * float(generation.chance @ np.exp(-r * generation.days)) - 1, 1e-6, 10.0))


def percolated(
    city: City, disease: Disease, edges: Mapping[str, Edges], beta: float, seeds: Ints, free: np.random.Generator
) -> int:
    """How many are infected in the end, seeds among them: who is reached in a drawn network of who would infect whom."""
    many = city.people
    began, lasts, factor = _natures(disease, many, free)
    sources, targets = [np.zeros(len(seeds), np.int64)], [seeds.astype(np.int64) + 1]
    for name, part in edges.items():
        load = beta * factor * _spent(began, lasts, HOURS.get(name, WHOLE_DAY))
        for one, other in ((part.one, part.other), (part.other, part.one)):
            hit = free.random(len(one)) < -np.expm1(-load[one] * part.hazard)
            sources.append(one[hit].astype(np.int64) + 1)
            targets.append(other[hit].astype(np.int64) + 1)
    everybody = Carriers(np.arange(many, dtype=np.int32), beta * factor * lasts, np.zeros(many), np.ones(many))
    contacts = float(disease.weights["community"]) * float(disease.contacts["community"])
    starts = np.concatenate([[0], np.cumsum(city.county_people)])
    chance = meeting.at_large(everybody, np.ones(many, bool), contacts, city.county, starts, ABROAD, free)
    sources.append(chance.infector.astype(np.int64) + 1)
    targets.append(chance.person.astype(np.int64) + 1)
    source, target = np.concatenate(sources), np.concatenate(targets)
    graph = csr_array((np.ones(len(source), np.int8), (source, target)), shape=(many + 1, many + 1))
    return len(breadth_first_order(graph, 0, return_predecessors=False)) - 1


def _natures(disease: Disease, many: int, free: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Of each person the part of the day at which infecting would begin, for how many days, and the factor of infectiousness."""
    k, period = float(disease.dispersion), disease.infectious
    lasts = period.least + free.standard_gamma(period.shape, many) * period.scale
    silent = free.random(many) < float(disease.asymptomatic)
    factor = free.standard_gamma(k, many) / k * np.where(silent, float(disease.asymptomatic_factor), 1.0)
    return free.random(many), lasts, factor


def _spent(began: Floats, lasts: Floats, hours: tuple[float, float]) -> Floats:
    """How many times the hours of a day pass in so many days from that part of a day on."""

    def passed(days: Floats) -> Floats:
        return np.floor(days) + np.clip((days % 1.0 - hours[0]) / (hours[1] - hours[0]), 0, 1)

    return passed(began + lasts) - passed(began)
