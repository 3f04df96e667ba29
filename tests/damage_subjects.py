"""
The formats that are damaged, and for each a few small files, what we give of them, and who else reads it.

A compressed KMZ is left out: whoever damages it damages the compression, and what stayed whole is then no record.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cache

import pyarrow as pa

from groundside.decode.format import Keychains, Options
from groundside.decode.known import named
from groundside.decode.reading import read_bytes
from groundside.model.decoded import Decoded
from groundside.simulate.missions import Area
from groundside.simulate.truth import Truth
from groundside.simulate.writers import (
    airdata_csv,
    dataflash,
    dataflash_text,
    dji_csv,
    dji_record,
    dji_srt,
    gpx,
    igc,
    kml,
    litchi_csv,
    mavlink_tlog,
    mrk,
    ulog,
)  # fmt: skip
from tests import damage_peers as peers
from tests import damage_walks as walks
from tests.damage import Found, Record, Row
from tests.flown import flown

LIMIT = 60_000
"""Files of which each part tells the same are ended at the last record before this many bytes."""
Pairs = list[tuple[Hashable, Hashable]]
"""What each row is known by, and its whole content."""
OWN = frozenset({"offset", "record", "frame_offset", "track", "segment"})
"""Columns that say where in the file a row stands."""


@dataclass(frozen=True, slots=True)
class Small:
    """A small file, and the keys that open it."""

    content: bytes
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class Subject:
    """
    A format to damage.

    Args:
        name: of the decoder.
        title: for the page.
        files: small undamaged files, of which the damages take turns.
        walk: where their records stand, given what ours are known by, in order.
        pairs: what our tables give.
        peer: reads many files; None where nobody else does. peer_name: who it is.
        spare: how many altered rows are forgiven; None for as many as records were hurt.
        floor: the least share of whole records recovered after any damage, where there is no peer; measured, and a
            little less. swap_floor: the same after a swap, which may tear four records.
    """

    name: str
    title: str
    files: Callable[[], list[Small]]
    walk: Callable[[bytes, Sequence[Hashable]], list[Record]]
    pairs: Callable[[Decoded], Pairs]
    peer: peers.Peer | None = None
    peer_name: str = ""
    spare: int | None = None
    floor: float = 0.0
    swap_floor: float | None = None

    def least(self, kind: str) -> float:
        """Give the floor for a kind of damage."""
        return self.floor if kind != "swap" or self.swap_floor is None else self.swap_floor

    def read(self, small: Small) -> tuple[Found, bool]:
        """Give what we find, and whether the file was taken for what it is."""
        reading, found = read_bytes(memoryview(small.content), small.options), Found()
        if reading.format != self.name:
            return found, False
        for key, row in self.pairs(reading.decoded):
            found.add(key, row)
        return found, True

    def records(self, small: Small) -> list[Record]:
        """Walk an undamaged file."""
        decoded = read_bytes(memoryview(small.content), small.options).decoded
        return self.walk(small.content, [key for key, _ in self.pairs(decoded) if key is not None])


@cache
def _flight(autopilot: str, kind: str = "multirotor") -> Truth:
    areas = {"multirotor": Area(width_m=12.0, depth_m=6.0, height_m=8.0),
             "plane": Area(width_m=60.0, depth_m=30.0, height_m=30.0, speed_mps=17.0, spacing_m=60.0)}  # fmt: skip
    return flown(kind, area=areas[kind], autopilot=autopilot, before_s=2.0, after_s=2.0)


def _cut(walk: Callable[..., list[Record]], *contents: bytes) -> list[Small]:
    return [Small(walks.cut(content, walk(content), LIMIT)) for content in contents]


def _cut_lines(*contents: bytes) -> list[Small]:
    return [Small(content[: content.rindex(b"\n", 0, min(LIMIT, len(content))) + 1]) for content in contents]


def _rows(decoded: Decoded, name: str, without: frozenset[str] = OWN) -> list[str]:
    found = decoded.tables.get(name)
    return [] if found is None else rows_of(name, found, without)


def rows_of(name: str, found: pa.Table, without: frozenset[str] = OWN) -> list[str]:
    """Give the content of each row as text; numbers alike whatever their type."""
    columns = [found.column(c).to_pylist() for c in found.column_names if c not in without]
    return [name + repr([_alike(v) for v in row]) for row in zip(*columns, strict=True)]


def _alike(value: object) -> object:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53 else value


def _known_by(name: str, *keys: str) -> Callable[[Decoded], Pairs]:
    """Rows of a table, known by the columns whose names match: time, longitude and latitude."""

    def pairs(decoded: Decoded) -> Pairs:
        found = decoded.tables.get(name)
        if found is None:
            return []
        columns = {c: found.column(c).to_pylist() for c in found.column_names if c not in OWN}
        known = [next((c for c in columns if re.fullmatch(key, c)), None) for key in keys]
        out: Pairs = []
        for i in range(found.num_rows):
            key = (name, *(c and columns[c][i] for c in known))
            cells = ((c, _alike(values[i])) for c, values in columns.items())
            out.append((key, Row(key, frozenset((c, v) for c, v in cells if v is not None and v == v))))
        return out

    return pairs


def _fixes(decoded: Decoded) -> Pairs:
    """Known by what the first 35 characters of a B record say; further digits need the I record, which may be hurt."""
    found, out = decoded.tables.get("fixes"), list[tuple[Hashable, Hashable]]()
    for row in found.to_pylist() if found else ():
        degrees = (row.pop("lon"), row.pop("lat"))
        key = ("fixes", row.pop("time_us") // 1_000_000, *(int(d * 60_000 + math.copysign(0.003, d)) for d in degrees))
        out.append(
            (key, Row(key, frozenset((c, v) for c, v in row.items() if v is not None and v == v and c not in OWN)))
        )
    return out


def _timed(decoded: Decoded) -> Pairs:
    """Messages of ArduPilot, known by their name and time."""
    out: Pairs = []
    for name, found in decoded.tables.items():
        message = re.split(r"[\[~]", name)[0]
        clock = next((c for c in walks.CLOCKS if c in found.column_names), None)
        times = found.column(clock).to_pylist() if clock else [None] * found.num_rows
        out += zip([t if t is None else (message, t) for t in times], rows_of(message, found), strict=True)
    return out


def _topics(decoded: Decoded) -> Pairs:
    out: Pairs = []
    for name, found in decoded.tables.items():
        if len(name) == 1:
            continue
        topic, multi = re.fullmatch(r"(.*?)(?:\[(\d+)\])?(?:~\d+)?", name).groups()
        times = found.column("timestamp").to_pylist() if "timestamp" in found.column_names else [None] * found.num_rows
        keys = [t if t is None else (topic, int(multi or 0), t) for t in times]
        out += zip(keys, rows_of(f"{topic}/{multi or 0}", found), strict=True)
    return out


def _mavlink(clock: str) -> Callable[[Decoded], Pairs]:
    def pairs(decoded: Decoded) -> Pairs:
        out: Pairs = []
        for name, found in decoded.tables.items():
            message = name.split("[")[0]
            if message == "UNKNOWN":
                continue
            times = found.column(clock).to_pylist() if clock in found.column_names else [None] * found.num_rows
            rows = rows_of(message, found, OWN | {"time_us"})
            out += zip([t if t is None else (message, t) for t in times], rows, strict=True)
        return out

    return pairs


def _positions(decoded: Decoded) -> Pairs:
    """Positions, known as dji-log-parser gives them; then all other records."""
    osd, out = decoded.tables.get("OSD"), list[tuple[Hashable, Hashable]]()
    if osd is not None:
        values = zip(*(osd.column(c).to_pylist() for c in ("lon", "lat", "fly_time_s")), strict=True)
        out += zip([(round(x, 8), round(y, 8), round(t, 1)) for x, y, t in values], _rows(decoded, "OSD"), strict=True)
    return out + [(None, row) for name in decoded.tables if name != "OSD" for row in _rows(decoded, name)]


def _record_files(*versions: int) -> list[Small]:
    return [_record_file(version) for version in versions]


def _record_file(version: int) -> Small:
    record = dji_record.write(_flight("dji"), dji_record.Recorder(version), 1)
    read_keys = named("dji-flight-record").keys_from_answer
    keys: Keychains = read_keys(record.answer) if record.answer else ()
    return Small(record.content, Options(keys))


def _subtitles() -> list[Small]:
    videos = [dji_srt.Video(dialect, 2.0, 8.0, 25.0) for dialect in dji_srt.Dialect]
    return [Small(dji_srt.write(_flight("dji"), video).content) for video in videos]


def _dataflash_files() -> list[Small]:
    recorders = (dataflash.Recorder("4.5"), dataflash.Recorder("3.1"), dataflash.Recorder("4.7", receivers=1))
    return _cut(walks.dataflash, *(dataflash.write(_flight("ardupilot"), r) for r in recorders))


def _tables_of_dji() -> list[Small]:
    styles = ("flight_reader", "log_parser", "txtlog")
    return _cut_lines(*(dji_csv.write(_flight("dji"), 0, dji_csv.Export(style)) for style in styles))


def _mavlink_files(write: Callable[..., bytes], walk: Callable[..., list[Record]]) -> list[Small]:
    links = (
        mavlink_tlog.Link(protocol="mixed"), mavlink_tlog.Link(protocol=1),
        mavlink_tlog.Link(signed=True, private=True, gimbal=True),
    )  # fmt: skip
    return _cut(walk, *(write(_flight("ardupilot"), 1, link) for link in links))


def _ulog_files() -> list[Small]:
    recorders = (ulog.Recorder("1.16", receivers=2), ulog.Recorder("1.12"))
    return _cut(walks.ulog, *(ulog.write(_flight("px4"), 1, r) for r in recorders))


def _fix_files() -> list[Small]:
    recorders = (igc.Recorder(rate_hz=5), igc.Recorder(rate_hz=5, digits=2, long_date=False))
    return [Small(igc.write(_flight("px4", "plane"), 1, r)) for r in recorders]


ROWS = _known_by("rows", r"time_ms|osd_fly_time(_m?s)?|custom_update_time", ".*latitude(_deg)?", ".*longitude(_deg)?")
SUBJECTS = (
    Subject("ardupilot-dataflash", "ArduPilot DataFlash", _dataflash_files, walks.dataflash, _timed,
            peers.dataflash, "pymavlink"),
    Subject("ardupilot-dataflash-text", "ArduPilot DataFlash as text",
            lambda: _cut(walks.dataflash_text, dataflash_text.write(_flight("ardupilot"), 1)), walks.dataflash_text,
            _timed, peers.dataflash_text, "pymavlink"),
    Subject("px4-ulog", "PX4 ULog", _ulog_files, walks.ulog, _topics, peers.ulog, "pyulog"),
    Subject("mavlink-tlog", "MAVLink telemetry log", lambda: _mavlink_files(mavlink_tlog.write_tlog, walks.tlog),
            walks.tlog, _mavlink("time_us"), peers.tlog, "pymavlink", spare=0),
    Subject("mavlink-raw", "MAVLink stream", lambda: _mavlink_files(mavlink_tlog.write_raw, walks.raw),
            walks.raw, _mavlink("time_boot_ms"), peers.raw, "pymavlink", spare=0),
    Subject("dji-flight-record", "DJI flight record, versions 6, 11, 12", lambda: _record_files(6, 11, 12),
            walks.dji_record, _positions, peers.dji_log_parser, "dji-log-parser"),
    Subject("dji-flight-record", "DJI flight record, version 14 with its keys", lambda: _record_files(14),
            walks.dji_record, _positions, floor=0.99),
    Subject("dji-srt", "DJI video subtitles", _subtitles, walks.cues, _known_by("cues", "start_ms", "wall_clock_us", "lon", "lat"), floor=0.99),
    Subject("airdata-csv", "AirData CSV",
            lambda: _cut_lines(*(airdata_csv.write(_flight("dji"), airdata_csv.Export(m)) for m in (True, False))),
            walks.rows_of_lines, ROWS, floor=0.99),
    Subject("dji-csv", "DJI flight record as CSV", _tables_of_dji, walks.rows_of_lines, ROWS, floor=0.99),
    Subject("litchi-csv", "Litchi CSV", lambda: _cut_lines(litchi_csv.write(_flight("dji"), 1)), walks.rows_of_lines,
            ROWS, floor=0.99),
    Subject("gpx", "GPX track", lambda: [Small(gpx.write(_flight("dji"), 1))], walks.track_points,
            _known_by("track_points", "time_us", "lon", "lat"), floor=0.99),
    Subject("kml", "KML track", lambda: [Small(kml.write_kml(_flight("dji"), 1))], walks.times_and_places,
            _known_by("track_points", "time_us", "lon", "lat"), floor=0.99, swap_floor=0.8),
    Subject("igc", "IGC flight recorder", _fix_files, walks.fixes, _fixes, floor=0.99),
    Subject("ppk-mrk", "DJI PPK time marks", lambda: [Small(mrk.write(flown(autopilot="dji"), 1))], walks.exposures,
            _known_by("exposures", "sequence", "latitude", "longitude"), floor=0.99),
)  # fmt: skip
