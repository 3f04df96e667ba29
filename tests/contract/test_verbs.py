"""One test walks all verbs: each declares its effect, takes a caller, and keeps to what it declared."""

import inspect
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from pyrage import x25519
from sqlalchemy import delete, func, select, update

from groundside.archive.archive import Archive
from groundside.archive.crop_fields import FieldChange
from groundside.archive.placing import place_owed
from groundside.archive.verb import VERBS, Effect
from groundside.archive.witnessing import cosign, make_witness, trust
from groundside.errors import NotFound
from groundside.keep import schema
from groundside.keep.ledger.log import size_of
from groundside.model.caller import Caller, Scope
from groundside.model.crop_record import CropImage, CropPatch, CropTask
from groundside.model.kept_photo import PhotoQuery
from groundside.model.place import LonLat
from groundside.model.query import Area, FlightQuery, Near, TotalsBy
from groundside.model.retention import RetentionPolicy
from groundside.reference.geodesy import distance_to_path_m
from tests.elevation import tiff
from tests.logbook_verbs import prepared
from tests.photo_builders import movie
from tests.photo_flights import photo
from tests.picture_verbs import pictured
from tests.simulated import craft_files

for _verb in dir(Archive):
    getattr(Archive, _verb)  # which loads its family, and so enters it in VERBS
