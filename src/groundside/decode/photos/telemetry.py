"""
Positions in a video: its subtitle track as SubRip, and Google's camera motion track.

Sources: 3GPP TS 26.245 (timed text: a length of two bytes, then the text); Google, "Camera Motion Metadata Spec"
(camm); what the subtitles say is read by the flight decoder of DJI's subtitles.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator
from typing import Any

from groundside.decode.photos.found import Found
from groundside.decode.photos.movie_tracks import MOST_SAMPLES, Track
from groundside.decode.photos.window import Window
from groundside.model.decoded import Problem
from groundside.model.photo import Above, Altitude, HeightSensor, Sample
from groundside.model.place import LonLat

_TEXT = ("text", "sbtl", "subt")
_MOST_TEXT = 1 << 24
_LONGEST = 1 << 14
_POSITION, _GPS = 5, 6
_HEIGHTS = {"rel_alt_m": Above.TAKE_OFF, "abs_alt_m": Above.UNSTATED, "altitude_m": Above.UNSTATED}


def subtitle_of(window: Window, tracks: Iterable[Track], found: Found) -> str:
    """Give the first subtitle track as SubRip; empty where there is none."""
    track = next((each for each in tracks if each.handler in _TEXT), None)
    if track is None:
        return ""
    cues: list[str] = []
    room = _MOST_TEXT
    for begin, end, octets in _read(window, track):
        text = octets[2 : 2 + int.from_bytes(octets[:2], "big")].decode("utf-8", "replace").strip("\0\r\n ")
        room -= len(text) + 64
        if room < 0:
            found.problems.append(Problem(None, 0, "The subtitle track is too long: its end was not read."))
            break
        if text:
            cues.append(f"{len(cues) + 1}\n{_clock(begin)} --> {_clock(end)}\n{text}\n")
    return "\n".join(cues)


def _read(window: Window, track: Track) -> Iterator[tuple[float, float, bytes]]:
    for number, (begin, end, at, size) in enumerate(track.samples()):
        if number >= MOST_SAMPLES or size > _LONGEST:
            return
        octets = bytes(window.take(at, size))
        if len(octets) < size:
            return
        yield begin, end, octets


def _clock(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"


def samples_of(window: Window, tracks: Iterable[Track], subtitle: str, found: Found) -> tuple[Sample, ...]:
    """Give positions, one a second: of a camera motion track where there is one, else of the subtitles."""
    motion = next((track for track in tracks if track.codec == "camm"), None)
    samples = _each_second(_motion(window, motion)) if motion is not None else ()
    if samples or not subtitle:
        return samples
    return _each_second(_from_subtitle(subtitle, found))


def _each_second(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    seconds: dict[int, Sample] = {}
    for sample in samples:
        seconds.setdefault(math.floor(sample.at_s), sample)
    return tuple(seconds.values())


def _motion(window: Window, track: Track) -> Iterator[Sample]:
    for begin, _, octets in _read(window, track):
        kind = int.from_bytes(octets[2:4], "little")
        if kind == _POSITION and len(octets) >= 28:
            lat, lon, height = struct.unpack_from("<ddd", octets, 4)
        elif kind == _GPS and len(octets) >= 36:
            lat, lon, height = struct.unpack_from("<ddf", octets, 16)
        else:
            continue
        yield _sample(begin, lon, lat, ((height, Above.UNSTATED, "camm"),))


def _sample(at_s: float, lon: float, lat: float, heights: Iterable[tuple[float, Above, str]]) -> Sample:
    place = LonLat(lon, lat)
    fit = math.isfinite(lon) and math.isfinite(lat) and place.is_position
    told = tuple(
        Altitude(value, above, HeightSensor.UNSTATED, tag) for value, above, tag in heights if math.isfinite(value)
    )
    return Sample(at_s, place if fit else None, told)


def _from_subtitle(subtitle: str, found: Found) -> Iterator[Sample]:
    # Imported late: photos need no decoder of flight logs.
    from groundside.decode.format import Options
    from groundside.decode.formats.dji_srt import FORMAT

    octets = subtitle.encode("utf-8", "replace")
    if not FORMAT.recognises(octets[:65536]):
        return
    decoded = FORMAT.decode(memoryview(octets), Options())
    table: Any = decoded.tables.get("cues")
    if table is None or "lon" not in table.column_names or "lat" not in table.column_names:
        return
    found.notes.append(("telemetry-in-subtitles", "Positions are from the subtitle track."))
    names = [name for name in _HEIGHTS if name in table.column_names]
    columns = [table.column(name).to_pylist() for name in ("start_ms", "lon", "lat", *names)]
    for start, lon, lat, *heights in zip(*columns, strict=True):
        if start is None or lon is None or lat is None:
            continue
        told = [(h, _HEIGHTS[n], f"srt:{n}") for n, h in zip(names, heights, strict=True) if h is not None]
        yield _sample(start / 1000, lon, lat, told)
