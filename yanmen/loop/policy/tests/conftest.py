"""The packs of this repository, loaded once, and the columns their rules may ask about."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from yanmen.loop.catalogue import Catalogue
from yanmen.loop.policy import Policy, load_packs
from yanmen.loop.policy.examples import Example, load_examples
from yanmen.project.discovery import discover, packs_folder


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_packs(sorted(path.parent for path in packs_folder().glob("*/pack.yaml")))


@pytest.fixture(scope="session")
def examples(policy: Policy) -> list[Example]:
    return load_examples(policy)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return discover(Catalogue())


@pytest.fixture(scope="session")
def columns(policy: Policy, catalogue: Catalogue) -> dict[str, Mapping[str, str]]:
    return policy.columns({name: relation.types for name, relation in catalogue.relations.items()})


@pytest.fixture
def cursor(db: str) -> Iterator[Any]:
    from django.db import connections

    with connections["loop"].cursor() as cursor:
        yield cursor
