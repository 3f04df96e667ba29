"""`groundside photo`: files, folders, bad files, JSON."""

import json
from pathlib import Path

import pytest

from groundside.errors import NotUnderstood
from groundside.see.cli import photographs
from tests import photo_builders as made

PLACE = made.place(48.25, 11.5, 500.0)
EXIF = {made.TAKEN: "2031:05:06 10:00:00", 0xA404: (made.RATIONAL, [(0, 0)]), 0xA431: "CAM1"}


@pytest.fixture
def card(tmp_path: Path) -> Path:
    inner = tmp_path / "DCIM" / "100MEDIA"
    inner.mkdir(parents=True)
    block = made.tiff({made.MAKE: "DJI", made.MODEL: "M1"}, EXIF, PLACE)
    (inner / "DJI_0001.JPG").write_bytes(made.jpeg(block, made.nadir()))
    (inner / "DJI_0002.MP4").write_bytes(made.movie([("vide", "avc1", [b"x"] * 3)]))
    (inner / "notes.txt").write_text("not looked at")
    (inner / "broken.jpg").write_bytes(b"\x00" * 100)
    return tmp_path


def test_a_folder_is_walked_and_the_bad_file_is_named(card: Path, capfd: pytest.CaptureFixture[str]):
    import typer

    with pytest.raises(typer.Exit) as ended:
        photographs.photo([card], as_json=True, tags=True)
    assert ended.value.exit_code == 13
    said, complained = capfd.readouterr()
    photo, video, broken = json.loads(said)
    assert (photo["position"]["place"], photo["time"]["utc"], photo["footprint"]) == ([11.5, 48.25], None, None)
    assert photo["footprint_why"]
    assert (photo["tags"]["ExifIFD:DigitalZoomRatio"], photo["sensitive"]) == (None, ["camera.serial"])
    assert (video["kind"], video["video"]["duration_s"]) == ("video", 3.0)
    assert (broken["photo"], Path(broken["file"]).name) == (None, "broken.jpg")
    assert "broken.jpg" in complained


def test_without_json_there_is_a_table(card: Path, capfd: pytest.CaptureFixture[str]):
    photographs.photo([card / "DCIM" / "100MEDIA" / "DJI_0001.JPG"])
    assert "11.500000, 48.250000" in capfd.readouterr().out


def test_nothing_readable_is_an_error(card: Path):
    with pytest.raises(NotUnderstood, match="None of 2 files"):
        photographs.photo([card / "DCIM" / "100MEDIA" / "notes.txt", card / "none.jpg"])
