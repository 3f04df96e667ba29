"""Findings and redaction in an archive: pinned, told again, exported, reviewed, and gone when the photo is erased."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import select

from groundside.archive.archive import Archive
from groundside.archive.footprints import footprint_of, pin
from groundside.archive.redacting import Redaction
from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.errors import BadRequest, Conflict, NotFound, Refused
from groundside.keep import schema
from groundside.keep.logbook_tables import statement
from groundside.model.caller import Caller, Scope
from groundside.model.finding import Asset, FindingChange, FindingQuery, Pin, Severity, Status
from groundside.model.footprint import Footprint, Pinpoint
from groundside.model.redaction import Box, Shown
from groundside.see.finding_shapes import asset_shape, write_findings
from tests import faces
from tests.picture_verbs import CRACK, NAME, PLATE, nadir_photo

WHO = Caller("ann", "test")
BOB = Caller("bob", "test")
NOBODY = Caller("stranger", "test", scope=Scope(frozenset()))
FACELESS = Redaction(faces=False)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built") / "archive"
    with Archive.open(folder, create=True) as it:
        it.receive(WHO, NAME, [nadir_photo()])
        it.receive(WHO, "other.jpg", [nadir_photo(120)])
    return folder


@pytest.fixture
def archive(built: Path, tmp_path: Path):
    shutil.copytree(built, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as it:
        yield it


def photo():
    return read_photo(Window.over(nadir_photo()))[0]


def test_a_pixel_is_pinned_where_the_footprint_has_it():
    shown = footprint_of(photo())
    assert isinstance(shown, Footprint)
    for sight in (shown.centre, *shown.corners):
        found = pin(photo(), (sight.x_px, sight.y_px))
        assert isinstance(found, Pinpoint)
        assert found.point.place.lon == pytest.approx(sight.ground.place.lon, abs=1e-12)
        assert found.point.place.lat == pytest.approx(sight.ground.place.lat, abs=1e-12)
        assert found.point.error.major_m == pytest.approx(sight.ground.error.major_m, rel=1e-9)
    assert found.ground == shown.ground


def test_a_finding_is_pinned_and_found_again(archive: Archive):
    made = archive.add_finding(WHO, NAME, Pin(24, 16, 16, 16), CRACK)
    assert made.ground.place.lon == pytest.approx(11.5, abs=1e-9)
    assert made.ground.place.lat == pytest.approx(48.25, abs=1e-9)
    assert made.ground.error.major_m > 1.0
    assert made.over.what == "plane at take-off height"
    for asked in (FindingQuery(), FindingQuery(photo=NAME), FindingQuery(type="crack", severity=Severity.MAJOR)):
        assert archive.findings(BOB, asked) == (made,)
    for asked in (FindingQuery(photo="other.jpg"), FindingQuery(type="rust"), FindingQuery(status=Status.CLOSED)):
        assert archive.findings(BOB, asked) == ()


def test_what_was_said_before_stays_in_the_history(archive: Archive):
    made = archive.add_finding(WHO, NAME, Pin(1, 1), CRACK)
    archive.edit_finding(BOB, made.id[:6], FindingChange(assigned="Carl", note="look again"))
    archive.edit_finding(WHO, made.id, FindingChange(status=Status.CLOSED, note="bolt replaced"))
    told = archive.finding(WHO, made.id)
    assert [(each.who, str(each.finding.status), each.finding.note) for each in told] == [
        ("ann", "open", ""), ("bob", "open", "look again"), ("ann", "closed", "bolt replaced"),
    ]  # fmt: skip
    assert told[-1].finding.assigned == "Carl"
    assert told[-1].finding.ground == made.ground


def test_the_worst_comes_first_and_what_is_done_last(archive: Archive):
    for severity, status in (("note", "open"), ("critical", "closed"), ("critical", "open"), ("minor", "planned")):
        made = archive.add_finding(WHO, NAME, Pin(1, 1), FindingChange(type="x", severity=Severity(severity)))
        archive.edit_finding(WHO, made.id, FindingChange(status=Status(status)))
    order = [(str(f.severity), str(f.status)) for f in archive.findings(WHO, FindingQuery())]
    assert order == [("critical", "open"), ("minor", "planned"), ("note", "open"), ("critical", "closed")]


def test_what_makes_no_sense_is_refused(archive: Archive):
    for bad in (Pin(64.5, 1), Pin(60, 40, 10, 1), Pin(-1, 0)):
        with pytest.raises(BadRequest, match="64 by 48"):
            archive.add_finding(WHO, NAME, bad, CRACK)
    with pytest.raises(BadRequest):
        archive.add_finding(WHO, NAME, Pin(1, 1), FindingChange(type=" "))
    with pytest.raises(NotFound, match="no asset"):
        archive.add_finding(WHO, NAME, Pin(1, 1), FindingChange(type="x", asset="Tower 9"))
    for name in ("none.jpg", "0" * 64, "abcd"):
        with pytest.raises(NotFound):
            archive.add_finding(WHO, name, Pin(1, 1), CRACK)
    assert archive.findings(WHO, FindingQuery()) == ()


def test_a_photo_without_a_place_keeps_its_finding_and_says_why_it_has_none(archive: Archive):
    out = io.BytesIO()
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(out, "JPEG")
    archive.receive(WHO, "plain.jpg", [out.getvalue()])
    made = archive.add_finding(WHO, "plain.jpg", Pin(4, 4), CRACK)
    assert made.ground is None
    assert made.why[0].endswith(".")


def test_assets_have_parts_photos_and_findings(archive: Archive):
    tower = archive.add_asset(WHO, Asset(id="", name="Tower 12", type="tower"), "other.jpg")
    arm = archive.add_asset(WHO, Asset(id="", name="Arm", part_of="tower 12"))
    made = archive.add_finding(WHO, NAME, Pin(1, 1), FindingChange(type="rust", asset="tower 12"))
    assert archive.add_asset(WHO, Asset(id="", name="TOWER 12")) == tower
    assert archive.findings(WHO, FindingQuery(asset="Tower 12")) == (made,)
    with pytest.raises(Conflict, match="part of itself"):
        archive.add_asset(WHO, Asset(id="", name="Tower 12", part_of="Arm"))
    known = archive.assets(WHO)
    shape = asset_shape(tower, known, archive.findings(WHO, FindingQuery()))
    assert (len(shape["photos"]), shape["findings"], known[0].name) == (2, [made.id], "Arm")
    assert asset_shape(arm, known, ())["part_of"] == "Tower 12"


def test_findings_are_written_as_geojson_that_others_read(archive: Archive, tmp_path: Path):
    import pyogrio

    archive.add_asset(WHO, Asset(id="", name="Tower 12"))
    archive.add_finding(WHO, NAME, Pin(32, 24), FindingChange(type="rust", asset="Tower 12", note="a b"))
    path = tmp_path / "f.geojson"
    with path.open("wb") as out:
        assert write_findings(archive.findings(WHO, FindingQuery()), archive.assets(WHO), out) == 1
    [feature] = json.loads(path.read_text())["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx([11.5, 48.25], abs=1e-7)
    assert feature["properties"]["asset"] == "Tower 12"
    assert feature["properties"]["error_95_major_m"] > 1.0
    info = pyogrio.read_info(path)
    assert (info["features"], info["geometry_type"]) == (1, "Point")


def test_nobody_sees_what_belongs_to_a_case_that_is_not_theirs(archive: Archive):
    made = archive.add_finding(WHO, NAME, Pin(1, 1), CRACK)
    archive.confirm_redaction(WHO, NAME)
    assert archive.findings(NOBODY, FindingQuery()) == ()
    assert archive.redactions(NOBODY) == ()
    with pytest.raises(NotFound):
        archive.finding(NOBODY, made.id)
    with pytest.raises(NotFound):
        archive.redacted_photo(NOBODY, NAME, FACELESS)


def test_only_what_a_person_confirmed_goes_out_and_a_change_is_to_be_confirmed_again(archive: Archive):
    with pytest.raises(Refused, match="Nobody has confirmed"):
        archive.redacted_photo(WHO, NAME, FACELESS)
    archive.edit_redaction(WHO, NAME, [PLATE])
    assert [each.review.confirmed for each in archive.redactions(WHO, unconfirmed=True)] == [False]
    archive.confirm_redaction(BOB, NAME)
    assert archive.redactions(WHO, unconfirmed=True) == ()
    assert archive.redacted_photo(WHO, NAME, FACELESS).boxes == (PLATE,)
    with pytest.raises(NotFound, match="no box 2"):
        archive.edit_redaction(WHO, NAME, (), [2])
    archive.edit_redaction(WHO, NAME, (), [1])
    with pytest.raises(Refused):
        archive.redacted_photo(WHO, NAME, FACELESS)


def test_a_derivative_says_neither_place_nor_serial(archive: Archive):
    archive.confirm_redaction(WHO, NAME)
    data = archive.redacted_photo(WHO, NAME, FACELESS).data
    assert b"SERIAL77" in nadir_photo()
    assert b"SERIAL77" not in data
    said = read_photo(Window.over(data))[0]
    assert (said.position, said.sensitive, said.camera.model, said.time.local) == (None, (), "", "")


@pytest.mark.peer
def test_faces_are_proposed_and_what_a_person_dismissed_is_not_proposed_again(archive: Archive):
    out = io.BytesIO()
    Image.fromarray(faces.portrait()).save(out, "PNG")
    archive.receive(WHO, "person.png", [out.getvalue()])
    [proposed] = archive.propose_redaction(WHO, ["person.png"])
    assert [box.shown for box in proposed.review.boxes] == [Shown.FACE]
    assert proposed.review.code.startswith("yunet-2023mar scale 1")
    archive.edit_redaction(WHO, "person.png", [Box(1, 1, 9, 9, Shown.OTHER)], [1])
    [again] = archive.propose_redaction(WHO, ["person.png"])
    assert again.review.boxes == (Box(1, 1, 9, 9, Shown.OTHER),)
    archive.confirm_redaction(WHO, "person.png")
    assert len(archive.redacted_photo(WHO, "person.png").boxes) == 1


@pytest.mark.peer
def test_a_face_that_nobody_boxed_is_hidden_all_the_same(archive: Archive):
    out = io.BytesIO()
    Image.fromarray(faces.portrait()).save(out, "PNG")
    archive.receive(WHO, "person.png", [out.getvalue()])
    archive.confirm_redaction(WHO, "person.png")
    made = archive.redacted_photo(WHO, "person.png")
    assert (len(made.boxes), made.again) == (1, 1)


def test_what_cannot_be_looked_at_is_named_and_nothing_is_stated_of_it(archive: Archive):
    archive.receive(WHO, "note.txt", [b"hello, this is no picture"])
    [row] = archive.propose_redaction(WHO, ["note.txt"])
    assert "no picture" in row.why
    assert archive.redactions(WHO, "note.txt") == ()


def test_an_erased_photo_takes_its_findings_and_boxes_along(archive: Archive):
    made = archive.add_finding(WHO, NAME, Pin(1, 1), FindingChange(type="crack", note="KANARIE"))
    archive.edit_finding(WHO, made.id, FindingChange(note="KANARIE again"))
    archive.edit_redaction(WHO, NAME, [PLATE])
    kept = archive.add_finding(WHO, "other.jpg", Pin(1, 1), CRACK)
    digest = next(f.sha256.hex for f in archive.files(WHO) if f.file == NAME)
    archive.erase(WHO, [], "asked for", [digest])
    assert archive.findings(WHO, FindingQuery()) == (kept,)
    with archive.catalogue.read() as reader:
        rows = reader.connection.execute(select(statement.c.subject, statement.c.said)).all()
        about = reader.connection.scalars(select(schema.event.c.about)).all()
    assert [row.subject for row in rows] == [f"{kept.photo}/{kept.id}"]
    assert not [each for each in about if made.photo in (each or "")]
    for path in archive.folder.path.rglob("*"):
        assert not path.is_file() or b"KANARIE" not in path.read_bytes(), path
