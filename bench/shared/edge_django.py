"""The peer: a plain Django endpoint that does the work of a check-in. One view, no middleware, connections kept.

It authenticates the same session and MAC and reads the same venue code with the same functions, inserts the same row with
ON CONFLICT DO NOTHING, wakes whom it concerns, commits, and answers.
"""

import datetime as dt
import json
import os

import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path

GIVEN = json.loads(os.environ["EDGE_PEER"])
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[],
    INSTALLED_APPS=[],
    USE_TZ=True,
    DATABASES={"default": GIVEN["database"] | {"CONN_MAX_AGE": None}},
)
django.setup()

from pathlib import Path  # noqa: E402

from yanmen.base import venue_code  # noqa: E402
from yanmen.edge.image import Image  # noqa: E402
from yanmen.edge.sessions import Sessions  # noqa: E402

SESSIONS = Sessions(bytes.fromhex(GIVEN["session_key"]), most=200_000, rate=0)
VENUE_KEY = bytes.fromhex(GIVEN["venue_key"])
IMAGE = Image(Path(GIVEN["folder"]))
INSERT = """
INSERT INTO loop_bulk_presence_scanned (id, person_id, place_id, area, occurred_at, recorded_at, recorded_by, claimed, via, device)
VALUES (%s, %s, %s, %s, %s, %s, %s, true, 'phone', %s) ON CONFLICT DO NOTHING
"""


def check_in(request: HttpRequest) -> JsonResponse:
    """Keep one check-in."""
    _, shown, mac = request.headers["Authorization"].split(" ")
    session = SESSIONS.find(shown)
    body = request.body
    if session.mac(f"{request.method}\n{request.get_full_path()}\n".encode(), body).decode() != mac:
        return JsonResponse({"en": "wrong signature"}, status=401)
    record = json.loads(body)
    place, seed = venue_code.read(record["venue"], VENUE_KEY)
    venue = IMAGE.venue(place)
    if venue is None or venue.seed != seed or not venue.open:
        return JsonResponse({"en": "no such venue"}, status=422)
    now, person = dt.datetime.now(dt.UTC), session.subject
    at = dt.datetime.fromtimestamp(record["at"] / 1000, dt.UTC)
    device = session.device
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [record["id"], person, place, venue.area, at, now, f"device:{device}", device])
        kept = cursor.rowcount
        cursor.execute("SELECT wake_watched(%s::bigint[], %s::bigint[], %s::text[])", [[person], [place], [venue.area]])
    return JsonResponse({"id": record["id"], "kept": True if kept else "repeated"})


urlpatterns = [path("edge/v1/check-ins", check_in)]
application = get_wsgi_application()
