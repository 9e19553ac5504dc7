"""Through whose hands a request came, and how networks are written."""

import pytest

from yanmen.base.networks import caller, networks_in
from yanmen.base.refusals import Refusal

OURS = networks_in("10.0.3.7, 10.8.0.0/16,fd00:8::/64,", name="YANMEN_EDGES")


@pytest.mark.parametrize(
    ("hops", "found"),
    [
        (["203.0.113.9"], "203.0.113.9"),
        (["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        (["198.51.100.1", "10.0.3.7"], "198.51.100.1"),
        (["203.0.113.1", "198.51.100.1", "10.8.0.9", "127.0.0.1"], "198.51.100.1"),
        (["198.51.100.1", "fd00:8::1"], "198.51.100.1"),
        (["2001:db8::5", "::1"], "2001:db8::5"),
        (["[2001:db8::5]", "::ffff:10.0.3.7"], "2001:db8::5"),
        (["10.8.0.1", "10.0.3.7"], "10.8.0.1"),
        (["anybody", "10.0.3.7"], None),
        (["anybody", "203.0.113.9"], "203.0.113.9"),
    ],
)
def test_the_last_address_that_is_not_ours_is_the_caller(hops, found):
    assert str(caller(hops, OURS)) == str(found)


@pytest.mark.parametrize("wrong", ["10.0.3", "10.0.3.7/40", "edge.example", "10.8.0.1/16"])
def test_a_part_that_is_no_network_is_named_in_both_languages(wrong):
    with pytest.raises(Refusal) as refused:
        networks_in(f"10.0.3.7,{wrong}", name="YANMEN_EDGES")
    assert wrong in refused.value.zh
    assert wrong in refused.value.en
    assert "YANMEN_EDGES" in refused.value.en