WHO = Caller("tester", "test", "to see what it does")
PEOPLE = [x25519.Identity.generate() for _ in range(2)]
MEAD = Area(((tuple(LonLat(*at) for at in ((7.0, 47.0), (7.01, 47.0), (7.01, 47.01), (7.0, 47.0))),),))
NOBODY = Caller("stranger", "test", scope=Scope(frozenset()))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a card and an archive of it, made once."""
    root = tmp_path_factory.mktemp("built")
    (root / "card").mkdir()
    for name, data in craft_files():
        (root / "card" / name).write_bytes(data)
    (root / "card" / "photo.jpg").write_bytes(photo(1, 1_700_000_000_000_000, (7.5, 46.9)))
    (root / "card" / "film.mp4").write_bytes(movie([("vide", "avc1", [b"frame"] * 3)], created=3_000_000_000))
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(WHO, [root / "card"])
    return root


@pytest.fixture
def archive(built: Path, tmp_path: Path):
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    with Archive.open(tmp_path / "archive") as it:
        yield it


def ids(archive: Archive) -> list[str]:
    return [f.id for f in archive.flights(WHO, FlightQuery()).flights]


def call(archive: Archive, name: str, folder: Path) -> tuple[object, list[str], int]:
    """Call one verb in a way that succeeds."""
    one, two = ids(archive)[:2]
    if name == "unmerge":
        archive.merge(WHO, one, two)
    if name == "restore_root":
        archive.escrow_root(WHO, [str(who.to_public()) for who in PEOPLE])
    held = archive.hold(WHO, "claim", flight=one).id if name == "lift_hold" else ""
    if name in {"crop_fields", "drop_field"}:
        archive.add_field(WHO, "Mead", FieldChange(area=MEAD))
    if name in {"drop_retention", "retain"}:
        archive.set_retention(WHO, RetentionPolicy(name="a", days=1, why="law"))
    if name == "resume":
        job = archive.jobs(WHO)[0]
        with archive.catalogue.commit(WHO) as writer:
            writer.finish(job.id, type(job.state).CANCELLED, at_us=1)
    locked = next(f.file for f in archive.files(WHO) if f.state == "locked")
    keys = folder / "card" / locked.replace(".txt", ".keys.json")
    calls = {
        **prepared(archive, WHO, name, one),
        **pictured(archive, WHO, name),
        "ingest": lambda: archive.ingest(WHO, [folder / "card"]),
        "receive": lambda: archive.receive(WHO, "note.txt", [b"hello"]),
        "watch": lambda: list(archive.watch(WHO, folder / "card", 0.0, lambda _: None, once=True)),
        "resume": lambda: archive.resume(WHO, archive.jobs(WHO)[0].id),
        "flights": lambda: archive.flights(WHO, FlightQuery()),
        "flight": lambda: archive.flight(WHO, one),
        "track": lambda: archive.track(WHO, one_with_track(archive)),
        "log": lambda: archive.log(WHO, one),
        "diff": lambda: archive.diff(WHO, autopilots(archive), autopilots(archive)),
        "export": lambda: archive.export(WHO, one_with_track(archive), "gpx"),
        "lines": lambda: archive.lines(WHO, FlightQuery(), 100),
        "totals": lambda: archive.totals(WHO, FlightQuery(), TotalsBy.MONTH),
        "heat": lambda: archive.heat(WHO, FlightQuery(), None, 1000),
        "files": lambda: archive.files(WHO),
        "resolve": lambda: archive.resolve(WHO, one[:6]),
        "about": lambda: archive.about(WHO),
        "annotate": lambda: archive.annotate(WHO, one, "windy"),
        "merge": lambda: archive.merge(WHO, one, two),
        "unmerge": lambda: archive.unmerge(WHO, two),
        "add_keys": lambda: archive.add_keys(WHO, Path(locked), json.loads(keys.read_text())),
        "add_field": lambda: archive.add_field(WHO, "Mead", FieldChange(area=MEAD)),
        "crop_fields": lambda: archive.crop_fields(WHO),
        "drop_field": lambda: archive.drop_field(WHO, "Mead"),
        **cropped(archive, name, folder),
        "note_override": lambda: archive.note_override(WHO, "height", "a permit", "too high", "a.plan"),
        "photos": lambda: archive.photos(WHO, PhotoQuery()),
        "photo": lambda: archive.photo(WHO, a_photo(archive)),
        "photo_thumbnails": lambda: archive.photo_thumbnails(WHO, [a_photo(archive)]),
        "photo_thumbnail": lambda: archive.photo_thumbnail(WHO, a_photo(archive)),
        "photo_layout": lambda: archive.photo_layout(WHO, a_photo(archive)),
        "photo_tiles": lambda: archive.photo_tiles(WHO, a_photo(archive), 0, [(0, 0)]),
        "photo_original": lambda: archive.photo_original(WHO, a_photo(archive)),
        "placed_photos": lambda: archive.placed_photos(WHO, PhotoQuery()),
        "video": lambda: archive.video(WHO, a_video(archive)),
        "video_bytes": lambda: archive.video_bytes(WHO, a_video(archive)),
        "photo_times": lambda: archive.photo_times(WHO, PhotoQuery()),
        "photo_extent": lambda: archive.photo_extent(WHO),
        "join_photos": lambda: archive.join_photos(WHO),
        "jobs": lambda: archive.jobs(WHO),
        "cancel": lambda: archive.cancel(WHO, archive.jobs(WHO)[0].id),
        "backup": lambda: archive.backup(WHO, str(folder / "copy")),
        "erasure": lambda: archive.erasure(WHO, [one]),
        "erase": lambda: archive.erase(WHO, [one], "it is over"),
        "finish_erasure": lambda: archive.finish_erasure(WHO),
        "hold": lambda: archive.hold(WHO, "claim", flight=one),
        "lift_hold": lambda: archive.lift_hold(WHO, held),
        "holds": lambda: archive.holds(WHO),
        "retention": lambda: archive.retention(WHO),
        "set_retention": lambda: archive.set_retention(WHO, RetentionPolicy(name="b", days=9, why="law")),
        "drop_retention": lambda: archive.drop_retention(WHO, "a"),
        "retention_due": lambda: archive.retention_due(WHO),
        "retain": lambda: archive.retain(WHO),
        "evidence": lambda: archive.evidence(WHO, [one], "claim 4711"),
        "ledger": lambda: archive.ledger(WHO),
        "ledger_entries": lambda: archive.ledger_entries(WHO, 0, 10),
        "ledger_events": lambda: archive.ledger_events(WHO, 0, 10),
        "prove": lambda: archive.prove(WHO, 0),
        "flight_custody": lambda: archive.flight_custody(WHO, one),
        "consistency": lambda: archive.consistency(WHO, 1),
        "mend_ledger": lambda: archive.mend_ledger(WHO),
        "keep_checkpoint": lambda: archive.keep_checkpoint(WHO, *cosigned(archive, folder)),
        "events": lambda: archive.events(WHO, 0, 10),
        "verify": lambda: archive.verify(WHO),
        "rebuild": lambda: archive.rebuild(WHO),
        "simulate": lambda: archive.simulate(WHO, most=1),
        "key_status": lambda: archive.key_status(WHO),
        "escrow_root": lambda: archive.escrow_root(WHO, [str(who.to_public()) for who in PEOPLE]),
        "restore_root": lambda: archive.restore_root(WHO, str(PEOPLE[0])),
        "rotate_keys": lambda: archive.rotate_keys(WHO),
    }
    last, sealed = last_event(archive), entries(archive)
    result = calls[name]()
    return result, [e.what for e in archive.events(WHO, last, 1000)], entries(archive) - sealed


def cropped(archive: Archive, name: str, folder: Path) -> dict[str, Callable[[], object]]:
    """Give the calls of verbs about what belongs to a field, with what they need."""
    ours = {"add_crop_image", "crop_records", "crop_raster", "set_crop_weather", "add_crop_patch", "note_prescription",
            "drop_crop_record"}  # fmt: skip
    if name not in ours:
        return {}
    archive.add_field(WHO, "Mead", FieldChange(area=MEAD))
    path = folder / "mead.tif"
    path.write_bytes(tiff())
    image = CropImage(id="", field="", original="", file="mead.tif", taken=date(2026, 5, 28))
    strip = CropPatch(id="", field="", kind="strip", name="west", area=MEAD)
    task = CropTask(
        id="", field="", name="N", day=date(2026, 5, 28), format="isoxml", model="nfoa", enough=True, product="urea",
        nitrogen_kg=80.0, area_ha=1.4,
    )  # fmt: skip
    needs_image = name in {"crop_raster", "drop_crop_record"}
    kept = archive.add_crop_image(WHO, "Mead", path, image).id if needs_image else ""
    return {
        "add_crop_image": lambda: archive.add_crop_image(WHO, "Mead", path, image),
        "crop_records": lambda: archive.crop_records(WHO, "Mead"),
        "crop_raster": lambda: archive.crop_raster(WHO, kept),
        "set_crop_weather": lambda: archive.set_crop_weather(WHO, "Mead", "w.csv", "date,tmax_c,tmin_c"),
        "add_crop_patch": lambda: archive.add_crop_patch(WHO, "Mead", strip),
        "note_prescription": lambda: archive.note_prescription(WHO, "Mead", task),
        "drop_crop_record": lambda: archive.drop_crop_record(WHO, kept),
    }


def cosigned(archive: Archive, folder: Path) -> tuple[str, list[str]]:
    """The checkpoint, cosigned by a new witness, and the witness's key."""
    key = make_witness(folder / "witness", "example.org/w1")
    trust(folder / "witness", archive.ledger(WHO).key)
    return cosign(folder / "witness", archive.ledger(WHO).checkpoint), [key]


