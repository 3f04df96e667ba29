"""What really happened in a simulated flight."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as dataclass_field

import numpy as np
from numpy.typing import NDArray

from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery
from groundside.simulate.places import Field

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sortie:
    """
    One take-off to its landing.

    Args:
        takeoff_us, landing_us: UTC of the first and of the last sample in the air.
        distance_m: over ground, along the path between them.
        max_height_m: above take-off.
    """

    takeoff_us: int
    landing_us: int
    distance_m: float
    max_height_m: float


@dataclass(frozen=True, slots=True)
class Fault:
    """
    Something that went wrong.

    Args:
        kind: as `groundside.model.log.EVENT_KINDS` names it: "gnss_lost", "battery_low", "battery_critical",
            "link_lost", "failsafe", "hard_landing", "clock_jump".
        start_us: UTC of the first sample it shows in.
        end_us: UTC of the last one; the same where it is but a moment.
        value: how much: m/s down at a hard landing, seconds of a clock jump, percent of charge; 0 where that
            says nothing.
    """

    kind: str
    start_us: int
    end_us: int
    value: float = 0.0


@dataclass(frozen=True, slots=True)
class Said:
    """A text message of the autopilot: UTC, severity as RFC 5424 counts it, text of at most 50 ASCII characters."""

    time_us: int
    severity: int
    text: str


@dataclass(frozen=True, slots=True)
class Setting:
    """
    A value that a parameter took.

    Args:
        name: of at most 16 ASCII characters, as MAVLink limits it.
        value: exact as a 32-bit float.
        time_us: UTC of the change; None where it was in force when the recording began.
        whole: an integer parameter.
    """

    name: str
    value: float
    time_us: int | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """
    All there is to know about one simulated recording; arrays have one value for each sample, ten a second.

    Args:
        name: unique: files of one flight share it.
        time_us: UTC microseconds since 1970.
        lon, lat: degrees; NaN where there is no fix.
        height_m: above take-off. altitude_m: above mean sea level.
        vn_mps, ve_mps, vd_mps: north, east, down.
        yaw_deg: 0 to 360 from true north; roll right wing down, pitch nose up positive.
        gimbal_yaw_deg: 0 to 360 from true north.
        battery_percent, battery_voltage_v, battery_current_a, battery_temperature_c: shape (batteries,
            samples); current is positive when drawn.
        fix: as `groundside.model.track` counts it. mode: a `Phase`.
        sorties: none where nothing flew.
        faults, messages, settings: in order of time; what went wrong, what the autopilot said, its parameters.
        airspeed_mps: through the air; empty, or NaN, where no sensor measures it.
        doing: what it did, of `groundside.simulate.doing.DOING`; empty where that was not told.
        wind_north_mps, wind_east_mps: where the mean wind blew to; NaN where that was not told.
        autopilot: in whose words messages and settings are: "ardupilot", "px4", "dji", or empty.
    """

    name: str
    mission: str
    field: Field
    aircraft: Aircraft
    batteries: tuple[Battery, ...]
    cells: int
    capacity_ah: float
    time_us: NDArray[np.int64]
    lon: Floats
    lat: Floats
    height_m: Floats
    altitude_m: Floats
    vn_mps: Floats
    ve_mps: Floats
    vd_mps: Floats
    roll_deg: Floats
    pitch_deg: Floats
    yaw_deg: Floats
    gimbal_pitch_deg: Floats
    gimbal_yaw_deg: Floats
    battery_percent: Floats
    battery_voltage_v: Floats
    battery_current_a: Floats
    battery_temperature_c: Floats
    satellites: NDArray[np.int16]
    fix: NDArray[np.int8]
    link_percent: Floats
    mode: NDArray[np.str_]
    armed: NDArray[np.bool_]
    in_air: NDArray[np.bool_]
    sorties: tuple[Sortie, ...]
    faults: tuple[Fault, ...] = ()
    messages: tuple[Said, ...] = ()
    settings: tuple[Setting, ...] = ()
    airspeed_mps: Floats = dataclass_field(default_factory=lambda: np.empty(0))
    autopilot: str = ""
    doing: NDArray[np.str_] = dataclass_field(default_factory=lambda: np.empty(0, np.str_))
    wind_north_mps: float = float("nan")
    wind_east_mps: float = float("nan")

    def __len__(self) -> int:
        return len(self.time_us)

    @property
    def home(self) -> LonLat:
        """The take-off point."""
        return self.field.home

    @property
    def start_us(self) -> int:
        """UTC of the first sample."""
        return int(self.time_us[0])

    @property
    def duration_s(self) -> float:
        """From the first to the last sample."""
        return float(self.time_us[-1] - self.time_us[0]) / 1e6

    @property
    def takeoff_us(self) -> int | None:
        """UTC of the first take-off; None where nothing flew."""
        return self.sorties[0].takeoff_us if self.sorties else None

    @property
    def landing_us(self) -> int | None:
        """UTC of the last landing; None where nothing flew."""
        return self.sorties[-1].landing_us if self.sorties else None

    @property
    def airborne_s(self) -> float:
        """Seconds in the air, of all sorties."""
        return sum(s.landing_us - s.takeoff_us for s in self.sorties) / 1e6

    @property
    def distance_m(self) -> float:
        """Over ground, of all sorties."""
        return sum(s.distance_m for s in self.sorties)

    @property
    def max_height_m(self) -> float:
        """Above take-off; 0 where nothing flew."""
        return max((s.max_height_m for s in self.sorties), default=0.0)

    @property
    def max_speed_mps(self) -> float:
        """Over ground."""
        return float(np.hypot(self.vn_mps, self.ve_mps).max())

    def during(self, kind: str) -> NDArray[np.bool_]:
        """Which samples lie within a fault of a kind."""
        flags = np.zeros(len(self), np.bool_)
        for fault in self.faults:
            if fault.kind == kind:
                flags |= (self.time_us >= fault.start_us) & (self.time_us <= fault.end_us)
        return flags

    @property
    def recorder_clock_us(self) -> NDArray[np.int64]:
        """
        What the wall clock of a phone, controller or ground station says at each sample, UTC microseconds.

        It is wrong by the seconds of a "clock_jump" while that lasts. Recorders that count from boot and take the time
        from satellites do not look at it, and `time_us` stays true.
        """
        clock = self.time_us.copy()
        for fault in self.faults:
            if fault.kind == "clock_jump":
                wrong = (self.time_us >= fault.start_us) & (self.time_us <= fault.end_us)
                clock[wrong] += round(fault.value * 1e6)
        return clock

    @property
    def has_fix(self) -> NDArray[np.bool_]:
        """Which samples have a position."""
        return self.fix >= 3
