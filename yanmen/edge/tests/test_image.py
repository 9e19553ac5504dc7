"""The image as workers see it while one process writes it."""

import math
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from yanmen.edge import image_files
from yanmen.edge.image import Image, ImageMissing
from yanmen.edge.image_files import CHUNK, header_path, negatives_path, statuses_path
from yanmen.edge.image_writer import ImageWriter
from yanmen.edge.registers import Document, Post, Register, Venue, frame

NOON = datetime(2022, 10, 5, 4, tzinfo=UTC)
HEARD = int(NOON.timestamp() * 1_000_000)
VENUE = Venue(
    place=9, area="140105", kind="shop", seed=b"s" * 16, stay_minutes=45, capacity=None, longitude=112.5,
    latitude=37.8, open=True,
)  # fmt: skip
POST = Post(place=4, area="140105", kind="road", direction="in")


@pytest.fixture
def writer(tmp_path: Path) -> ImageWriter:
    writer = ImageWriter(tmp_path)
    draft = writer.draft(1000)
    draft.colour(np.array([7]), np.array([2], np.uint8))
    draft.test(np.array([8]), np.array([27_700_000]))
    draft.note([frame(Register.VENUE, 9, VENUE), frame(Register.DOCUMENT, 0, Document("words", b"signed"))])
    writer.publish(draft, position=(5, HEARD), contact=HEARD)
    writer.seal()
    return writer


def reach(writer: ImageWriter, seq: int) -> None:
    writer.reach((seq, HEARD), contact=HEARD)


def told(image: Image) -> tuple[object, ...]:
    return image.seq, image.people, image.colour(7), image.negative(8), image.venue(9), image.documents["words"]


TOLD = (5, 1000, 2, 27_700_000, VENUE, b"signed")


def test_a_reader_finds_people_venues_and_documents(writer: ImageWriter, tmp_path: Path) -> None:
    image = Image(tmp_path)
    assert told(image) == TOLD
    assert (image.colour(8), image.vaccination(7), image.negative(7)) == (0, 0, None)
    assert (image.venue(1), image.post(9), 1 in image.revoked) == (None, None, False)


@pytest.mark.parametrize("person", [0, -1, CHUNK, 1 << 62])
def test_a_number_of_nobody_is_nobody_elses(writer: ImageWriter, tmp_path: Path, person: int) -> None:
    writer.generation.colour(np.array([CHUNK - 1]), np.array([2], np.uint8))
    image = Image(tmp_path)
    assert (image.colour(person), image.negative(person)) == (0, None)


def test_before_the_first_snapshot_nothing_is_green(tmp_path: Path) -> None:
    image = Image(tmp_path)
    assert (image.ready, image.seq, image.people, image.age(NOON)) == (False, 0, 0, math.inf)
    for ask in (image.colour, image.negative, image.vaccination):
        with pytest.raises(ImageMissing):
            ask(7)
    ImageWriter(tmp_path)
    assert not image.ready


def test_readers_take_in_what_is_added(writer: ImageWriter, tmp_path: Path) -> None:
    images = [Image(tmp_path), Image(tmp_path)]
    writer.generation.colour(np.array([7, 9]), np.array([0, 1], np.uint8))
    writer.generation.note(
        [frame(Register.VENUE, 9, None), frame(Register.POST, 4, POST), frame(Register.DEVICE, 77, None)]
    )
    reach(writer, 6)
    for image in images:
        assert (image.seq, image.colour(7), image.colour(9)) == (6, 0, 1)
        assert (image.venue(9), image.post(4), 77 in image.revoked) == (None, POST, True)


def test_what_is_being_written_is_seen_only_when_it_is_whole(writer: ImageWriter, tmp_path: Path) -> None:
    image = Image(tmp_path)
    draft = writer.draft(2000)
    draft.colour(np.array([7]), np.array([1], np.uint8))
    assert told(image) == told(Image(tmp_path)) == TOLD
    writer.publish(draft, position=(9, HEARD), contact=HEARD)
    assert (image.seq, image.people, image.colour(7), image.venue(9)) == (9, 2000, 1, None)


