"""
Any number of short flights, all different: aircraft, missions, places, weather, and what goes wrong.

Unless longer ones are wished for, each lasts about one and a half to four minutes, so that thousands can be made in a
test. The same seed gives the same flights, one by one: the tenth does not depend on how many there are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from groundside.model.recording import Aircraft, Battery
from groundside.simulate import places
from groundside.simulate.course import Wing
from groundside.simulate.failing import MISHAPS, Mishap
from groundside.simulate.missions import MISSIONS, Area, length_m
from groundside.simulate.power import Pack
from groundside.simulate.scenario import Scenario, Vehicle, simulate
from groundside.simulate.sensing import Receiver
from groundside.simulate.speaking import Autopilot
from groundside.simulate.truth import Truth

FIRST_US = int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()) * 1_000_000
DAYS = 300
SHORTEST_S, LONGEST_S = 95.0, 200.0
"""What a flight is planned for, from take-off to landing."""
MOST_AH = 60.0
"""DJI records count milliampere hours in 16 bits."""
BENCH_SHARE, TWICE_SHARE, LATE_FIX_SHARE, COLD_SHARE = 0.03, 0.03, 0.3, 0.15

VEHICLES: dict[Vehicle, float] = {"multirotor": 0.6, "plane": 0.25, "vtol": 0.15}
"""How often each flies where nothing else is asked for."""
AUTOPILOTS: dict[Vehicle, tuple[Autopilot, ...]] = {
    "multirotor": ("ardupilot", "px4", "dji"), "plane": ("ardupilot", "px4"), "vtol": ("ardupilot", "px4"),
}  # fmt: skip
MODELS: dict[Autopilot, str] = {"ardupilot": "Ardu", "px4": "PX4 ", "dji": "Mavic 3"}
SHAPES: dict[Vehicle, str] = {"multirotor": "Quad", "plane": "Wing", "vtol": "VTOL"}
WING_MISSIONS = ("survey", "expanding square search", "creeping line search")


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What flights should be like; what is left out is drawn.

    Args:
        vehicles, autopilots: only these; empty for any.
        faults: kinds of `MISHAPS`, each of which every flight has; None draws some.
        wind_mps: mean wind.
        lasts_s: what a flight is planned for, from take-off to landing: at least, and at most.
    """

    vehicles: tuple[Vehicle, ...] = ()
    autopilots: tuple[Autopilot, ...] = ()
    faults: tuple[str, ...] | None = None
    wind_mps: float | None = None
    lasts_s: tuple[float, float] = (SHORTEST_S, LONGEST_S)


ANY = Wish()


def fleet(seed: int, count: int, wish: Wish = ANY) -> Iterator[Truth]:
    """Fly a number of flights, one after another."""
    return (flight(seed, number, wish) for number in range(count))


def flight(seed: int, number: int, wish: Wish = ANY) -> Truth:
    """Fly one flight of a fleet."""
    rng = np.random.default_rng([seed, number])
    return simulate(_scenario(rng, number, wish), int(rng.integers(1 << 31)))


def _scenario(rng: np.random.Generator, number: int, wish: Wish) -> Scenario:
    vehicle, autopilot = _flown_by(rng, wish)
    craft = int(rng.integers(1, 40))
    planned_s = float(rng.uniform(*wish.lasts_s))
    mission = str(rng.choice(WING_MISSIONS if vehicle != "multirotor" else tuple(MISSIONS)))
    before_s = float(np.round(rng.uniform(4.0, 9.0), 1))
    field = places.FIELDS[int(rng.integers(len(places.FIELDS)))]
    batteries = tuple(Battery(slot=i + 1, serial=f"SIMB{craft:02}{i + 1:02}") for i in range(1 + (rng.random() < 0.3)))
    kind = rng.random()
    scenario = Scenario(
        name=f"SIMULATED_{number + 1:04}", field=field, mission=mission,
        area=_area(rng, vehicle, mission, planned_s), start_us=_start_us(rng),
        aircraft=Aircraft(name=f"SIMULATED {SHAPES[vehicle]} {craft}", model=_model(vehicle, autopilot),
                          serial=f"SIM{craft:04}", kind=vehicle),
        batteries=batteries, pack=_pack(rng, vehicle, planned_s), worn=float(rng.uniform(0.0, 0.25)),
        wing=Wing(launch="hand" if rng.random() < 0.5 else "roll"), before_s=before_s,
        after_s=float(np.round(rng.uniform(3.0, 6.0), 1)),
        fix_after_s=float(np.round(rng.uniform(1.0, before_s), 1)) if rng.random() < LATE_FIX_SHARE else 0.0,
        autopilot=autopilot, wind_mps=_wind_mps(rng, wish), ambient_c=_ambient_c(rng, field),
        receiver=Receiver(float(rng.uniform(0.1, 0.8)), float(rng.uniform(15.0, 60.0)), float(rng.uniform(0.0, 0.008))),
    )  # fmt: skip
    bench = wish.faults is None and kind < BENCH_SHARE
    twice = wish.faults is None and vehicle != "plane" and kind > 1.0 - TWICE_SHARE
    mishaps = () if bench or twice else _mishaps(rng, wish)
    return replace(scenario, sorties=0 if bench else 1 + twice, mishaps=mishaps)