def a_video(archive: Archive) -> str:
    with archive.catalogue.read() as reader:
        return next(each.id for each in reader.photos(PhotoQuery(), WHO.scope) if each.kind == "video")


def a_photo(archive: Archive) -> str:
    with archive.catalogue.read() as reader:
        return reader.photos(PhotoQuery(), WHO.scope)[0].id


def one_with_track(archive: Archive) -> str:
    with archive.catalogue.read() as reader:
        found, _ = reader.query(FlightQuery(), WHO.scope)
    return next(f.id for f in found if f.track_object)


def autopilots(archive: Archive) -> str:
    """A flight whose log states parameters."""
    with archive.catalogue.read() as reader:
        found, _ = reader.query(FlightQuery(), WHO.scope)
    return next(f.id for f in found if f.sources[0].format == "ardupilot-dataflash")


def last_event(archive: Archive) -> int:
    with archive.catalogue.read() as reader:
        return reader.last_event(WHO.scope)


def test_every_method_of_the_archive_is_a_verb_that_takes_a_caller():
    methods = {name for name, value in vars(Archive).items() if inspect.isfunction(value) and not name.startswith("_")}
    assert methods == set(VERBS)
    for name in methods:
        assert list(inspect.signature(getattr(Archive, name)).parameters)[1] == "caller", name


def entries(archive: Archive) -> int:
    with archive.catalogue.read() as reader:
        return size_of(reader.connection)


