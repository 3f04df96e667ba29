"""Photos in the archive: taken in, joined to flights, asked for, erased."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from groundside.archive.archive import Archive
from groundside.errors import NotFound
from groundside.keep.photo_tables import photo as photo_table
from groundside.keep.photo_tables import photo_cell
from groundside.model.caller import Caller
from groundside.model.footprint import Footprint
from groundside.model.kept_photo import JoinedBy, PhotoQuery
from groundside.model.place import LonLat
from groundside.model.query import FlightQuery, Near
from groundside.produce.imagery.seeing import holding, rings_of
from groundside.reference.geodesy import distance_m
from tests.photo_flights import LOG, Shot, log_of_flight, photo, pixels, shots, with_tags

WHO = Caller("tester", "test", "to see what it does")
OFFSET_S = 2 * 3600.0 + 7.4
Opened = Callable[[dict[str, bytes]], Archive]


@pytest.fixture
def opened(tmp_path: Path):
    made: list[Archive] = []

    def of(files: dict[str, bytes]) -> Archive:
        card = tmp_path / "card"
        card.mkdir(exist_ok=True)
        for name, content in files.items():
            (card / name).write_bytes(content)
        it = Archive.open(tmp_path / "archive", create=True)
        made.append(it)
        it.ingest(WHO, [card], workers="0")
        return it

    yield of
    for it in made:
        it.close()


def named(taken: list[Shot]) -> dict[str, bytes]:
    return {each.name: each.content for each in taken}


def test_a_photo_is_kept_with_what_it_says_its_footprint_and_a_small_image(opened: Opened):
    it = opened({"a.jpg": photo(1, 1_700_000_000_000_000, (7.5, 46.9), orientation=6)})
    page = it.photos(WHO, PhotoQuery())
    assert page.total == 1
    kept = page.photos[0].photo
    assert (kept.file, kept.kind, kept.camera, kept.placed_by) == ("a.jpg", "photo", "DJI FC6310R", "file")
    assert kept.taken_us is None
    assert kept.clock_us == 1_700_000_000_000_000
    assert isinstance(kept.footprint, Footprint)
    small = it.photo_thumbnail(WHO, kept.id)
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (240, 320)
        assert not image.getexif()
    original = it.photo_original(WHO, kept.id)
    assert b"".join(original.pieces) == photo(1, 1_700_000_000_000_000, (7.5, 46.9), orientation=6)
    said = it.photo(WHO, kept.id).photo
    assert said.height_above_takeoff_m == 60.0
    assert it.verify(WHO).faults == ()


def test_the_same_photo_twice_is_one(opened: Opened):
    content = photo(1, 1_700_000_000_000_000, (7.5, 46.9))
    assert opened({"a.jpg": content, "b.jpg": content}).photos(WHO, PhotoQuery()).total == 1


def test_a_map_is_no_photo(opened: Opened):
    out = io.BytesIO()
    Image.fromarray(np.zeros((4, 4), np.float32)).save(out, "TIFF")
    it = opened({"dem.tif": out.getvalue()})
    assert it.photos(WHO, PhotoQuery()).total == 0
    assert "no photo" in it.files(WHO)[0].why


def test_a_camera_clock_of_unknown_zone_is_set_by_the_track_within_its_error(opened: Opened):
    taken = shots(OFFSET_S)
    it = opened({LOG: log_of_flight(), **named(taken)})
    flight = it.flights(WHO, FlightQuery()).flights[0].id
    listed = it.photos(WHO, PhotoQuery(flight=flight)).photos
    assert len(listed) == len(taken)
    truth = {each.name: each for each in taken}
    for each in listed:
        join = each.photo.join
        assert join.how is JoinedBy.PLACES
        assert join.clock_offset_s is not None and join.clock_error_s is not None
        # Cameras write whole seconds, cut off: the clock is behind by half of one in the middle.
        assert abs(join.clock_offset_s - (OFFSET_S - 0.5)) < 3 * join.clock_error_s + 0.1
        assert 0.0 < join.clock_error_s < 1.0
        assert each.photo.taken_us is not None
        assert abs(each.photo.taken_us - truth[each.photo.file].at_us) < 1.2e6


def test_photos_that_come_before_their_flight_are_joined_when_it_comes(opened: Opened):
    it = opened(named(shots(OFFSET_S)))
    assert {each.photo.join.flight_id for each in it.photos(WHO, PhotoQuery()).photos} == {None}
    it.receive(WHO, LOG, [log_of_flight()])
    assert None not in {each.photo.join.flight_id for each in it.photos(WHO, PhotoQuery()).photos}


def test_a_photo_without_a_position_is_placed_from_the_track_by_its_cameras_clock(opened: Opened):
    taken = shots(OFFSET_S, unplaced=(3, 8))
    it = opened({LOG: log_of_flight(), **named(taken)})
    by_name = {each.photo.file: each.photo for each in it.photos(WHO, PhotoQuery()).photos}
    for number in (3, 8):
        kept, truth = by_name[taken[number].name], taken[number]
        assert kept.join.how is JoinedBy.SAME_CAMERA
        assert kept.placed_by == "track"
        assert kept.place is not None and kept.footprint is not None
        assert distance_m(kept.place, LonLat(truth.lon, truth.lat)) < 15.0
    assert by_name[taken[4].name].placed_by == "file"


def test_photos_of_another_place_are_not_joined_and_it_is_said_why(opened: Opened):
    taken = shots(OFFSET_S)
    away = {
        f"B{n}.JPG": photo(n, each.at_us + round(OFFSET_S * 1e6), (each.lon + 0.5, each.lat), model="Other")
        for n, each in enumerate(taken)
    }
    it = opened({LOG: log_of_flight(), **away})
    for each in it.photos(WHO, PhotoQuery()).photos:
        assert each.photo.join.flight_id is None
        assert "fit no track" in each.photo.join.why


def test_what_sees_a_place_is_what_brute_force_finds_best_view_first(opened: Opened):
    it = opened(named(shots(OFFSET_S, every_s=0.0, count=30)))
    everything = [each.photo for each in it.photos(WHO, PhotoQuery()).photos]
    outlines = [each.footprint.outline if each.footprint else () for each in everything]
    found = 0
    for of in everything[::5]:
        assert of.footprint is not None and of.footprint.centre.ground is not None
        place = of.footprint.centre.ground.place
        listed = it.photos(WHO, PhotoQuery(seeing=place)).photos
        assert {each.photo.id for each in listed} == {everything[n].id for n in holding(rings_of(outlines), place)}
        ranges = [each.away_m for each in listed]
        assert ranges == sorted(ranges) and of.id in {each.photo.id for each in listed}
        found += len(listed)
    assert found > 6


def test_photos_are_found_by_where_when_and_with_what(opened: Opened):
    taken = shots(0.0, count=10)
    it = opened(named(taken))
    at = LonLat(taken[0].lon, taken[0].lat)
    close = it.photos(WHO, PhotoQuery(near=Near(at, 5.0))).photos
    assert close[0].photo.file == taken[0].name
    assert all(each.away_m is not None and each.away_m <= 5.0 for each in close)
    assert it.photos(WHO, PhotoQuery(camera="fc63")).total == 10
    assert it.photos(WHO, PhotoQuery(camera="sony")).total == 0
    middle = taken[5].at_us // 1_000_000 * 1_000_000
    assert it.photos(WHO, PhotoQuery(from_us=middle)).total == 5
    page = it.photos(WHO, PhotoQuery(limit=3, offset=2))
    assert [each.photo.file for each in page.photos] == [each.name for each in taken[::-1][2:5]]
    assert page.total == 10
    with pytest.raises(NotFound):
        it.photos(WHO, PhotoQuery(flight="0" * 32))


def test_small_images_of_a_screenful_are_one_entry_in_the_ledger(opened: Opened):
    it = opened(named(shots(0.0, count=4)))
    ids = [each.photo.id for each in it.photos(WHO, PhotoQuery()).photos]
    before = it.ledger(WHO).size
    small = it.photo_thumbnails(WHO, [*ids, "0" * 32])
    assert [each is None for each in small] == [False] * 4 + [True]
    assert it.ledger(WHO).size == before + 1


def test_rebuilding_makes_photos_and_their_joins_again(opened: Opened):
    it = opened({LOG: log_of_flight(), **named(shots(OFFSET_S, count=6, every_s=10.0))})
    before = {each.photo.file: each.photo for each in it.photos(WHO, PhotoQuery()).photos}
    it.rebuild(WHO)
    assert {each.photo.file: each.photo for each in it.photos(WHO, PhotoQuery()).photos} == before
    assert all(each.join.flight_id for each in before.values())


def test_an_erased_photo_leaves_neither_row_nor_small_image_nor_key(opened: Opened, tmp_path: Path):
    canary = photo(77, 1_700_000_000_000_000, (7.5, 46.9), model="CANARY-MODEL")
    it = opened({"CANARY-NAME.jpg": canary, "other.jpg": photo(2, 1_700_000_100_000_000, (7.5, 46.9))})
    kept = next(each.photo for each in it.photos(WHO, PhotoQuery()).photos if "CANARY" in each.photo.file)
    row = next(each for each in it.files(WHO) if each.recording_id == kept.id)
    with it.catalogue.read() as reader:
        where = reader.thumbnail(kept.id, WHO.scope)
    assert where is not None
    it.erase(WHO, [], "asked for", files=[row.sha256.hex])
    assert it.photos(WHO, PhotoQuery()).total == 1
    with it.catalogue.read() as reader:
        for table in (photo_table, photo_cell):
            assert kept.id not in set(reader.connection.scalars(select(table.c.original_id)))
    assert not it.vault.holds(where.object_id)
    with pytest.raises(NotFound):
        it.vault.read(where.object_id)
    it.close()
    left = [p for p in (tmp_path / "archive").rglob("*") if p.is_file() and b"CANARY" in p.read_bytes()]
    assert left == []


def test_erasing_a_flight_takes_from_photos_what_its_track_told(opened: Opened):
    it = opened({LOG: log_of_flight(), **named(shots(OFFSET_S, unplaced=(3,)))})
    flight = it.flights(WHO, FlightQuery()).flights[0].id
    it.erase(WHO, [flight], "asked for")
    for each in it.photos(WHO, PhotoQuery()).photos:
        assert each.photo.join.flight_id is None and each.photo.taken_us is None
        assert each.photo.placed_by != "track"
    assert it.verify(WHO).faults == ()


def test_an_altered_row_of_a_photo_is_found_out(opened: Opened):
    it = opened({"a.jpg": photo(1, 1_700_000_000_000_000, (7.5, 46.9))})
    with it.catalogue.commit(WHO) as writer:
        writer.connection.execute(photo_table.update().values(lon=8.0))
    assert any("photo" in each.about for each in it.verify(WHO).faults)


def test_a_photo_that_cannot_be_decoded_is_kept_without_a_small_image(opened: Opened):
    torn = with_tags(pixels(3), b"", "")[:300] + b"\xff" * 10
    it = opened({"torn.jpg": torn})
    page = it.photos(WHO, PhotoQuery())
    assert page.total == 1
    with pytest.raises(NotFound, match="small image"):
        it.photo_thumbnail(WHO, page.photos[0].photo.id)