def test_it_grows_without_moving_anybody_and_without_using_the_disk(writer: ImageWriter, tmp_path: Path) -> None:
    image = Image(tmp_path)
    far = 35_000_000
    writer.generation.colour(np.array([far]), np.array([2], np.uint8))
    reach(writer, 6)
    assert told(image)[1:] == (far, *TOLD[2:])
    assert image.colour(far) == 2
    assert statuses_path(tmp_path, 1).stat().st_size > far
    used = sum(path.stat().st_blocks * 512 for path in tmp_path.iterdir())
    assert used < 1_000_000


def test_a_million_people_take_five_bytes_each(tmp_path: Path) -> None:
    people = np.arange(1, 1_000_001)
    writer = ImageWriter(tmp_path)
    draft = writer.draft(1_000_000)
    draft.colour(people, (people % 3).astype(np.uint8))
    draft.test(people, people.astype(np.int32))
    writer.publish(draft, position=(1, HEARD), contact=HEARD)
    used = sum(path.stat().st_blocks * 512 for path in tmp_path.iterdir())
    assert used <= 5 * 1_000_000 + 16 * 4096
    assert Image(tmp_path).colour(999_998) == 999_998 % 3


def test_age_counts_from_the_last_contact_and_not_from_the_last_change(writer: ImageWriter, tmp_path: Path) -> None:
    image = Image(tmp_path)
    later = NOON + timedelta(minutes=10)
    assert image.age(later) == 600
    writer.reach((5, HEARD), contact=HEARD + 590_000_000)
    assert image.age(later) == 10
    assert image.age(NOON) == 0


def test_the_next_writer_goes_on_where_the_last_one_was_killed(writer: ImageWriter, tmp_path: Path) -> None:
    image = Image(tmp_path)
    writer.generation.colour(np.array([7]), np.array([1], np.uint8))
    writer.generation.note([frame(Register.DEVICE, 77, None)])
    reach(writer, 6)
    writer.generation.note([frame(Register.DEVICE, 78, None)])  # and killed before it said so
    successor = ImageWriter(tmp_path)
    assert successor.position == (6, HEARD)
    successor.generation.note([frame(Register.DEVICE, 79, None)])
    reach(successor, 7)
    for each in (image, Image(tmp_path)):
        assert (each.seq, each.colour(7)) == (7, 1)
        assert [device in each.revoked for device in (77, 78, 79)] == [True, False, True]


def test_after_a_power_cut_the_sealed_state_holds(writer: ImageWriter, tmp_path: Path) -> None:
    reach(writer, 6)
    writer.seal()
    reach(writer, 7)
    with header_path(tmp_path).open("r+b") as file:
        file.write(writer.header._replace(boot=1).packed())  # the header of another boot of this machine
    image = Image(tmp_path)
    assert not image.ready
    assert ImageWriter(tmp_path).position == (6, HEARD)
    assert image.seq == 6
    assert told(image)[1:] == TOLD[1:]


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: header_path(folder).write_bytes(b"somebody else's file" * 20),
        lambda folder: header_path(folder).write_bytes(b""),
        lambda folder: os.truncate(statuses_path(folder, 1), 100),
        lambda folder: negatives_path(folder, 1).unlink(),
        lambda folder: image_files.registers_path(folder, 1).write_bytes(b"\0" * 4096),
    ],
    ids=["foreign header", "empty header", "statuses cut", "negatives gone", "registers overwritten"],
)
def test_damaged_files_ask_for_a_new_snapshot(writer: ImageWriter, tmp_path: Path, damage) -> None:
    damage(tmp_path)
    assert not Image(tmp_path).ready
    successor = ImageWriter(tmp_path)
    assert successor.generation is None
    assert not Image(tmp_path).ready
    successor.publish(successor.draft(10), position=(8, HEARD), contact=HEARD)
    successor.seal()
    assert Image(tmp_path).seq == 8
    assert len(list(tmp_path.iterdir())) == 4
