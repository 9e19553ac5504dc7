"""What doors go by names only kinds of place that there are."""

from pathlib import Path

import yaml

from yanmen.subsystems.checkpoints.methods.words import KINDS as POSTS
from yanmen.subsystems.venues.methods.words import KINDS as VENUES


def test_every_kind_of_place_in_the_doors_policy_is_a_kind_of_venue_or_post():
    for file in Path("packs").glob("**/doors.yaml"):
        values = yaml.safe_load(file.read_text("utf-8"))["values"]
        named = {kind for value in values.values() for kind in value.get("at", {})}
        assert named <= POSTS.keys() | VENUES.keys(), file
