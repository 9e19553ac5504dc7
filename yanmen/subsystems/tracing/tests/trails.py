"""A case and its way: at home, in a market among others, in a noodle shop, on a train; told as the registers tell it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from yanmen.registry.models import Place
from yanmen.registry.people import Details, register_people
from yanmen.subsystems.tracing.tests.district import BY, COUNTY, DISTRICT, moment
from yanmen.subsystems.tracing.tests.town import Town

MARKET_DAY, NOW = moment("2022-10-04 09:00"), moment("2022-10-08 12:00")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOME = "安居小区3号楼2单元301"


class Trail(Town):
    """Everybody by name in `who`; check-ins by name in `scans`."""

    def __init__(self) -> None:
        super().__init__()
        self.who = {
            name: self._person(name, area, address)
            for name, area, address in (
                ("张行", DISTRICT, HOME),
                ("王早", DISTRICT, ""),
                ("赵晚", DISTRICT, ""),
                ("外县人", COUNTY, ""),
            )
        }
        self.market = self._place("许坦市场", "market", 112.74, 37.70)
        self.noodles = self._place("许坦面馆", "restaurant", 112.78, 37.68)
        self.home = self._place("安居小区", "estate", 112.71, 37.72, address="安居小区")
        self.named: dict[str, Any] = {}
        self._go("home", "张行", self.home, MARKET_DAY - 2 * HOUR, HOUR)
        self._go("张行", "张行", self.market, MARKET_DAY, HOUR)
        self._go("王早", "王早", self.market, MARKET_DAY + 20 * MINUTE, HOUR)
        self._go("外县人", "外县人", self.market, MARKET_DAY + 50 * MINUTE, HOUR)
        self._go("赵晚", "赵晚", self.market, MARKET_DAY + 5 * HOUR, HOUR)
        self._go("noodles", "张行", self.noodles, MARKET_DAY + 3 * HOUR, HOUR)
        self.scans = self.named
        self.record(
            "tracing.setting_told", self.who["张行"], "2022-10-05 08:10", setting="train", name="G692", unit="5车厢",
            row=12, seat="A", until="2022-10-05T09:40:00+08:00",
        )  # fmt: skip
        self.case_key = self.case(self.who["张行"], "2022-10-08 10:00", onset_on="2022-10-07")
        self.record("cases.stay_found", self.who["张行"], "2022-10-06 18:00", case=self.case_key)
        self.follow(NOW)

    def _person(self, name: str, area: str, address: str) -> int:
        with self.acting():
            (found,) = register_people([Details(name=name, area=area, address=address)], by=BY, now=MARKET_DAY)
        return found.person  # type: ignore[union-attr]

    def _place(self, name: str, kind: str, longitude: float, latitude: float, address: str = "") -> int:
        with self.acting():
            return Place.objects.create(
                name_zh=name, kind=kind, area=DISTRICT, longitude=longitude, latitude=latitude, address=address,
                created_at=MARKET_DAY,
            ).pk  # fmt: skip

    def _go(self, named: str, who: str, place: int, at: Any, long: timedelta) -> None:
        self.named[named] = self.scan(self.who[who], place, at)
        self.leave(self.who[who], place, at + long)


def form(client: Any, path: str, **values: Any) -> Any:
    """Send a form as a browser does."""
    headers = {"Referer": str(client.base_url), "X-CSRFToken": client.cookies["csrftoken"]}
    return client.post(path, data=values, headers=headers)
