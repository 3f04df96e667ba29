"""
Every format that a simulated flight can be written in, under the name that its decoder has.

A writer's module is loaded when it is first used.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from groundside.errors import BadRequest
from groundside.simulate.fleets import VEHICLES
from groundside.simulate.scenario import Vehicle
from groundside.simulate.speaking import Autopilot
from groundside.simulate.truth import Truth

Write = Callable[[Truth, int], bytes]
ALL_VEHICLES: tuple[Vehicle, ...] = tuple(VEHICLES)
ROTORS: tuple[Vehicle, ...] = ("multirotor",)
WINGS: tuple[Vehicle, ...] = ("plane", "vtol")
MAVLINK: tuple[Autopilot, ...] = ("ardupilot", "px4")
DJI: tuple[Autopilot, ...] = ("dji",)
ANY: tuple[Autopilot, ...] = (*MAVLINK, *DJI)
DJI_VERSIONS = (14, 12, 13, 11, 6)


@dataclass(frozen=True, slots=True)
class Written:
    """One file to write: what comes after the flight's name in its own, and its content."""

    ending: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LogFormat:
    """
    A format that a flight can be written in.

    Args:
        name: of its decoder.
        title: for a person.
        suffix: of its files.
        write: makes the content of a flight and a seed.
        vehicles, autopilots: whose flights make sense in it.
    """

    name: str
    title: str
    suffix: str
    write: Write
    vehicles: tuple[Vehicle, ...] = ALL_VEHICLES
    autopilots: tuple[Autopilot, ...] = ANY

    def fits(self, truth: Truth) -> bool:
        """Whether a flight makes sense in it."""
        return (truth.aircraft.kind or "multirotor") in self.vehicles and truth.autopilot in self.autopilots


def _plain(module: str, function: str = "write") -> Write:
    """Name a writer that takes a flight and a seed."""

    def write(truth: Truth, seed: int) -> bytes:
        writer: Write = getattr(import_module(f"groundside.simulate.writers.{module}"), function)
        return writer(truth, seed)

    return write


def _dataflash(truth: Truth, seed: int) -> bytes:
    from groundside.simulate.writers import dataflash

    # Logs of that age have one battery, and no wings were simulated for it.
    old = truth.aircraft.kind not in WINGS and len(truth.batteries) == 1 and seed % 8 == 0
    return dataflash.write(truth, dataflash.Recorder("3.1" if old else ("4.5", "4.7")[seed % 2]))


def _ulog(truth: Truth, seed: int) -> bytes:
    from groundside.simulate.writers import ulog

    return ulog.write(truth, seed, ulog.Recorder(("1.16", "1.12")[seed % 2]))


def _mavlink(function: str) -> Write:
    def write(truth: Truth, seed: int) -> bytes:
        from groundside.simulate.writers import mavlink_tlog

        link = mavlink_tlog.Link("px4" if truth.autopilot == "px4" else "ardupilot")
        return (mavlink_tlog.write_tlog if function == "tlog" else mavlink_tlog.write_raw)(truth, seed, link)

    return write


def _dji_record(truth: Truth, seed: int) -> bytes:
    from groundside.simulate.writers import dji_record

    return dji_record.write(truth, dji_record.Recorder(_dji_version(seed)), seed).content


def _dji_srt(truth: Truth, seed: int) -> bytes:
    from groundside.simulate.writers import dji_srt

    dialect = tuple(dji_srt.Dialect)[seed % len(dji_srt.Dialect)]
    slow = dialect in {dji_srt.Dialect.MAVIC_PRO, dji_srt.Dialect.PHANTOM_4, dji_srt.Dialect.PHANTOM_4_RTK}
    return dji_srt.write(truth, dji_srt.Video(dialect, 2.0, truth.duration_s, 1.0 if slow else 25.0)).content


def _airdata(truth: Truth, seed: int) -> bytes:
    from groundside.simulate.writers import airdata_csv

    return airdata_csv.write(truth, airdata_csv.Export(metric=bool(seed % 2)))


def _dji_version(seed: int) -> int:
    return DJI_VERSIONS[seed % len(DJI_VERSIONS)]


FORMATS: tuple[LogFormat, ...] = (
    LogFormat("ardupilot-dataflash", "ArduPilot DataFlash log", ".BIN", _dataflash, ALL_VEHICLES, ("ardupilot",)),
    LogFormat("ardupilot-dataflash-text", "ArduPilot DataFlash log as text", ".log", _plain("dataflash_text"),
              ALL_VEHICLES, ("ardupilot",)),
    LogFormat("px4-ulog", "PX4 ULog", ".ulg", _ulog, ALL_VEHICLES, ("px4",)),
    LogFormat("mavlink-tlog", "MAVLink telemetry log", ".tlog", _mavlink("tlog"), ALL_VEHICLES, MAVLINK),
    LogFormat("mavlink-raw", "MAVLink stream", ".tlog.raw", _mavlink("raw"), ALL_VEHICLES, MAVLINK),
    LogFormat("dji-flight-record", "DJI flight record", ".txt", _dji_record, ROTORS, DJI),
    LogFormat("dji-srt", "DJI video subtitles", ".SRT", _dji_srt, ROTORS, DJI),
    LogFormat("airdata-csv", "AirData CSV", ".csv", _airdata, ROTORS, DJI),
    LogFormat("dji-csv", "DJI flight record as CSV", ".csv", _plain("dji_csv"), ROTORS, DJI),
    LogFormat("litchi-csv", "Litchi CSV", ".csv", _plain("litchi_csv"), ROTORS, DJI),
    LogFormat("gpx", "GPX track", ".gpx", _plain("gpx")),
    LogFormat("kml", "KML track", ".kml", _plain("kml", "write_kml")),
    LogFormat("igc", "IGC flight recorder", ".igc", _plain("igc"), WINGS, MAVLINK),
    LogFormat("ppk-mrk", "DJI PPK time marks", "_Timestamp.MRK", _plain("mrk"), ROTORS, DJI),
)  # fmt: skip


def named(name: str) -> LogFormat:
    """
    Find a format.

    Raises:
        BadRequest: there is none of that name.
    """
    for entry in FORMATS:
        if entry.name == name:
            return entry
    what = f"Nothing is simulated in a format {name!r}."
    raise BadRequest(what, try_this="groundside simulate --list names all")


def files_of(entry: LogFormat, truth: Truth, seed: int) -> list[Written]:
    """Write a flight; beside an encrypted DJI record come the keys that open it, as its owner would have them."""
    files = [Written(f"_{entry.name}{entry.suffix}", entry.write(truth, seed))]
    if entry.name == "dji-flight-record" and _dji_version(seed) >= 13:
        from groundside.simulate.writers import dji_record

        record = dji_record.write(truth, dji_record.Recorder(_dji_version(seed)), seed)
        files.append(Written(f"_{entry.name}.keys.json", json.dumps(record.answer, indent=1).encode()))
    return files
