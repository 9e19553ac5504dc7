"""A county with a sampling site and a laboratory in the next one; people, tubes, plates. Everybody here is synthetic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from yanmen.base.clock import BEIJING
from yanmen.loop.bulk import record_bulk
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.models import Place
from yanmen.registry.people import Details, Registered, register_people
from yanmen.registry.scope import Scope, acting
from yanmen.subsystems.screening.kinds import BOUND
from yanmen.subsystems.screening.models import Laboratory, Run, Site, Tube, Well

NOON = datetime(2022, 10, 1, 12, tzinfo=BEIJING)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
COUNTY, OTHER = "140727", "140728"
PROVINCE = Scope(None, "screening.manager", "14")
BENCH = Scope(None, "laboratory.reviewer", OTHER)
"""The laboratory's own scope: the other county, where none of the people live."""


def open_county() -> tuple[Site, Laboratory]:
    """Areas, a site in Qi county, a laboratory in Pingyao."""
    names = {"14": "山西省", "1407": "晋中市", COUNTY: "祁县", OTHER: "平遥县"}
    load_areas([AreaRow(code=code, name_zh=name) for code, name in names.items()])
    about = {"open_from": NOON - timedelta(days=9), "created_at": NOON - timedelta(days=9), "created_by": "test"}
    with acting(PROVINCE):
        place = Place.objects.create(kind="sampling_site", name_zh="东观采样点", area=COUNTY, created_at=NOON)
        site = Site.objects.create(place=place, area=COUNTY, kind="fixed", desks=2, **about)
        place = Place.objects.create(kind="laboratory", name_zh="平遥实验室", area=OTHER, created_at=NOON)
        laboratory = Laboratory.objects.create(place=place, area=OTHER, tubes_a_day=2000, **about)
    return site, laboratory


def people(count: int, area: str = COUNTY) -> list[int]:
    """So many people of the county."""
    with acting(PROVINCE):
        details = [Details(name=f"采样{number}", area=area) for number in range(count)]
        found = register_people(details, by="test", now=NOON - timedelta(days=9))
    return [each.person for each in found if isinstance(each, Registered)]


def bind(tube: str, persons: Sequence[int], site: Site, at: datetime = NOON, *, told: datetime | None = None) -> None:
    """These people go into the tube, and the edge records it at once (or when it was told)."""
    rows = [
        {"person": person, "place": site.pk, "area": site.area, "occurred_at": at}
        | {"detail": {"tube": tube, "position": number, "device": 7}}
        for number, person in enumerate(persons, 1)
    ]
    with acting(PROVINCE):
        record_bulk(BOUND.name, rows, by="device:7", now=told or at)


def at_laboratory(tubes: Mapping[str, int], site: Site, laboratory: Laboratory, at: datetime = NOON) -> None:
    """The tubes (code: how many are in it) have come to the laboratory."""
    Tube.objects.using("owner").bulk_create(
        Tube(
            code=code,
            area=site.area,
            site_id=site.pk,
            capacity=max(members, 1),
            members=members,
            first_at=at,
            last_at=at,
            laboratory_id=laboratory.pk,
            lab_area=laboratory.area,
            received_at=at + HOUR,
        )
        for code, members in tubes.items()
    )


def measured(
    results: Mapping[str, str], laboratory: Laboratory, at: datetime = NOON, code: str = "R1", ct: float = 27.0
) -> Run:
    """A run of these tubes, measured and accepted by a technician."""
    with acting(BENCH):
        run = Run.objects.create(
            laboratory=laboratory, area=laboratory.area, code=code, instrument="PCR-1", kit="K", lot="L1", state="accepted",
            loaded_at=at + 2 * HOUR, loaded_by="account:1", measured_at=at + 3 * HOUR, accepted_at=at + 3 * HOUR,
            accepted_by="account:1",
        )  # fmt: skip
        for number, (tube, result) in enumerate(results.items()):
            position = f"{'ABCDEFGH'[number % 8]}{number // 8 + 1}"
            targets = {"ORF1ab": ct if result == "positive" else None, "N": ct + 1 if result != "negative" else None}
            Well.objects.create(run=run, position=position, tube=tube, targets=targets, result=result)
        Tube.objects.filter(pk__in=list(results)).update(run=run, logged_at=at + 2 * HOUR, measured_at=at + 3 * HOUR)
    return run
