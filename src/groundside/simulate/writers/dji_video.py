"""
Film a simulated flight: an MP4 whose pictures show the ground below, with DJI's subtitles as a track.

The pictures are VP9, for which an encoder is at hand and which browsers play; DJI's cameras write H.264 or H.265. The
boxes are those of ISO/IEC 14496-12 and, of the subtitles, 3GPP TS 26.245; no real file with such a track was at hand.
"""

from __future__ import annotations

import struct
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from groundside.simulate import MARK
from groundside.simulate.ground import Ground
from groundside.simulate.truth import Truth
from groundside.simulate.writers import dji_photo, dji_srt

_EPOCH_1904_S = 2_082_844_800
_UNITY = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_MS = 1000


@dataclass(frozen=True, slots=True)
class Filming:
    """
    What is filmed of a flight, and how.

    Args:
        begin_s: after the first sample of the truth.
        length_s: of the video; cut where the truth ends.
        rate_hz: pictures a second.
        width_px, height_px: of a picture.
        ahead_s: what the clock of the camera is ahead of UTC; its header has whole seconds.
        subtitles: whether a subtitle track says each second where the aircraft is.
    """

    begin_s: float = 30.0
    length_s: float = 20.0
    rate_hz: float = 2.0
    width_px: int = 256
    height_px: int = 144
    ahead_s: float = 0.0
    subtitles: bool = True


def write(truth: Truth, seed: int = 0, options: Filming | None = None) -> bytes:
    """
    Film a flight.

    Args:
        truth: what happened.
        seed: draws the ground; the same as of the photos shows the same ground.
        options: what to film.
    """
    chosen = options or Filming()
    length_s = min(chosen.length_s, truth.duration_s - chosen.begin_s)
    chosen = replace(chosen, length_s=length_s)
    begins_us = truth.start_us + round(chosen.begin_s * 1e6)
    created = int(begins_us / 1e6 + chosen.ahead_s)
    cues = _cues(truth, chosen) if chosen.subtitles else []
    return _boxed(_filmed(truth, Ground(seed), chosen), created, cues)


def _filmed(truth: Truth, ground: Ground, chosen: Filming) -> bytes:
    import cv2

    size = chosen.width_px, chosen.height_px
    times = truth.start_us + (chosen.begin_s + np.arange(0.0, chosen.length_s, 1.0 / chosen.rate_hz)) * 1e6
    camera = dji_photo.Photographing(width_px=size[0], height_px=size[1])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"vp09"), chosen.rate_hz, size)
        for time_us in times.tolist():
            picture = dji_photo.picture(_pose(truth, time_us), truth, ground, camera)[..., ::-1].copy()
            at, large = (4, 14), chosen.width_px / 480
            cv2.putText(picture, MARK, at, cv2.FONT_HERSHEY_SIMPLEX, large, (0, 0, 0), 3, cv2.LINE_AA)
            cv2.putText(picture, MARK, at, cv2.FONT_HERSHEY_SIMPLEX, large, (255, 255, 255), 1, cv2.LINE_AA)
            writer.write(picture)
        writer.release()
        return path.read_bytes()


def _pose(truth: Truth, time_us: float) -> dji_photo.Photo:
    yaw = np.unwrap(truth.yaw_deg, period=360.0)
    columns = (truth.lon, truth.lat, truth.height_m, truth.altitude_m, yaw)
    lon, lat, height, altitude, yaw = (float(np.nan_to_num(np.interp(time_us, truth.time_us, x))) for x in columns)
    return dji_photo.Photo("", b"", int(time_us), lon, lat, max(height, 1.0), altitude, yaw % 360.0)


def _cues(truth: Truth, chosen: Filming) -> list[bytes]:
    video = dji_srt.Video(begin_s=chosen.begin_s, length_s=chosen.length_s, rate_hz=1.0)
    blocks = dji_srt.write(truth, video).content.decode().strip().split("\n\n")
    texts = [block.split("\n", 2)[2].encode() for block in blocks]
    return [struct.pack(">H", len(text)) + text for text in texts]


def _boxed(film: bytes, created: int, cues: list[bytes]) -> bytes:
    """Put the time into the header of a film, and the subtitles behind its pictures as a track of their own."""
    at = film.index(b"moov") - 4
    header = film.index(b"mvhd", at)
    clock = struct.pack(">II", created + _EPOCH_1904_S, created + _EPOCH_1904_S)
    movie = film[at + 8 : header + 8] + clock + film[header + 16 :]
    samples = _box("mdat", b"".join(cues)) if cues else b""
    track = _text_track([len(each) for each in cues], at + 8) if cues else b""
    return film[:at] + samples + _box("moov", movie, track) + _box("free", MARK.encode())


def _text_track(sizes: list[int], at: int) -> bytes:
    long = len(sizes) * _MS
    head = _full("tkhd", struct.pack(">IIIII8xhhhh", 0, 0, 2, 0, long, 0, 0, 0, 0) + _UNITY + bytes(8), 7)
    entry = _box("tx3g", bytes(6) + b"\0\1" + bytes(30), _box("ftab", struct.pack(">HHB", 1, 1, 5) + b"Serif"))
    table = _box(
        "stbl",
        _full("stsd", struct.pack(">I", 1) + entry),
        _full("stts", struct.pack(">III", 1, len(sizes), _MS)),
        _full("stsc", struct.pack(">IIII", 1, 1, len(sizes), 1)),
        _full("stsz", struct.pack(f">II{len(sizes)}I", 0, len(sizes), *sizes)),
        _full("stco", struct.pack(">II", 1, at)),
    )
    place = _box("dinf", _full("dref", struct.pack(">I", 1) + _full("url ", b"", 1)))
    clock = _full("mdhd", struct.pack(">IIIIHH", 0, 0, _MS, long, 0x55C4, 0))
    kind = _full("hdlr", struct.pack(">I4s12x", 0, b"text") + b"DJI.Subtitle\0")
    return _box("trak", head, _box("mdia", clock, kind, _box("minf", _full("nmhd", b""), place, table)))


def _box(kind: str, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I", len(content) + 8) + kind.encode("ascii") + content


def _full(kind: str, content: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags), content)
