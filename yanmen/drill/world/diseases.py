"""Diseases of the drill: each number with its source. All are of a susceptible population without measures.

Infectiousness over time is that of the SEIR model with gamma-distributed periods: none in the latent period, constant in the infectious
one, times a factor of the person (gamma with shape k: Lloyd-Smith, Schreiber, Kopp and Getz, Nature 438 (2005) 355-359). Periods that
are not exponential: Wearing, Rohani and Keeling, PLoS Medicine 2 (2005) e174. What is "assumed" is our own choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Number:
    """A value and where it is from."""

    value: float
    source: str

    def __float__(self) -> float:
        return float(self.value)


@dataclass(frozen=True)
class Period:
    """A period in days: ``least`` plus a gamma with this mean and deviation; ``mean`` includes ``least``."""

    mean: float
    deviation: float
    source: str
    least: float = 0.0

    @property
    def shape(self) -> float:
        """Of the gamma."""
        return ((self.mean - self.least) / self.deviation) ** 2

    @property
    def scale(self) -> float:
        """Of the gamma, in days."""
        return self.deviation**2 / (self.mean - self.least)


SETTING_WEIGHTS: Mapping[str, Number] = {
    name: Number(
        value,
        "Kerr et al., PLoS Computational Biology 17 (2021) e1009149: Covasim's transmissibility a contact and day by layer",
    )
    for name, value in (("household", 3.0), ("class", 0.6), ("workplace", 0.6), ("public", 0.3), ("community", 0.3))
}
CONTACTS: Mapping[str, Number] = {
    "class": Number(20, "Kerr et al. 2021, as above: contacts a day in schools"),
    "workplace": Number(16, "Kerr et al. 2021, as above: contacts a day at work"),
    "community": Number(
        4, "assumed: those of Covasim's 20 that are met neither at home, at school, at work nor at a place with a code"
    ),
}
CONTACTS_AN_HOUR = Number(
    10, "assumed: people one comes near in an hour at a public place; fewer where fewer are there"
)
"""With about half an hour of visits a day, five contacts a day."""


@dataclass(frozen=True)
class Disease:
    """What spreads. ``asymptomatic``: share without symptoms, ``asymptomatic_factor``: how infectious they are beside the others;
    ``dispersion``: k; ``generation``: mean generation time in days that latent and infectious period have to give;
    ``detectable_before``, ``detectable_after``: days a PCR is positive before the infectious period and after it."""

    name: str
    zh: str
    en: str
    r0: Number
    latent: Period
    infectious: Period
    incubation: Number
    generation: Number
    asymptomatic: Number
    asymptomatic_factor: Number
    dispersion: Number
    detectable_before: Number
    detectable_after: Number
    weights: Mapping[str, Number] = field(default_factory=lambda: SETTING_WEIGHTS)
    contacts: Mapping[str, Number] = field(default_factory=lambda: CONTACTS)
    contacts_an_hour: Number = CONTACTS_AN_HOUR


_FIT = "assumed: split so that latent and infectious period give the mean generation time (Svensson, Mathematical Biosciences 208 (2007) 300-311)"
_LEAST = 1.0
_K = Number(0.43, "Adam et al., Nature Medicine 26 (2020) 1714-1719: Hong Kong 2020; assumed for later variants")
_FACTOR = Number(
    0.35, "Buitrago-Garcia et al., PLoS Medicine 17 (2020) e1003346: relative risk of infection by asymptomatic people"
)
_SHED = "Cevik et al., Lancet Microbe 2 (2021) e13-e22: RNA of SARS-CoV-2 is shed for 17 days on average; the part after the infectious period"

DISEASES: Mapping[str, Disease] = {
    "delta": Disease(
        name="delta",
        zh="新冠病毒德尔塔样毒株",
        en="COVID-19, Delta-like",
        r0=Number(5.08, "Liu and Rocklöv, Journal of Travel Medicine 28 (2021) taab124: mean basic reproductive number"),
        latent=Period(2.3, 1.0, _FIT, _LEAST),
        infectious=Period(4.0, 1.8, _FIT, 0.5),
        incubation=Number(4.41, "Wu et al., JAMA Network Open 5 (2022) e2228008: pooled mean incubation period, Delta"),
        generation=Number(4.7, "Hart et al., Lancet Infectious Diseases 22 (2022) 603-610: mean intrinsic generation time, Delta"),
        asymptomatic=Number(0.20, "Buitrago-Garcia et al. 2020, as below: 20 % (17 to 25); before Delta, assumed for it"),
        asymptomatic_factor=_FACTOR,
        dispersion=_K,
        detectable_before=Number(1.0, "assumed"),
        detectable_after=Number(10.0, _SHED),
    ),
    "omicron": Disease(
        name="omicron",
        zh="新冠病毒奥密克戎样毒株",
        en="COVID-19, Omicron-like",
        r0=Number(9.5, "Liu and Rocklöv, Journal of Travel Medicine 29 (2022) taac037: mean basic reproductive number"),
        latent=Period(1.7, 0.5, _FIT, _LEAST),
        infectious=Period(3.0, 1.4, _FIT, 0.5),
        incubation=Number(3.42, "Wu et al., JAMA Network Open 5 (2022) e2228008: pooled mean incubation period, Omicron"),
        generation=Number(3.5, "Backer et al., Eurosurveillance 27 (2022) 2200042: mean serial interval within households, BA.1; stands in for it"),
        asymptomatic=Number(0.324, "Shang et al., Vaccines 10 (2022) 1049: pooled 32.4 % (25.3 to 39.5)"),
        asymptomatic_factor=_FACTOR,
        dispersion=_K,
        detectable_before=Number(0.7, "assumed"),
        detectable_after=Number(9.0, _SHED),
    ),
    "measles": Disease(
        name="measles",
        zh="麻疹样疾病（易感人群）",
        en="Measles-like, in a susceptible population",
        r0=Number(15.0, "Guerra et al., Lancet Infectious Diseases 17 (2017) e420-e428: the usual 12 to 18; the middle"),
        latent=Period(8.0, 1.5, "Anderson and May, Infectious Diseases of Humans (1991), table 3.1: 6 to 9 days; deviation assumed", _LEAST),
        infectious=Period(6.5, 2.0, "Anderson and May (1991), table 3.1: 6 to 7 days; deviation assumed", 0.5),
        incubation=Number(12.5, "Lessler et al., Lancet Infectious Diseases 9 (2009) 291-300: median incubation period"),
        generation=Number(11.7, "Vink, Bootsma and Wallinga, American Journal of Epidemiology 180 (2014) 865-875: mean serial interval"),
        asymptomatic=Number(0.0, "assumed: unvaccinated people fall ill"),
        asymptomatic_factor=Number(1.0, "of no meaning here"),
        dispersion=Number(0.23, "Lloyd-Smith et al., Nature 438 (2005) 355-359: measles, United States 1997-1999"),
        detectable_before=Number(1.0, "assumed"),
        detectable_after=Number(4.0, "assumed"),
    ),
}  # fmt: skip


def well_mixed(disease: Disease) -> Disease:
    """The same disease where only chance meetings infect: in a city of one county the classical models hold of it exactly."""
    nothing = Number(0.0, "a variant for comparison with theory")
    weights = {name: weight if name == "community" else nothing for name, weight in disease.weights.items()}
    return replace(disease, name=f"{disease.name}, well mixed", weights=weights)
