"""Small undamaged files of each format, in several versions and dialects where it has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from groundside.decode.format import Keychains, Options
from groundside.decode.known import named
from groundside.simulate.missions import Area
from groundside.simulate.truth import Truth
from groundside.simulate.writers import airdata_csv, dataflash, dji_csv, dji_record, dji_srt, igc, mavlink_tlog, ulog
from tests import damage_walks as walks
from tests.damage import Record
from tests.flown import flown

LIMIT = 60_000
"""Files of which each part tells the same are ended at the last record before this many bytes."""


@dataclass(frozen=True, slots=True)
class Small:
    """A small file, and the keys that open it."""

    content: bytes
    options: Options = field(default_factory=Options)


@cache
def flight(autopilot: str, kind: str = "multirotor") -> Truth:
    areas = {"multirotor": Area(width_m=12.0, depth_m=6.0, height_m=8.0),
             "plane": Area(width_m=60.0, depth_m=30.0, height_m=30.0, speed_mps=17.0, spacing_m=60.0)}  # fmt: skip
    return flown(kind, area=areas[kind], autopilot=autopilot, before_s=2.0, after_s=2.0)


def cut(walk: Callable[..., list[Record]], *contents: bytes) -> list[Small]:
    return [Small(walks.cut(content, walk(content), LIMIT)) for content in contents]


def cut_lines(*contents: bytes) -> list[Small]:
    return [Small(content[: content.rindex(b"\n", 0, min(LIMIT, len(content))) + 1]) for content in contents]


def record_files(*versions: int) -> list[Small]:
    return [_record_file(version) for version in versions]


def _record_file(version: int) -> Small:
    record = dji_record.write(flight("dji"), dji_record.Recorder(version), 1)
    read_keys = named("dji-flight-record").keys_from_answer
    keys: Keychains = read_keys(record.answer) if record.answer else ()
    return Small(record.content, Options(keys))


def subtitles() -> list[Small]:
    videos = [dji_srt.Video(dialect, 2.0, 8.0, 25.0) for dialect in dji_srt.Dialect]
    return [Small(dji_srt.write(flight("dji"), video).content) for video in videos]


def dataflash_files() -> list[Small]:
    recorders = (dataflash.Recorder("4.5"), dataflash.Recorder("3.1"), dataflash.Recorder("4.7", receivers=1))
    return cut(walks.dataflash, *(dataflash.write(flight("ardupilot"), r) for r in recorders))


def tables_of_airdata() -> list[Small]:
    exports = (airdata_csv.Export(metric=True), airdata_csv.Export(metric=False))
    return cut_lines(*(airdata_csv.write(flight("dji"), export) for export in exports))


def tables_of_dji() -> list[Small]:
    styles = ("flight_reader", "log_parser", "txtlog")
    return cut_lines(*(dji_csv.write(flight("dji"), 0, dji_csv.Export(style)) for style in styles))


def mavlink_files(write: Callable[..., bytes], walk: Callable[..., list[Record]]) -> list[Small]:
    links = (
        mavlink_tlog.Link(protocol="mixed"), mavlink_tlog.Link(protocol=1),
        mavlink_tlog.Link(signed=True, private=True, gimbal=True),
    )  # fmt: skip
    return cut(walk, *(write(flight("ardupilot"), 1, link) for link in links))


def ulog_files() -> list[Small]:
    recorders = (ulog.Recorder("1.16", receivers=2), ulog.Recorder("1.12"))
    return cut(walks.ulog, *(ulog.write(flight("px4"), 1, r) for r in recorders))


def fix_files() -> list[Small]:
    recorders = (igc.Recorder(rate_hz=5), igc.Recorder(rate_hz=5, digits=2, long_date=False))
    return [Small(igc.write(flight("px4", "plane"), 1, r)) for r in recorders]
