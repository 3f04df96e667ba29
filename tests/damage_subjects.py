"""
The formats that are damaged, and for each a few small files, what we give of them, and who else reads it.

A compressed KMZ is left out: whoever damages it damages the compression, and what stayed whole is then no record.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from groundside.decode.format import HEAD_BYTES, Format
from groundside.decode.known import named, recognise
from groundside.model.decoded import Decoded
from groundside.simulate.writers import dataflash_text, gpx, kml, litchi_csv, mavlink_tlog, mrk
from tests import damage_files as files
from tests import damage_peers as peers
from tests import damage_walks as walks
from tests.damage import Found, Record, Row
from tests.damage_files import Small
from tests.flown import flown

Pairs = list[tuple[Hashable, Hashable]]
"""What each row is known by, and its whole content."""
OWN = frozenset({"offset", "record", "frame_offset", "track", "segment"})
"""Columns that say where in the file a row stands."""


@dataclass(frozen=True, slots=True)
class Subject:
    """
    A format to damage.

    Args:
        name: of the decoder.
        title: for the page.
        originals: small undamaged files, of which the damages take turns.
        walk: where their records stand, given what ours are known by, in order.
        pairs: what our tables give.
        peer: reads many files; None where nobody else does. peer_name: who it is.
        spare: how many altered rows are forgiven; None for as many as records were hurt.
        floor: the least share of whole records recovered after any damage, where there is no peer: as measured, less
            what one more damage to a head costs, on which all records of a table depend. swap_floor: the same after a
            swap; a KML track torn in both its lists cannot be paired between the two places.
    """

    name: str
    title: str
    originals: Callable[[], list[Small]]
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
        """Give what we find, told what file it is as the others are, and whether it was recognised without that."""
        kind, found = self.decoder, Found()
        for key, row in self.pairs(kind.decode(memoryview(small.content), small.options)):
            found.add(key, row)
        return found, recognise(small.content[:HEAD_BYTES]) is kind

    @property
    def decoder(self) -> Format:
        """Give the decoder by its name."""
        kind = named(self.name)
        assert kind is not None
        return kind

    def records(self, small: Small) -> list[Record]:
        """Walk an undamaged file."""
        decoded = self.decoder.decode(memoryview(small.content), small.options)
        return self.walk(small.content, [key for key, _ in self.pairs(decoded) if key is not None])


def _rows(decoded: Decoded, name: str, without: frozenset[str] = OWN) -> list[str]:
    found = decoded.tables.get(name)
    return [] if found is None else rows_of(name, found, without)


def rows_of(
    name: str, found: pa.Table, without: frozenset[str] = OWN, alike: Callable[[object], object] | None = None
) -> list[str]:
    """Give the content of each row as text; numbers alike whatever their type."""
    columns = [found.column(c).to_pylist() for c in found.column_names if c not in without]
    return [name + repr([(alike or _alike)(v) for v in row]) for row in zip(*columns, strict=True)]


def _alike(value: object) -> object:
    """Give a number as one, also where a single cell that is none made its column text."""
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            return float(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53 else value


def _single(value: object) -> object:
    """Round as a column of single precision does: lines that no FMT defines any more are not in one."""
    return float(np.float32(value)) if isinstance(value, int | float) else value


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
    """Known by what the first 35 characters of a B record say: no date, and fewer digits than with the I record."""
    found, out = decoded.tables.get("fixes"), list[tuple[Hashable, Hashable]]()
    for row in found.to_pylist() if found else ():
        degrees = (row.pop("lon"), row.pop("lat"))
        key = (
            "fixes",
            row.pop("time_us") // 1_000_000 % 86_400,
            *(int(d * 60_000 + math.copysign(0.003, d)) for d in degrees),
        )
        out.append(
            (key, Row(key, frozenset((c, v) for c, v in row.items() if v is not None and v == v and c not in OWN)))
        )
    return out


def _timed(decoded: Decoded, alike: Callable[[object], object] | None = None) -> Pairs:
    """Messages of ArduPilot, known by their name and time."""
    out: Pairs = []
    for name, found in decoded.tables.items():
        message = re.split(r"[\[~]", name)[0]
        clock = next((c for c in walks.CLOCKS if c in found.column_names), None)
        times = found.column(clock).to_pylist() if clock else [None] * found.num_rows
        out += zip([t if t is None else (message, t) for t in times], rows_of(message, found, OWN, alike), strict=True)
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
    """Positions, known as dji-log-parser gives them; then all other records, some of which give several rows."""
    osd, out = decoded.tables.get("OSD"), list[tuple[Hashable, Hashable]]()
    if osd is not None:
        values = zip(*(osd.column(c).to_pylist() for c in ("lon", "lat", "fly_time_s")), strict=True)
        out += zip([(round(x, 8), round(y, 8), round(t, 1)) for x, y, t in values], _rows(decoded, "OSD"), strict=True)
    for name, found in decoded.tables.items():
        whole: dict[int, list[str]] = {}
        for record, row in zip(found.column("record").to_pylist(), rows_of(name, found), strict=True):
            whole.setdefault(record, []).append(row)
        out += [(None, tuple(rows)) for rows in whole.values() if name != "OSD"]
    return out


ROWS = _known_by("rows", r"time_ms|osd_fly_time(_m?s)?|custom_update_time", ".*latitude(_deg)?", ".*longitude(_deg)?")
SUBJECTS = (
    Subject("ardupilot-dataflash", "ArduPilot DataFlash", files.dataflash_files, walks.dataflash, _timed,
            peers.dataflash, "pymavlink"),
    Subject("ardupilot-dataflash-text", "ArduPilot DataFlash as text",
            lambda: files.cut(walks.dataflash_text, dataflash_text.write(files.flight("ardupilot"), 1)),
            walks.dataflash_text, lambda decoded: _timed(decoded, _single), peers.dataflash_text, "pymavlink"),
    Subject("px4-ulog", "PX4 ULog", files.ulog_files, walks.ulog, _topics, peers.ulog, "pyulog"),
    Subject("mavlink-tlog", "MAVLink telemetry log", lambda: files.mavlink_files(mavlink_tlog.write_tlog, walks.tlog),
            walks.tlog, _mavlink("time_us"), peers.tlog, "pymavlink", spare=0),
    Subject("mavlink-raw", "MAVLink stream", lambda: files.mavlink_files(mavlink_tlog.write_raw, walks.raw),
            walks.raw, _mavlink("time_boot_ms"), peers.raw, "pymavlink", spare=0),
    Subject("dji-flight-record", "DJI flight record, versions 6, 11, 12", lambda: files.record_files(6, 11, 12),
            walks.dji_record, _positions, peers.dji_log_parser, "dji-log-parser"),
    Subject("dji-flight-record", "DJI flight record, version 14 with its keys", lambda: files.record_files(14),
            walks.dji_record, _positions, floor=0.99),
    Subject("dji-srt", "DJI video subtitles", files.subtitles, walks.cues,
            _known_by("cues", "start_ms", "wall_clock_us", "lon", "lat"), floor=0.99),
    Subject("airdata-csv", "AirData CSV", files.tables_of_airdata, walks.rows_of_lines, ROWS, floor=0.98),
    Subject("dji-csv", "DJI flight record as CSV", files.tables_of_dji, walks.rows_of_lines, ROWS, floor=0.98),
    Subject("litchi-csv", "Litchi CSV", lambda: files.cut_lines(litchi_csv.write(files.flight("dji"), 1)),
            walks.rows_of_lines, ROWS, floor=0.98),
    Subject("gpx", "GPX track", lambda: [Small(gpx.write(files.flight("dji"), 1))], walks.track_points,
            _known_by("track_points", "time_us", "lon", "lat"), floor=0.99),
    Subject("kml", "KML track", lambda: [Small(kml.write_kml(files.flight("dji"), 1))], walks.times_and_places,
            _known_by("track_points", "time_us", "lon", "lat"), floor=0.98, swap_floor=0.8),
    Subject("igc", "IGC flight recorder", files.fix_files, walks.fixes, _fixes, floor=0.99),
    Subject("ppk-mrk", "DJI PPK time marks", lambda: [Small(mrk.write(flown(autopilot="dji"), 1))], walks.exposures,
            _known_by("exposures", "sequence", "latitude", "longitude"), floor=0.99),
)  # fmt: skip