def _flown_by(rng: np.random.Generator, wish: Wish) -> tuple[Vehicle, Autopilot]:
    asked: list[Vehicle] = [v for v in VEHICLES if not wish.vehicles or v in wish.vehicles]
    able: list[Vehicle] = [v for v in asked if not wish.autopilots or set(AUTOPILOTS[v]) & set(wish.autopilots)]
    shares = np.array([VEHICLES[v] for v in able])
    vehicle: Vehicle = able[int(rng.choice(len(able), p=shares / shares.sum()))]
    pilots: list[Autopilot] = [a for a in AUTOPILOTS[vehicle] if not wish.autopilots or a in wish.autopilots]
    return vehicle, pilots[int(rng.integers(len(pilots)))]


def _model(vehicle: Vehicle, autopilot: Autopilot) -> str:
    if autopilot == "dji":
        return MODELS[autopilot]
    names = {"multirotor": "Copter quad", "plane": "Plane wing", "vtol": "Plane VTOL"}
    return MODELS[autopilot] + (names[vehicle] if autopilot == "ardupilot" else SHAPES[vehicle].lower())


def _start_us(rng: np.random.Generator) -> int:
    """Draw a moment of a flying day, a whole millisecond."""
    return FIRST_US + int(rng.integers(DAYS)) * 86_400_000_000 + int(rng.integers(86_400_000)) * 1000


def _wind_mps(rng: np.random.Generator, wish: Wish) -> float:
    drawn = float(np.clip(rng.gamma(2.0, 1.8), 0.0, 9.0))
    return drawn if wish.wind_mps is None else wish.wind_mps


def _ambient_c(rng: np.random.Generator, field: places.Field) -> float:
    usual = field.ambient_c + float(rng.normal(0.0, 5.0))
    return float(rng.uniform(-18.0, 0.0)) if rng.random() < COLD_SHARE else usual


def _area(rng: np.random.Generator, vehicle: Vehicle, mission: str, planned_s: float) -> Area:
    """Draw an area of such a size that the mission takes about as long as planned."""
    wing = vehicle != "multirotor"
    height = float(rng.uniform(40.0, 75.0) if wing else rng.uniform(15.0, 40.0))
    speed = 17.0 if wing else float(rng.uniform(5.0, 9.0))
    ways_s = {"multirotor": 35.0 + height, "plane": 75.0, "vtol": 100.0}[vehicle]
    drawn = Area(
        float(rng.uniform(-60.0, 60.0)), float(rng.uniform(-60.0, 60.0)), 220.0, 120.0, float(rng.uniform(0.0, 360.0)),
        height, speed, 70.0 if mission == "powerline" else 40.0,
    )  # fmt: skip
    stops = 0.4 if mission == "powerline" else 0.6
    length = max((planned_s - ways_s) * speed * (0.8 if wing else stops), 60.0)
    most = 3.0 * max(planned_s / LONGEST_S, 1.0)
    scale = float(np.clip(length / length_m(MISSIONS[mission](drawn)), 0.25, most))
    spacing = max(drawn.spacing_m * scale, 45.0 if wing else 12.0)
    return replace(drawn, width_m=drawn.width_m * scale, depth_m=drawn.depth_m * scale, spacing_m=spacing)


def _pack(rng: np.random.Generator, vehicle: Vehicle, planned_s: float) -> Pack:
    """Draw a battery of which the flight takes an eighth to a third."""
    cells = int(rng.choice((3, 4, 6)))
    hover_w = float(rng.uniform(130.0, 420.0))
    cruise_w = 0.0 if vehicle == "multirotor" else hover_w * 0.4
    watts = {"multirotor": hover_w * 1.1, "plane": cruise_w * 1.2, "vtol": cruise_w + 0.45 * hover_w}[vehicle]
    capacity = watts * planned_s / 3600.0 / (cells * 3.85) / float(rng.uniform(0.12, 0.32))
    resistance = 0.2 * cells * 3.8 / (hover_w / (cells * 3.8)) / 10.0
    capacity = min(capacity, MOST_AH)
    return Pack(cells, round(capacity, 3), resistance, hover_w, float(rng.uniform(0.8, 3.0)), 0.98, cruise_w)


def _mishaps(rng: np.random.Generator, wish: Wish) -> tuple[Mishap, ...]:
    if wish.faults is not None:
        return tuple(_mishap(rng, kind) for kind in wish.faults)
    count = int(rng.choice((0, 1, 2), p=(0.45, 0.4, 0.15)))
    kinds = [str(k) for k in rng.choice(tuple(MISHAPS), count, replace=False)]
    if {"battery_low", "battery_critical"} <= set(kinds):
        kinds.remove("battery_low")
    return tuple(_mishap(rng, kind) for kind in kinds)


def _mishap(rng: np.random.Generator, kind: str) -> Mishap:
    at, lasts_s = float(rng.uniform(0.25, 0.65)), float(np.round(rng.uniform(6.0, 30.0), 1))
    size = float(rng.uniform(0.0, 1.0))
    sign = 1.0 if rng.random() < 0.5 else -1.0
    values = {
        "hard_landing": 2.2 + 2.0 * size, "battery_low": np.round(20.0 + 10.0 * size),
        "battery_critical": np.round(9.0 + 5.0 * size), "clock_jump": sign * np.round(10.0 ** (0.7 + 3.2 * size), 1),
    }  # fmt: skip
    return Mishap(kind, at, lasts_s, float(values.get(kind, 0.0)))
