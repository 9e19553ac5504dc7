"""Posts, as their officers and the edges see them."""

from __future__ import annotations

import psycopg
import pytest

from yanmen.base.refusals import NotAllowed, Refusal
from yanmen.loop.bulk import record_bulk
from yanmen.subsystems.checkpoints import actions, queries
from yanmen.subsystems.checkpoints.kinds import PASSED
from yanmen.subsystems.checkpoints.tests.conftest import moment


def asked_by_edge(url: str, statement: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        connection.execute("SET ROLE yanmen_edge")
        return connection.execute(statement, values).fetchall()


def test_the_edge_learns_of_a_post_and_hears_when_it_closes(county, clean):
    post = county.post(direction="both", lanes=4)
    asked = "SELECT place, area, kind, direction FROM edge_posts(%s)"
    assert asked_by_edge(clean, asked, None) == [(post.pk, "140212", "highway", "both")]
    with county.acting():
        actions.close_post(scope=county.scope, post=post.pk, by="test", now=moment("2022-09-01"))
    told = asked_by_edge(clean, "SELECT topic, body FROM loop_outbox ORDER BY seq")
    assert told == [("checkpoints.changed", {"places": [post.pk]})] * 2


def test_the_edge_sees_no_table_of_ours(county, clean):
    county.post()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        asked_by_edge(clean, "SELECT * FROM checkpoints_post")


def test_passes_with_and_without_a_known_person_are_kept(county):
    post, person = county.post(), county.person()
    rows = [
        {"person": who, "place": post.pk, "area": post.area, "occurred_at": moment("2022-09-01"),
         "detail": {"direction": "in", "lane": 2, "shown": "green", "reason": "valid", "knowledge_minutes": 5}}
        for who in (person.pk, None)
    ]  # fmt: skip
    with county.acting():
        receipt = record_bulk(PASSED.name, rows, by="device:1", now=moment("2022-09-01"))
    assert receipt.created == 2


def test_a_post_outside_the_area_is_refused(county):
    with pytest.raises(NotAllowed):
        county.post(area="140121")


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"kind": "bridge"}, "kind"),
        ({"direction": "up"}, "direction"),
        ({"lanes": 0}, "lanes"),
        ({"name_zh": " "}, "name_zh"),
        ({"longitude": 190.0, "latitude": 40.0}, "longitude"),
        ({"longitude": 113.0}, "longitude"),
        ({"open_to": moment("2022-07-01")}, "open_to"),
    ],
)
def test_a_post_that_makes_no_sense_is_refused_by_field(county, about, field):
    with pytest.raises(Refusal) as refused:
        county.post(**about)
    assert refused.value.field == field


def test_another_county_does_not_change_the_post(county):
    from yanmen.registry.scope import Scope

    post = county.post()
    elsewhere = Scope(None, "checkpoints.manager", "140121")
    with county.acting("140121"), pytest.raises(Refusal):
        actions.close_post(scope=elsewhere, post=post.pk, by="test", now=moment("2022-09-01"))
    assert list(queries.posts(elsewhere)) == []
