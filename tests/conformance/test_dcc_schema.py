"""Our rules of certificate content beside the EU's schema: the same verdict on its samples and on samples spoiled."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from yanmen.base.dcc.content import faults, unknown_codes

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "dcc_schema"
VALID = sorted([*DATA.glob("test/valid/*.json"), *DATA.glob("examples/*/*.json")])
INVALID = sorted(DATA.glob("test/invalid/*.json"))

pytestmark = pytest.mark.skipif(not VALID, reason="the schema of ../shared/data/dcc_schema is not here")


def read(path: Path) -> dict:
    return json.loads(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def schema():
    return Draft202012Validator(read(DATA / "DCC.combined-schema.json"))


@pytest.mark.parametrize("path", VALID, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_the_eu_calls_valid_has_no_fault_and_no_unknown_code(path, schema):
    assert (faults(read(path)), unknown_codes(read(path))) == ([], [])
    assert schema.is_valid(read(path))


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_what_the_eu_calls_invalid_has_a_fault(path, schema):
    assert faults(read(path))
    assert not schema.is_valid(read(path))


SPOILED = st.sampled_from(
    [None, "", "x" * 80, "x" * 81, 0, 1, -1, 1.5, True, [], {}, "2021-02-30", "lower", "AT", "1979-04", "1.3.0", ["x"]]
)


def places(value: object, path: tuple = ()):
    """Every place of a certificate, deepest last."""
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from places(each, (*path, key))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_what_the_schema_refuses_we_refuse(schema, data):
    content = copy.deepcopy(read(data.draw(st.sampled_from(VALID))))
    place = data.draw(st.sampled_from(sorted(places(content), key=str)))
    target = content
    for key in place[:-1]:
        target = target[key]
    if data.draw(st.booleans()):
        target[place[-1]] = data.draw(SPOILED)
    else:
        del target[place[-1]]
    if not schema.is_valid(content):
        assert faults(content)


@pytest.mark.parametrize("name", ["dt", "sc", "fr", "df", "du"])
def test_days_and_moments_are_asked_for_though_the_schema_only_notes_them(name):
    for path in VALID:
        content = read(path)
        (entry,) = next(content[kind] for kind in "vtr" if kind in content)
        if name in entry:
            entry[name] = "yesterday"
            assert faults(content)
