"""Redaction without a face: boxes, what is hidden, what of a file gets through, and the command."""

import io
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

from groundside.archive.redacting import Looking, Redaction, checked, derivative_of, looking_at, redact
from groundside.errors import BadRequest, NotUnderstood, Tampered, TooLarge, Unreadable
from groundside.model.photo import Attitude, Photo, Zero
from groundside.model.redaction import Box, Shown
from groundside.produce.imagery.redaction import pictures
from groundside.produce.imagery.redaction.boxes import joined, turned_back, without
from groundside.produce.imagery.redaction.faces import OVERLAP_PX, TILE_PX, _large_enough, _starts, find_faces
from groundside.produce.imagery.redaction.hiding import covered, hidden
from groundside.reference.face_model import checked as checked_model
from groundside.reference.face_model import face_model
from groundside.see.cli import redacting as cli
from tests.redacted import as_file, noise

RNG = np.random.default_rng(7)
PLAIN = Redaction(faces=False)


def test_the_model_that_finds_faces_is_the_one_that_was_shipped_and_no_other():
    data = face_model()
    assert len(data) == 232_589
    with pytest.raises(Tampered, match="8f2383e4dd3c"):
        checked_model(data[:-1] + b"\0")


def test_nothing_but_the_mean_colour_is_left_of_a_box():
    picture, box = noise(), Box(10, 10, 40, 30, Shown.PLATE)
    shuffled = picture.copy()
    inside = shuffled[10:40, 10:50].reshape(-1, 3)
    shuffled[10:40, 10:50] = RNG.permutation(inside).reshape(30, 40, 3)
    assert not np.array_equal(picture, shuffled)
    one, other = hidden(picture, [box]), hidden(shuffled, [box])
    np.testing.assert_array_equal(one, other)
    assert len(np.unique(one[10:40, 10:50].reshape(-1, 3), axis=0)) == 1
    outside = np.ones(picture.shape[:2], bool)
    outside[10:40, 10:50] = False
    np.testing.assert_array_equal(one[outside], picture[outside])


def test_a_face_that_was_found_is_covered_with_a_margin_and_what_was_drawn_as_drawn():
    assert covered(Box(40, 40, 20, 40, score=0.9)) == Box(30, 30, 40, 60, score=0.9)
    drawn = Box(40, 40, 20, 40, Shown.PLATE)
    assert covered(drawn) == drawn


def test_a_box_beyond_the_edge_hides_what_lies_within_the_picture():
    picture = noise()
    out = hidden(picture, [Box(80, 50, 500, 500, Shown.OTHER), Box(1000, 0, 5, 5, Shown.OTHER)])
    assert len(np.unique(out[50:, 80:].reshape(-1, 3), axis=0)) == 1
    np.testing.assert_array_equal(out[:50], picture[:50])


@pytest.mark.parametrize("quarters", range(4))
def test_a_box_found_in_a_turned_picture_is_given_where_it_lies_upright(quarters: int):
    picture = np.zeros((50, 80), np.uint8)
    picture[12:20, 30:45] = 255
    rows, columns = np.nonzero(np.rot90(picture, quarters))
    seen = Box(int(columns.min()), int(rows.min()), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1)
    assert turned_back(seen, quarters, 80, 50) == Box(30, 12, 15, 8)


def test_boxes_that_mean_the_same_are_one_and_what_a_person_dismissed_is_left_out():
    a, b, far = Box(10, 10, 20, 20, score=0.6), Box(14, 12, 20, 20, score=0.8), Box(60, 10, 8, 8, score=0.7)
    inner = Box(16, 16, 4, 4, score=0.9)
    assert joined([a, far, b, inner]) == (Box(10, 10, 24, 22, score=0.9), far)
    assert joined([a, Box(10, 10, 20, 20, Shown.PLATE)])[1].shown is Shown.PLATE
    assert without([a, far], [b]) == (far,)


@pytest.mark.parametrize("length", [1, OVERLAP_PX, TILE_PX, TILE_PX + 1, 5000, 9000])
def test_tiles_cover_all_of_a_length_and_each_reaches_into_the_next(length: int):
    starts = list(_starts(length))
    assert starts[0] == 0
    assert starts[-1] + TILE_PX >= length
    assert all(a + TILE_PX - b == OVERLAP_PX for a, b in pairwise(starts))


def test_the_camera_says_whether_to_look_at_the_picture_turned():
    for pitch, zero, turned in ((-90.0, Zero.FORWARD, True), (-20.0, Zero.FORWARD, False), (5.0, Zero.NADIR, True)):
        pose = Photo(camera_attitude=Attitude(0.0, pitch, 0.0, zero))
        assert looking_at(pose, Looking()).turned is turned
    assert looking_at(Photo(), Looking()).turned is False
    assert looking_at(Photo(), Looking(turned=True)).turned is True


def test_a_scale_or_score_that_is_none_is_refused():
    for bad in (Looking(scale=0.01), Looking(scale=9.0), Looking(least_score=0.0), Looking(scale=float("nan"))):
        with pytest.raises(BadRequest):
            checked(bad)


