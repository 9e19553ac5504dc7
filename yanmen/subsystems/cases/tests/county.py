"""Two counties of one city, made-up people in them, and the calls by which cases come in."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yanmen.base.clock import BEIJING
from yanmen.registry import people
from yanmen.registry.areas import AreaRow, load_areas
from yanmen.registry.scope import Scope, acting, system
from yanmen.subsystems.cases import actions, queries

CITY, COUNTY, OTHER_COUNTY = "1407", "140727", "140728"
VILLAGE, OTHER_VILLAGE, FAR_VILLAGE = "140727001001", "140727001002", "140728001001"
NAMES = {
    "14": "山西省", CITY: "晋中市", COUNTY: "祁县", "140727001": "昭馀镇", VILLAGE: "东关村", OTHER_VILLAGE: "西关村",
    OTHER_COUNTY: "平遥县", "140728001": "古陶镇", FAR_VILLAGE: "南门村",
}  # fmt: skip
PROVINCE = system("14", purpose="control")
HERE, THERE = (
    Scope(account=None, role="cases.epidemiologist", area=code, purpose="control") for code in (COUNTY, OTHER_COUNTY)
)
DAY = datetime(2022, 10, 1, 12, tzinfo=BEIJING)


def areas():
    load_areas([AreaRow(code=code, name_zh=name, name_en=f"A{code}") for code, name in NAMES.items()])


def day(number, hour=12):
    return (DAY + timedelta(days=number - 1)).replace(hour=hour)


def person(name="王小明", area=VILLAGE, born=date(1990, 5, 1), **more):
    with acting(PROVINCE):
        return people.register_person(
            name=name, area=area, born_on=born, synthetic=True, by="test", now=DAY - timedelta(days=1), **more
        ).pk


def report(who, at=None, *, scope=PROVINCE, now=None, area=VILLAGE, kind="confirmed", **more):
    at = at or day(1)
    with acting(scope):
        return actions.report(person=who, area=area, kind=kind, found_at=at, by="test", now=now or at, **more).case


def act(name, case, now, *, scope=PROVINCE, **more):
    with acting(scope):
        return getattr(actions, name)(scope=scope, case=case, by="test", now=now, **more)


def seen(case, now, *, scope=PROVINCE):
    with acting(scope):
        return queries.case(scope, case, now=now)


def post(client, path, **body):
    """A call of the API of cases, with everything a browser sends."""
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(f"/api/cases{path}", json=body, headers=headers)