@pytest.mark.parametrize("name", sorted(VERBS))
def test_a_verb_keeps_to_the_effect_it_declares(name: str, archive: Archive, tmp_path: Path):
    _, happened, sealed = call(archive, name, tmp_path)
    assert sealed == (0 if VERBS[name].effect is Effect.NEITHER else 1), "one entry of the ledger for each call"
    own = [what for what in happened if what != f"revealed.{name}"]
    if VERBS[name].effect is Effect.REVEALS:
        assert happened[-1] == f"revealed.{name}"
        assert happened.count(f"revealed.{name}") == 1
    elif VERBS[name].effect is Effect.NEITHER:
        assert happened == []
    else:
        assert own or name in {"ingest", "watch"}, "a change leaves its event"


def test_events_have_no_gap_whatever_was_done(archive: Archive, tmp_path: Path):
    for name in ("annotate", "merge", "rebuild", "verify"):
        call(archive, name, tmp_path)
    numbers = [e.seq for e in archive.events(WHO, 0, 10_000)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_who_may_see_nothing_sees_nothing(archive: Archive):
    known = ids(archive)[0]
    assert archive.flights(NOBODY, FlightQuery()).total == 0
    assert archive.lines(NOBODY, FlightQuery(), 10) == []
    assert archive.totals(NOBODY, FlightQuery(), TotalsBy.AIRCRAFT) == {}
    assert archive.heat(NOBODY, FlightQuery(), None, 10) == []
    assert archive.files(NOBODY) == ()
    assert archive.jobs(NOBODY) == ()
    assert archive.events(NOBODY, 0, 10) == ()
    assert (archive.about(NOBODY).flights, archive.about(NOBODY).files) == (0, 0)
    for verb in (archive.flight, archive.track, archive.log):
        with pytest.raises(NotFound):
            verb(NOBODY, known)
    with pytest.raises(NotFound):
        archive.annotate(NOBODY, known, "I was here")


def test_what_was_taken_in_is_found_by_place_as_measuring_every_track_says(archive: Archive):
    found = archive.flights(WHO, FlightQuery()).flights
    tracks = {f.id: archive.track(WHO, f.id) for f in found if f.track_object}
    with archive.catalogue.read() as reader:
        entered = reader.paths_of([f.track_object for f in found if f.track_object], WHO.scope)
    assert len(entered) == len(tracks) > 3
    for track in tracks.values():
        lon, lat = track.floats("lon"), track.floats("lat")
        row = int(np.flatnonzero(np.isfinite(lon))[0])
        point = LonLat(float(lon[row]) + 0.0007, float(lat[row]))
        for metres in (10.0, 60.0, 2000.0):
            near = {f.id for f in archive.flights(WHO, FlightQuery(near=Near(point, metres))).flights}
            expected = {
                f.id
                for f in found
                if (path := tracks.get(f.id))
                and distance_to_path_m(point, path.floats("lon"), path.floats("lat"), path.time_us) <= metres
            }
            homes = {f.id for f in found if not f.track_object and f.summary.home}
            assert near - homes == expected


def test_flights_left_by_an_older_program_are_entered_from_their_tracks(archive: Archive):
    with archive.catalogue.commit(WHO) as writer:
        kept = writer.connection.execute(select(schema.track_path)).all()
        cells = writer.connection.execute(select(schema.flight_cell)).all()
        writer.connection.execute(delete(schema.track_path))
        writer.connection.execute(delete(schema.flight_cell))
        writer.connection.execute(update(schema.flight).values(placed=None))
        flights = writer.connection.scalar(select(func.count()).select_from(schema.flight))
    assert place_owed(archive, WHO) == flights
    assert place_owed(archive, WHO) == 0
    with archive.catalogue.read() as reader:
        chosen = set(reader.connection.scalars(select(schema.flight.c.track_object)))
        assert set(reader.connection.execute(select(schema.track_path))) == {row for row in kept if row[0] in chosen}
        assert set(reader.connection.execute(select(schema.flight_cell))) == set(cells)


def test_lines_are_the_same_whether_a_track_is_entered_or_read(archive: Archive):
    entered = archive.lines(WHO, FlightQuery(), 50)
    with archive.catalogue.commit(WHO) as writer:
        writer.connection.execute(delete(schema.track_path))
    assert entered
    assert archive.lines(WHO, FlightQuery(), 50) == entered
