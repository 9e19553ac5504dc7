"""The rows that a town of these tests consists of."""

import psycopg

from yanmen.base import venue_code
from yanmen.edge.testing import KEYS

OWNER = "-c role=yanmen_owner"
AREA = "140105"
SITE = 11
SEED, OLD_SEED = b"seed-now", b"seed-old"
SHOP, CLOSED, UNKNOWN = 9, 10, 99

PLACES = "INSERT INTO registry_place (id, kind, name_zh, name_en, area, address, created_at) OVERRIDING SYSTEM VALUE"
VENUES = "INSERT INTO venues_venue (place_id, area, kind, seed, seeded_at, opened_at, opened_by, closed_at, closed_by)"
POSTS = (
    "INSERT INTO checkpoints_post (place_id, area, kind, direction, lanes, roads, open_from, created_at, created_by)"
)


def fill(connection: psycopg.Connection) -> None:
    """One venue that is open, one that is closed, one checkpoint, one sampling site."""
    connection.execute(
        "INSERT INTO registry_area (code, level, name_zh, name_en, kind, valid_from, population_source)"
        " SELECT %(area)s::text, 'county', '小店', 'Xiaodian', 'division', '2020-01-01', ''"
        " WHERE NOT EXISTS (SELECT FROM registry_area WHERE code = %(area)s::text)",
        {"area": AREA},
    )
    for place in (4, SHOP, CLOSED, SITE):
        connection.execute(f"{PLACES} VALUES (%s, 'other', 'x', 'x', %s, '', now())", [place, AREA])
    for place, closed in ((SHOP, None), (CLOSED, "2022-01-01")):
        connection.execute(
            f"{VENUES} VALUES (%s, %s, 'market', %s, now(), now(), 'test', %s, '')", [place, AREA, SEED, closed]
        )
    connection.execute(f"{POSTS} VALUES (4, %s, 'road', 'in', 2, '[]', '2020-01-01', now(), 'test')", [AREA])


def code(place: int = SHOP, seed: bytes = SEED) -> str:
    """What hangs at a venue's door."""
    return venue_code.make(place, seed, bytes.fromhex(KEYS["venue_key"]))
