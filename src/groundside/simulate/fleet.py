"""
The demonstration archive: weeks of a small operator's flights, with all that goes wrong in real ones.

Every name and every aircraft says SIMULATED.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from groundside.model.recording import Aircraft, Battery
from groundside.simulate import MARK, places
from groundside.simulate.failing import Mishap
from groundside.simulate.missions import Area
from groundside.simulate.power import Pack
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.speaking import Autopilot
from groundside.simulate.truth import Truth
from groundside.simulate.writers import airdata_csv, dataflash, dji_photo, dji_record, dji_srt, gpx, mavlink_tlog, ulog

FIRST_DAY = datetime(2026, 5, 4)
"""Wall clock at each field."""


class DemoFile(NamedTuple):
    """One file of the archive; `truth` is None where it holds no flight."""

    name: str
    content: bytes
    truth: Truth | None


@dataclass(frozen=True, slots=True)
class Craft:
    """An aircraft of the fleet, its batteries, DJI's number of its type, and what flies it."""

    aircraft: Aircraft
    batteries: tuple[Battery, ...]
    pack: Pack
    product: int = 0
    autopilot: Autopilot = "ardupilot"


def _craft(number: int, model: str, pack: Pack, batteries: int = 1, product: int = 0) -> Craft:
    aircraft = Aircraft(name=f"SIMULATED Quad {number}", model=model, serial=f"SIM{number:04}", kind="multirotor")
    packs = tuple(Battery(slot=i + 1, serial=f"SIMB{number:02}{i + 1:02}") for i in range(batteries))
    return Craft(aircraft, packs, pack, product, "dji" if product else "ardupilot")


def _winged(number: int, kind: str, model: str, pack: Pack, autopilot: Autopilot) -> Craft:
    shape = {"plane": "Wing", "vtol": "VTOL"}[kind]
    aircraft = Aircraft(name=f"SIMULATED {shape} {number}", model=model, serial=f"SIM{number:04}", kind=kind)
    return Craft(aircraft, (Battery(slot=1, serial=f"SIMB{number:02}01"),), pack, 0, autopilot)


FOLDING = _craft(1, "Mavic 3", Pack(), product=77)
LARGE = _craft(2, "Matrice 350 RTK", Pack(12, 5.88, 0.09, 420.0, 4.5), batteries=2, product=170)
MAPPER = _craft(3, "ArduCopter quad", Pack(6, 10.0, 0.03, 210.0, 2.6), batteries=2)
OLDER = _craft(4, "Mavic 2", Pack(4, 3.85, 0.05, 165.0, 0.9), product=42)
SEARCHER = _craft(5, "ArduCopter quad", Pack(6, 16.0, 0.03, 380.0, 4.0))
VETERAN = _craft(6, "ArduCopter quad", Pack(4, 8.0, 0.04, 230.0, 1.9))
GLIDING = _winged(7, "plane", "PX4 wing", Pack(4, 6.0, 0.04, 320.0, 2.0, cruise_w=140.0), "px4")
UPRIGHT = _winged(8, "vtol", "ArduPlane VTOL", Pack(6, 12.0, 0.03, 620.0, 5.0, cruise_w=260.0), "ardupilot")


@dataclass(frozen=True, slots=True)
class Flight:
    """
    A planned recording: who flies what where, on which day and at what hour there, and into which files.

    The area is stretched by `size`, so that flights last from three to fifteen minutes.
    """

    craft: Craft
    place: places.Field
    mission: str
    day: int
    hour: float
    files: tuple[Callable[[_Flown], Iterator[DemoFile]], ...]
    size: float = 1.0
    area: Area = field(default_factory=Area)
    sorties: int = 1
    fix_after_s: float = 0.0
    mishaps: tuple[Mishap, ...] = ()


