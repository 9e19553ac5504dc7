"""A town with a venue, a checkpoint and a sampling site, and edges that serve it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from yanmen.edge import testing
from yanmen.edge.testing import RunningEdge, running_edge
from yanmen.edge.tests.town import AREA, OWNER, SITE, fill
from yanmen.project import database
from yanmen.project.testing import visitor

PATIENT = 60
"""Seconds that a commit may take."""


@pytest.fixture(scope="module")
def town(db: str) -> str:
    """The address of the database as the owner."""
    with psycopg.connect(db, autocommit=True, options=OWNER) as connection:
        fill(connection)
    return db


@pytest.fixture
def rows(town: str) -> Iterator[psycopg.Connection]:
    """What stands in the database."""
    with psycopg.connect(town, autocommit=True, options=OWNER) as connection:
        yield connection


@pytest.fixture(scope="module")
def url(town: str) -> str:
    """The address under which edges connect."""
    return database.edge_url(town, by_password=False)


@pytest.fixture(scope="module")
def edge(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEdge]:
    """One edge for the module. A slow disk is waited for: nobody's record is put off to be sent again."""
    limits = {"session_rate": 0, "network_rate": 0, "commit_seconds": PATIENT}
    with running_edge(url, tmp_path_factory.mktemp("edge"), **limits) as edge:
        yield edge


@pytest.fixture
def client(edge: RunningEdge) -> Iterator[httpx.Client]:
    with visitor(edge.url, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="module")
def phone(edge: RunningEdge) -> testing.Device:
    """Lin's phone."""
    return testing.holder(edge.home, person=7).sign_in(edge.url)


@pytest.fixture(scope="module")
def guard(edge: RunningEdge) -> testing.Device:
    """The officer's phone at the checkpoint."""
    return testing.officer(edge.home, place=4, area=AREA, role="checkpoints.officer", device=104).sign_in(edge.url)


@pytest.fixture(scope="module")
def scanner(edge: RunningEdge) -> testing.Device:
    """The scanner at the venue's door."""
    return testing.officer(edge.home, place=9, area=AREA, role="venues.staff", device=109).sign_in(edge.url)


@pytest.fixture(scope="module")
def sampler(edge: RunningEdge) -> testing.Device:
    """The phone at the sampling site."""
    return testing.officer(edge.home, place=SITE, area=AREA, role="sampling", device=111).sign_in(edge.url)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "edge"
