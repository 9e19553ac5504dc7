"""The same epidemic in starsim (PyPI, MIT licence), for comparison: the same edges, hazards, periods and factors, its own engine and dice.

starsim takes a strength times a factor as the chance of an edge; here a hazard h gives 1 - exp(-h), by comparing h with -log(1 - u).
Chance meetings go by its mixing pool, so the city has to be of one county. Import this only where starsim is installed.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import starsim as ss
from numpy.typing import NDArray

from yanmen.drill.world.city import City
from yanmen.drill.world.diseases import Disease
from yanmen.drill.world.draws import Ints
from yanmen.drill.world.network import Edges
from yanmen.drill.world.spread import Outbreak


class Fixed(ss.Network):
    """Edges that stay."""

    def step(self) -> None:
        """Nothing changes from day to day."""


class Seir(ss.SEIR):
    """starsim's SEIR with the periods and factors of an ``Outbreak`` of ours."""

    def __init__(self, nature: Outbreak, seeds: Ints, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pars["beta"] = nature.beta  # as it is: a number given as an argument would be taken for a rate a year
        self.latent, self.lasts = nature.latent.astype(float), nature.lasts.astype(float)
        self.factor, self.seeds = nature.factor.astype(float), seeds

    def init_post(self) -> None:
        """Everybody's factor, and the first ones infected on day 0."""
        super().init_post()
        self.rel_trans[:] = self.factor
        self.set_prognoses(ss.uids(self.seeds), sources=-1)

    def set_infection(self, uids: Any) -> None:
        """Exposed now, infectious after the person's latent period."""
        self.exposed[uids] = True
        self.ti_exposed[uids] = self.ti
        self.ti_infectious[uids] = self.ti + self.latent[uids]

    def set_progression(self, uids: Any) -> None:
        """Recovered after the person's infectious period; nobody dies."""
        self.ti_recovered[uids] = self.ti_infectious[uids] + self.lasts[uids]

    def compute_transmission(
        self, src: Any, trg: Any, rel_trans: Any, rel_sus: Any, beta_per_dt: Any, randvals: Any
    ) -> Any:
        """Hazards instead of chances."""
        waits = -np.log1p(-randvals)
        return super().compute_transmission(src, trg, rel_trans, rel_sus, beta_per_dt, waits)


def prepared(
    city: City, disease: Disease, edges: Mapping[str, Edges], beta: float, *, seeds: Ints, seed: int, days: int
) -> ss.Sim:
    """A simulation that is ready to run, a day a step."""
    networks: list[Any] = [
        Fixed(p1=part.one, p2=part.other, beta=part.hazard, name=name) for name, part in edges.items() if len(part)
    ]
    contacts = float(disease.weights["community"]) * float(disease.contacts["community"])
    networks.append(ss.MixingPool(n_contacts=ss.constant(contacts), name="community"))
    nature = Outbreak(city, disease, seed=seed, strength=beta)
    seir = Seir(nature, seeds, init_prev=ss.bernoulli(p=0), p_death=ss.bernoulli(p=0), name="seir")
    sim = ss.Sim(
        n_agents=city.people,
        diseases=seir,
        networks=networks,
        start="2022-01-01",
        dur=days - 1,
        dt=ss.days(1),
        rand_seed=seed,
        verbose=0,
    )
    sim.init()
    sim.people.age[:] = city.age + 0.5
    return sim


def daily(sim: ss.Sim, seeds: Ints) -> NDArray[np.int64]:
    """Infections by day, those from outside on day 0; to be asked after ``sim.run()``."""
    found = np.asarray(sim.results.seir.new_infections.values).round().astype(np.int64)
    found[0] += len(seeds)
    return found