@dataclass(frozen=True, slots=True)
class _Flown:
    """A flight that was flown, with what its files are named by and drawn from."""

    number: int
    truth: Truth
    craft: Craft
    seed: int

    def name(self, rest: str) -> str:
        return f"SIMULATED_{self.number:02}_{rest}"

    @property
    def wall(self) -> datetime:
        start = datetime.fromtimestamp(self.truth.start_us // 1_000_000, ZoneInfo(self.truth.field.zone))
        return start.replace(tzinfo=None)


def demo_files(seed: int = 1, plan: Sequence[Flight] | None = None) -> Iterator[DemoFile]:
    """
    Give the files of the demonstration archive, one after another; the same seed gives the same bytes.

    Among them: flights told by several files, an encrypted record whose keys lie beside it, one with its
    keys changed in mid-flight, a log cut short, a log of two flights, a bench run, and a file that is no
    log.
    """
    yield DemoFile("SIMULATED_00_README.txt", README.encode(), None)
    for number, flight in enumerate(PLAN if plan is None else plan, 1):
        flown = _flown(number, flight, seed)
        for write in flight.files:
            yield from write(flown)


def demo_photos(seed: int = 1, number: int = 1) -> Iterator[DemoFile]:
    """Give the photos of one survey among those flights, by its place in the plan."""
    flown = _flown(number, PLAN[number - 1], seed)
    for photo in dji_photo.write(flown.truth, flown.seed):
        yield DemoFile(flown.name(photo.name), photo.content, flown.truth)


def _flown(number: int, flight: Flight, seed: int) -> _Flown:
    return _fly(number, flight, int(np.random.default_rng([seed, number]).integers(1 << 31)))


def _fly(number: int, flight: Flight, seed: int) -> _Flown:
    rng = np.random.default_rng(seed)
    wall = FIRST_DAY + timedelta(days=flight.day, hours=flight.hour, milliseconds=int(rng.integers(0, 3_600_000)))
    start = wall.replace(tzinfo=ZoneInfo(flight.place.zone))
    area = flight.area
    scenario = Scenario(
        name=f"SIMULATED_{number:02}", field=flight.place, mission=flight.mission,
        area=replace(
            area, width_m=area.width_m * flight.size, depth_m=area.depth_m * flight.size,
            heading_deg=float(rng.uniform(0.0, 360.0)),
        ),
        start_us=round(start.timestamp() * 1000) * 1000, aircraft=flight.craft.aircraft,
        batteries=flight.craft.batteries, pack=flight.craft.pack, sorties=flight.sorties,
        before_s=float(np.round(rng.uniform(8.0, 25.0), 1)),
        after_s=float(np.round(rng.uniform(4.0, 15.0), 1)),
        fix_after_s=flight.fix_after_s, autopilot=flight.craft.autopilot, mishaps=flight.mishaps,
    )  # fmt: skip
    return _Flown(number, simulate(scenario, seed), flight.craft, seed)


def _dji(version: int, keys: bool = False, switch: bool = False) -> Callable[[_Flown], Iterator[DemoFile]]:
    def write(flown: _Flown) -> Iterator[DemoFile]:
        row = len(flown.truth) // 2 if switch else None
        record = dji_record.write(flown.truth, dji_record.Recorder(version, flown.craft.product, row), flown.seed)
        name = flown.name(f"DJIFlightRecord_{flown.wall:%Y-%m-%d_[%H-%M-%S]}")
        yield DemoFile(f"{name}.txt", record.content, flown.truth)
        if keys:
            yield DemoFile(f"{name}.keys.json", json.dumps(record.answer, indent=1).encode(), None)

    return write


def _airdata(metric: bool = False, first_ms: int = 0) -> Callable[[_Flown], Iterator[DemoFile]]:
    def write(flown: _Flown) -> Iterator[DemoFile]:
        name = flown.name(f"{flown.wall:%b-%d-%Y-%I-%M%p}-Flight-Airdata.csv")
        content = airdata_csv.write(flown.truth, airdata_csv.Export(metric, first_ms))
        yield DemoFile(name, content, flown.truth)

    return write


def _video(dialect: dji_srt.Dialect, length_s: float, rate_hz: float) -> Callable[[_Flown], Iterator[DemoFile]]:
    def write(flown: _Flown) -> Iterator[DemoFile]:
        video = dji_srt.Video(dialect, 30.0, length_s, rate_hz)
        yield DemoFile(flown.name(f"DJI_{flown.number:04}.SRT"), dji_srt.write(flown.truth, video).content, flown.truth)

    return write


def _ardupilot(generation: dataflash.Generation = "4.5", share: float = 1.0) -> Callable[[_Flown], Iterator[DemoFile]]:
    def write(flown: _Flown) -> Iterator[DemoFile]:
        content = dataflash.write(flown.truth, dataflash.Recorder(generation))
        yield DemoFile(flown.name(f"{flown.number:08}.BIN"), content[: int(len(content) * share)], flown.truth)

    return write


def _ulog(flown: _Flown) -> Iterator[DemoFile]:
    name = flown.name(f"{flown.wall:%H_%M_%S}.ulg")
    yield DemoFile(name, ulog.write(flown.truth, flown.seed), flown.truth)


def _telemetry(flown: _Flown) -> Iterator[DemoFile]:
    link = mavlink_tlog.Link("px4" if flown.craft.autopilot == "px4" else "ardupilot")
    name = flown.name(f"{flown.wall:%Y-%m-%d %H-%M-%S}.tlog")
    yield DemoFile(name, mavlink_tlog.write_tlog(flown.truth, flown.seed, link), flown.truth)


def _track(flown: _Flown) -> Iterator[DemoFile]:
    yield DemoFile(flown.name(f"{flown.wall:%Y%m%d}.gpx"), gpx.write(flown.truth, flown.seed), flown.truth)


_SURVEY, _SEARCH, _SQUARE, _LINE = "survey", "creeping line search", "expanding square search", "powerline"
_FIELD = Area(width_m=230.0, depth_m=170.0, height_m=60.0, speed_mps=8.0)
_CORRIDOR = Area(width_m=900.0, depth_m=160.0, height_m=45.0, speed_mps=9.0, spacing_m=150.0)
_WIDE = Area(width_m=380.0, depth_m=240.0, height_m=80.0, speed_mps=11.0, spacing_m=45.0)
_FIELDS = Area(width_m=620.0, depth_m=400.0, height_m=90.0, speed_mps=17.0, spacing_m=80.0)
_M3, _M2, _A2, _P, _P4 = (
    dji_srt.Dialect.MAVIC_3,
    dji_srt.Dialect.MAVIC_2,
    dji_srt.Dialect.AIR_2S,
    dji_srt.Dialect.MAVIC_PRO,
    dji_srt.Dialect.PHANTOM_4,
)

PLAN: tuple[Flight, ...] = (
    Flight(FOLDING, places.SALT_FLAT, _SURVEY, 0, 8.5, (_dji(14), _airdata(), _video(_M3, 100, 30)), 1.0, _FIELD),
    Flight(FOLDING, places.SALT_FLAT, _SURVEY, 0, 10.0, (_dji(14), _airdata(metric=True)), 1.4, _FIELD),
    Flight(FOLDING, places.SALT_FLAT, _SQUARE, 1, 9.0, (_dji(14, keys=True),), 1.0, _WIDE),
    Flight(OLDER, places.GRAVEL_PLAIN, _LINE, 3, 7.5, (_dji(12), _video(_M2, 90, 30)), 0.8, _CORRIDOR),
    Flight(OLDER, places.GRAVEL_PLAIN, _SURVEY, 3, 9.0, (_dji(12),), 0.9, _FIELD),
    Flight(OLDER, places.GRAVEL_PLAIN, _SEARCH, 4, 15.0, (_dji(11),), 0.8, _WIDE),
    Flight(MAPPER, places.PLAIN, _SURVEY, 7, 8.0, (_ardupilot(),), 1.6, _FIELD, fix_after_s=6.0),
    Flight(MAPPER, places.PLAIN, _SURVEY, 7, 10.5, (_ardupilot(),), 0.7, _FIELD, sorties=2),
    Flight(MAPPER, places.PLAIN, _SEARCH, 8, 9.0, (_ardupilot(),), 1.2, _WIDE),
    Flight(SEARCHER, places.TIDAL_FLAT, _SQUARE, 11, 11.0, (_ardupilot("4.7"),), 1.2, _WIDE),
    Flight(SEARCHER, places.TIDAL_FLAT, _SEARCH, 11, 13.0, (_ardupilot(share=0.62),), 1.0, _WIDE),
    Flight(FOLDING, places.TIDAL_FLAT, _SURVEY, 12, 14.0, (_airdata(first_ms=143_400),), 0.8, _FIELD),
    Flight(LARGE, places.OUTWASH_PLAIN, _LINE, 15, 9.0, (_dji(13, keys=True, switch=True),), 1.0, _CORRIDOR),
    Flight(
        LARGE,
        places.OUTWASH_PLAIN,
        _LINE,
        15,
        11.0,
        (_dji(14), _airdata(), _video(_M3, 60, 25)),
        1.5,
        _CORRIDOR,
    ),
    Flight(SEARCHER, places.OUTWASH_PLAIN, _LINE, 16, 10.0, (_ardupilot(),), 1.3, _CORRIDOR),
    Flight(SEARCHER, places.SALT_MARSH, _SURVEY, 20, 7.0, (_ardupilot(),), 1.2, _FIELD),
    Flight(OLDER, places.SALT_MARSH, _SURVEY, 20, 8.5, (_dji(12), _airdata(), _video(_A2, 90, 30)), 1.0, _FIELD),
    Flight(OLDER, places.SALT_MARSH, _SQUARE, 21, 16.0, (_video(_P, 240, 1),), 0.8, _WIDE),
    Flight(LARGE, places.HIGH_SALT_FLAT, _SURVEY, 25, 10.0, (_dji(14), _airdata(metric=True)), 1.6, _FIELD),
    Flight(VETERAN, places.HIGH_SALT_FLAT, _SURVEY, 25, 12.0, (_ardupilot("3.1"),), 0.9, _FIELD),
    Flight(LARGE, places.HIGH_SALT_FLAT, _SEARCH, 26, 9.0, (_dji(12),), 1.1, _WIDE, fix_after_s=9.0),
    Flight(MAPPER, places.PLAIN, _SURVEY, 28, 8.0, (_ardupilot(),), 1.0, _FIELD, sorties=0),
    Flight(OLDER, places.PLAIN, _LINE, 28, 9.0, (_dji(6),), 0.6, _CORRIDOR),
    Flight(FOLDING, places.TIDAL_FLAT, _SURVEY, 30, 10.0, (_airdata(), _video(_P4, 200, 1)), 0.9, _FIELD),
    Flight(
        GLIDING,
        places.GRAVEL_PLAIN,
        _SURVEY,
        33,
        8.0,
        (_ulog, _telemetry),
        1.0,
        _FIELDS,
        fix_after_s=4.0,
        mishaps=(Mishap("hard_landing", value=2.9),),
    ),
    Flight(
        UPRIGHT,
        places.SALT_FLAT,
        _SEARCH,
        34,
        9.0,
        (_ardupilot(), _telemetry),
        0.9,
        _FIELDS,
        mishaps=(Mishap("gnss_lost", at=0.4, lasts_s=8.0),),
    ),
    Flight(OLDER, places.PLAIN, _SQUARE, 35, 16.0, (_track,), 0.8, _WIDE),
)

README = f"""{MARK}

Nothing in this folder was ever flown. The flights are computed, the aircraft do not exist, and the places
were chosen because nobody lives there. This file is here because real folders hold such files too: it is
no log.
"""
