"""What of a file gets through into its derivative: nothing, or what its owner chose."""

import numpy as np
import pytest

from groundside.archive.redacting import Redaction, derivative_of
from groundside.model.redaction import Keep
from tests import photo_builders as made
from tests.redacted import as_file, noise, said, segments_of

NOWHERE = made.place(48.25, 11.5, 500.0)
CANARY = "KANARIE"
SECRETS = [
    form
    for word in (CANARY, CANARY.lower())
    for form in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"))
]
FACE_OF_PREVIEW = np.zeros((48, 64, 3), np.uint8)


def telling_jpeg() -> bytes:
    """A real JPEG full of what may give somebody away, in every place where a camera or a program puts it."""
    preview = as_file(FACE_OF_PREVIEW, comment=CANARY.encode())
    block = made.tiff(
        {made.MAKE: "DJI", made.MODEL: "M3E", 0x013B: CANARY, 0x8298: CANARY, 0x010E: CANARY, 0xC62F: CANARY},
        {
            made.TAKEN: "2031:05:06 10:00:00", 0x927C: CANARY.encode() * 20, 0xA430: CANARY, 0xA431: CANARY,
            0xA435: CANARY, 0xA420: CANARY, 0x9286: b"UNICODE\0" + CANARY.encode("utf-16-le"),
            0x829A: made.Fraction(1, 500), 0x829D: made.Fraction(28, 10), 0x8827: (made.SHORT, [100]),
        },
        {**NOWHERE, 0x1B: CANARY.encode()},
        {0x0201: 0, 0x0202: 0, 0x010E: CANARY},
    )  # fmt: skip
    packet = made.nadir(CameraSerialNumber=CANARY, DroneSerialNumber=CANARY)
    _, long = made.extended(CANARY.encode() * 500)
    segments = [
        made.segment(0xE1, b"Exif\0\0" + block),
        made.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet.encode()),
        *long,
        made.mpf([0x030000, 0x010001]),
        made.segment(0xE2, b"ICC_PROFILE\0\1\1" + CANARY.encode() * 8),
        made.segment(0xE3, CANARY.encode()),
        made.segment(0xE4, CANARY.encode()),
        made.segment(0xED, b"Photoshop 3.0\0" + CANARY.encode()),
        made.segment(0xFE, CANARY.encode()),
    ]
    picture = as_file(noise())
    return picture[:2] + b"".join(segments) + picture[2:] + preview + CANARY.encode()


def telling(kind: str) -> bytes:
    from PIL import PngImagePlugin, TiffImagePlugin

    if kind == "JPEG":
        return telling_jpeg()
    if kind == "PNG":
        told = PngImagePlugin.PngInfo()
        told.add_text("Author", CANARY)
        told.add_itxt("XML:com.adobe.xmp", made.nadir(CameraSerialNumber=CANARY))
        return as_file(noise(), "PNG", pnginfo=told) + CANARY.encode()
    if kind == "WEBP":
        return as_file(noise(), "WEBP", xmp=made.nadir(CameraSerialNumber=CANARY).encode(), lossless=True)
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[0x010E], tags[0x013B] = CANARY, CANARY
    return as_file(noise(), "TIFF", tiffinfo=tags)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("keep", [frozenset(), frozenset(Keep)])
def test_nothing_that_may_give_somebody_away_gets_through(kind: str, keep: frozenset[Keep]):
    data = telling(kind)
    assert any(secret in data for secret in SECRETS), "the file does hold it"
    made_of, _ = derivative_of(data, "a", Redaction(keep=keep, faces=False))
    assert not [secret for secret in SECRETS if secret in made_of.data]
    assert made_of.data.count(b"\xff\xd8\xff") == 1, "one picture, and no preview of it"
    assert made_of.data.endswith(b"\xff\xd9")
    markers = {made_of.data[i + 1] for i in segments_of(made_of.data)}
    assert markers <= ({0xE0, 0xDB, 0xC0, 0xC4, 0xDA} | ({0xE1} if keep else set()))


@pytest.mark.parametrize("keep", Keep)
def test_only_the_field_that_its_owner_chose_stays(keep: Keep):
    photo = said(derivative_of(telling_jpeg(), "a", Redaction(keep=frozenset({keep}), faces=False))[0].data)
    there = {
        Keep.TIME: bool(photo.time.local),
        Keep.CAMERA: bool(photo.camera.model),
        Keep.EXPOSURE: photo.exposure.time_s is not None,
        Keep.POSITION: photo.position is not None,
    }
    assert [each for each, is_there in there.items() if is_there] == [keep]
    assert photo.sensitive == () or photo.sensitive == ("position",)


def test_what_stays_says_the_same_as_before():
    before = said(telling_jpeg())
    after = said(derivative_of(telling_jpeg(), "a", Redaction(keep=frozenset(Keep), faces=False))[0].data)
    assert (after.time.local, after.camera.make, after.camera.model) == (before.time.local, "DJI", "M3E")
    assert after.exposure == before.exposure
    assert (after.position.place.lon, after.position.place.lat) == pytest.approx((11.5, 48.25), abs=1e-7)
    assert (after.camera.serial, after.camera.owner, after.altitudes) == ("", "", ())


def test_a_serial_in_the_name_of_a_model_does_not_get_through():
    block = made.tiff({made.MAKE: "Maker", made.MODEL: "Model KANARIE"}, {0xA431: "KANARIE"})
    picture = as_file(noise())
    data = picture[:2] + made.segment(0xE1, b"Exif\0\0" + block) + picture[2:]
    out = derivative_of(data, "a", Redaction(keep=frozenset({Keep.CAMERA}), faces=False))[0].data
    assert (said(out).camera.make, said(out).camera.model) == ("Maker", "")
    assert b"KANARIE" not in out
