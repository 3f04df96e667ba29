"""Videos: the container, the subtitle track, the camera motion track. No real file was read: experimental."""

import struct

import pytest

from groundside.decode.photos.reading import read_photo
from groundside.decode.photos.window import Window
from groundside.model.photo import Photo
from tests import photo_builders as made

PICTURE = ("vide", "avc1", [b"frame"] * 3)
CUE = (
    '<font size="28">FrameCnt: {n}, DiffTime: 1000ms\n2031-05-06 10:00:0{n}.000\n[iso: 100] [shutter: 1/500.0] '
    "[fnum: 2.8] [ev: 0] [latitude: 48.2500{n}] [longitude: 11.50000] [rel_alt: 60.000 abs_alt: 560.000] </font>"
)
PLACE = made.box("\xa9xyz", struct.pack(">HH", 27, 0x15C7) + b"+48.2500+011.5000+560.000/\0")


def read(data: bytes) -> Photo:
    return read_photo(Window.over(data))[0]


def test_the_container_says_size_length_rate_codec_place_and_time():
    photo = read(made.movie([PICTURE], PLACE))
    assert (photo.kind, photo.format, photo.width_px, photo.height_px) == ("video", "mp4", 1920, 1080)
    assert photo.video is not None
    assert (photo.video.duration_s, photo.video.frames_per_s, photo.video.codec) == (3.0, 1.0, "avc1")
    assert photo.position is not None
    assert (photo.position.place.lon, photo.position.place.lat) == (11.5, 48.25)
    assert photo.altitude is not None and photo.altitude.value_m == 560.0
    assert (photo.time.basis, photo.time.utc_us) == ("container", (4_018_000_000 - 2_082_844_800) * 1_000_000)
    assert {each.name for each in photo.quirks} == {"container-time"}
    assert not photo.problems


def test_subtitles_become_subrip_and_positions_by_the_second():
    cues = [made.cue(CUE.format(n=n)) for n in range(1, 4)]
    photo = read(made.movie([PICTURE, ("text", "tx3g", cues)]))
    assert photo.video is not None
    assert photo.video.subtitle.startswith("1\n00:00:00,000 --> 00:00:01,000\n<font")
    assert photo.video.tracks == ("vide", "text")
    assert [(each.at_s, each.place.lat if each.place else None) for each in photo.video.samples] == [
        (0.0, 48.25001), (1.0, 48.25002), (2.0, 48.25003),
    ]  # fmt: skip
    assert [(each.value_m, str(each.above)) for each in photo.video.samples[0].altitudes] == [
        (60.0, "take-off"), (560.0, "unstated"),
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [5, 6])
def test_a_camera_motion_track_gives_positions(kind: int):
    values = (
        struct.pack("<ddd", 48.25, 11.5, 60.0)
        if kind == 5
        else struct.pack("<didd6f", 1e9, 3, 48.25, 11.5, 60.0, 1, 1, 0, 0, 0)
    )
    other = struct.pack("<HHfff", 0, 2, 0.1, 0.2, 0.3)
    photo = read(made.movie([PICTURE, ("meta", "camm", [other, struct.pack("<HH", 0, kind) + values])]))
    assert photo.video is not None
    assert [(each.at_s, each.place.lon if each.place else None) for each in photo.video.samples] == [(1.0, 11.5)]
    assert photo.video.telemetry == "camm"


def test_a_telemetry_track_that_is_not_read_is_named():
    photo = read(made.movie([PICTURE, ("meta", "djmd", [b"\x0a\x00"])]))
    assert "telemetry-unread" in {each.name for each in photo.quirks}


def test_a_recording_that_was_not_closed_says_so():
    whole = made.movie([PICTURE])
    photo = read(whole[: whole.index(b"moov") - 4])
    assert "No track is described" in photo.problems[0].what
    assert photo.format == "mp4"
