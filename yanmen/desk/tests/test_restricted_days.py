"""Who was only proposed, and who was let go and taken in again, was not held meanwhile."""

from __future__ import annotations

import datetime as dt

from yanmen.base.clock import BEIJING
from yanmen.desk import restrictions
from yanmen.desk.policy_book import book
from yanmen.loop.models import Edition, EditionStage, Event, Measure
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.people import register_person
from yanmen.registry.scope import acting, system

AREA = "140105"
STATES = {1: "proposed", 4: "in_force", 6: "lifted", 9: "in_force"}
"""Day of October → state from that noon on: held on the 4th to the 6th, and from the 9th."""


def noon(day: int) -> dt.datetime:
    return dt.datetime(2022, 10, day, 12, tzinfo=BEIJING)


def test_only_days_in_force_are_days_held(clean: str) -> None:
    load_areas([AreaRow("14", "山西省"), AreaRow("1401", "太原市"), AreaRow(AREA, "小店区")])
    stage = EditionStage.objects.filter(place__in=book().places("holds")).order_by("pk").first()
    edition = Edition.objects.get(pk=stage.edition_id)
    scope = system(AREA, purpose="control")
    with acting(scope):
        person = register_person(name="张三", area=AREA, by="test", now=noon(1))
    day = noon(1).date()
    about = {
        "rule": "r", "kind": "k", "subject_type": "person", "subject": getattr(person, "pk", person), "reason": "1", "area": AREA,
        "edition_id": edition.pk, "count_from": day, "known_on": day, "evidence": [],
    }  # fmt: skip
    measure = Measure.objects.using("loop").create(**about, state="in_force", since_at=noon(1), imposed_at=noon(1))
    for when, state in STATES.items():
        Event.objects.using("loop").create(
            **about, turn=1, at=noon(when), act=state, measure_id=measure.pk, state=state, over_hold=False
        )
    with acting(scope):
        asked = {"first": noon(1).date(), "last": noon(10).date(), "now": noon(10)}
        assert restrictions.total(scope, **asked) == {"people": 1, "person_days": 5}
        assert [row["person_days"] for row in restrictions.by("rule", scope, **asked)] == [5]
        held = restrictions.by_clause(scope, days=10, most=5, now=noon(10))
        assert [(row["people"], row["person_days"], row["infected"]) for row in held] == [(1, 5, 0)]