def test_a_picture_is_turned_as_its_file_says_and_boxes_are_of_what_is_shown():
    picture = np.zeros((40, 100, 3), np.uint8)
    picture[:, :50] = 255
    exif = Image.Exif()
    exif[0x0112] = 6
    out = derivative_of(as_file(picture, exif=exif), "a", Redaction((Box(0, 0, 40, 20, Shown.OTHER),), faces=False))[0]
    assert (out.width_px, out.height_px) == (40, 100)
    shown = np.asarray(Image.open(io.BytesIO(out.data)))
    assert shown[40, 20].mean() > 250 > 5 > shown[90, 20].mean()


def test_what_lies_under_transparent_pixels_is_not_shown():
    picture = np.dstack([noise(), np.zeros((64, 96), np.uint8)])
    shown = pictures.opened(as_file(picture, "PNG"), "a")
    assert shown.min() == 255


def test_what_is_no_picture_to_look_at_is_refused_with_a_reason(monkeypatch: pytest.MonkeyPatch):
    dng = Image.new("RGB", (8, 8))
    out = io.BytesIO()
    dng.save(out, "TIFF", tiffinfo={0xC612: b"\1\4\0\0"})
    deep = io.BytesIO()
    Image.fromarray(np.zeros((8, 8), np.uint16)).save(deep, "TIFF")
    for data, error in (
        (out.getvalue(), NotUnderstood), (deep.getvalue(), NotUnderstood), (b"GIF89a", NotUnderstood),
        (as_file(noise(400, 400))[:2000], Unreadable),
    ):  # fmt: skip
        with pytest.raises(error):
            pictures.opened(data, "a")
    monkeypatch.setattr(pictures, "MOST_PIXELS", 100)
    with pytest.raises(TooLarge):
        pictures.opened(as_file(noise()), "a")


@pytest.fixture
def card(tmp_path: Path) -> Path:
    folder = tmp_path / "card"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(as_file(noise()))
    (folder / "b.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (folder / "notes.txt").write_text("not looked at")
    return folder


def test_a_broken_file_is_named_and_the_others_go_on(card: Path):
    good, bad = redact([card], PLAIN)
    assert (good.path.name, good.why, bad.path.name, bad.data) == ("a.jpg", "", "b.jpg", b"")
    assert bad.why


def run(*args: object) -> None:
    app = typer.Typer()
    cli.add_to(app)
    app([str(each) for each in args], standalone_mode=False)


def test_the_command_writes_copies_and_touches_no_original(
    card: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    before = {each.name: each.read_bytes() for each in card.iterdir()}
    assert cli_result([card, "--out", tmp_path / "out", "--json", "--no-faces"]) == 13
    told = json.loads(capfd.readouterr().out)
    assert [bool(each["written"]) for each in told["files"]] == [True, False]
    assert "Not every face is found" in told["recall"]
    assert {each.name: each.read_bytes() for each in card.iterdir()} == before
    with pytest.raises(NotUnderstood, match="nothing is overwritten"):
        run(card / "a.jpg", "--out", card, "--no-faces")
    assert {each.name: each.read_bytes() for each in card.iterdir()} == before


def cli_result(args: list[object]) -> int:
    app = typer.Typer()
    cli.add_to(app)
    with pytest.raises(SystemExit) as ended:
        app([str(each) for each in args])
    return int(ended.value.code)


def test_derivatives_can_be_numbered_for_names_tell_dates(
    card: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    (card / "DJI_20310506100000_0001.jpg").write_bytes(as_file(noise()))
    run(card / "DJI_20310506100000_0001.jpg", "--out", tmp_path / "one", "--no-faces")
    assert "--rename" in capfd.readouterr().err
    run(card / "DJI_20310506100000_0001.jpg", "--out", tmp_path / "two", "--no-faces", "--rename")
    assert [each.name for each in (tmp_path / "two").iterdir()] == ["picture-0001.jpg"]
    assert "--rename" not in capfd.readouterr().err


def test_a_box_that_is_none_is_refused(card: Path):
    for bad in ("1,2,3", "1,2,3,4,dog", "-1,2,3,4", "1,2,0,4", "a,b,c,d", "1,2,3,4,5"):
        with pytest.raises(BadRequest):
            cli.box_of(bad)
    assert cli.box_of("1,2,3,4,plate") == Box(1, 2, 3, 4, Shown.PLATE)
    with pytest.raises(BadRequest, match="several"):
        run(card, "--out", card, "--box", "1,2,3,4")
    with pytest.raises(BadRequest, match="serial"):
        run(card, "--out", card, "--keep", "time,serial")


def test_two_plates_of_the_same_mean_colour_give_the_same_bytes():
    picture, box = np.full((64, 96, 3), 200, np.uint8), (slice(20, 30), slice(40, 70))
    picture[box] = noise(30, 10)
    other = picture.copy()
    other[box] = RNG.permutation(picture[box].reshape(-1, 3)).reshape(10, 30, 3)
    how = Redaction((Box(40, 20, 30, 10, Shown.PLATE),), faces=False)
    one, two = (derivative_of(as_file(each, "PNG"), "a", how)[0].data for each in (picture, other))
    assert one == two
    assert derivative_of(as_file(other, "PNG"), "a", PLAIN)[0].data != one


@pytest.mark.parametrize("size", [(1, 1), (4, 3), (31, 64)])
def test_a_tiny_picture_is_looked_at_without_reading_what_nobody_wrote(size: tuple[int, int]):
    tile = _large_enough(noise(*size))
    assert min(tile.shape[:2]) >= 64
    for _ in range(5):
        assert find_faces(noise(*size), Looking(), face_model()) == ()
