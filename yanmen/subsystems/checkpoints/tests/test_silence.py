"""A post that is manned and of which nothing comes in is told to inspection; one that is heard of, or unmanned, is not."""

from __future__ import annotations

from yanmen.base.ids import uuid7
from yanmen.loop.bulk import record_bulk
from yanmen.subsystems.checkpoints import actions, jobs
from yanmen.subsystems.checkpoints.kinds import PASSED
from yanmen.subsystems.checkpoints.tests.conftest import moment


def manned(county):
    post = county.post()
    with county.acting():
        actions.plan_shift(
            scope=county.scope, post=post.pk, starts_at=moment("2022-09-01 08:00"), ends_at=moment("2022-09-01 20:00"),
            duties={"check_codes": 2}, by="test", now=moment("2022-08-31"),
        )  # fmt: skip
    return post


def passed(county, post, at, recorded):
    row = {"id": uuid7(moment(at)), "occurred_at": moment(at), "area": "140212", "place": post.pk, "direction": "in", "shown": "pass", "reason": "valid"}  # fmt: skip
    with county.acting():
        record_bulk(PASSED.name, [row], by="device:1", now=moment(recorded))


def test_inspection_hears_of_a_manned_post_that_tells_nothing_once_for_each_silence(county, sign_in):
    silent, heard, unmanned = manned(county), manned(county), county.post()
    passed(county, heard, "2022-09-01 10:30", "2022-09-01 10:31")
    jobs.every_minute(moment("2022-09-01 10:50"))
    inspector = sign_in("inspector", area="1402", language="en")
    assert "No alarm." in inspector.get("/alarms/").text
    for at in ("2022-09-01 11:05", "2022-09-01 11:06"):
        jobs.every_minute(moment(at))
    told = inspector.get("/alarms/").text
    assert told.count("A manned post tells nothing") == 1
    assert silent.place.name_zh in told
    assert heard.place.name_zh not in told
    assert unmanned.place.name_zh not in told
    jobs.every_minute(moment("2022-09-01 13:40"))
    assert heard.place.name_zh in inspector.get("/alarms/").text
    jobs.every_minute(moment("2022-09-01 20:01"))
    assert inspector.get("/alarms/").text.count("A manned post tells nothing") == 2
