"""What a check is given, and what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from groundside.model.mission import Mission
from groundside.model.place import LonLat
from groundside.model.surface import Surface
from groundside.plan.endurance import Use, use
from groundside.plan.flight_path import FlightPath, flight_path, home_of
from groundside.plan.sorties import Battery
from groundside.reference.geodesy import local_metres

Floats = NDArray[np.float64]
STEP_M = 10.0
QUICK_STEP_M = 40.0
NO_AIRCRAFT = "No aircraft was named: add --aircraft NAME, or --own-log LOG."


class Outcome(StrEnum):
    """What came of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"
    """What it needs to know is not known; it says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    What the owner holds to; numbers, not law.

    Args:
        height_m: above the ground.
        clearance_m: least above the ground, away from take-off and landing.
        distance_m: from home, over ground; None where nobody set one, for no law says a number that holds everywhere.
        eye_m: of who watches at home, above the ground there.
        waypoints: most that the controller takes; None where it is not known.
        segment_m: longest way between waypoints that the controller takes; None where it is not known.
    """

    height_m: float = 120.0
    clearance_m: float = 10.0
    distance_m: float | None = None
    eye_m: float = 1.7
    waypoints: int | None = None
    segment_m: float | None = None


@dataclass(frozen=True, slots=True)
class NamedArea:
    """
    An area of a layer that the owner loaded, or of keep-outs.

    Args:
        name: as people call it.
        shape: in longitude and latitude.
        buffer_m: kept free around it.
    """

    name: str
    shape: BaseGeometry
    buffer_m: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Planned:
    """
    A plan with all that is known about where and how it is flown.

    Args:
        mission: the plan.
        battery: what flying takes, wind, reserve.
        limits: what the owner holds to.
        surface: the ground; None where no elevation model is named.
        keep_outs: never flown over.
        layers: airspace and sensitive sites that the owner loaded; None where none was named.
        start_us: when it takes off, UTC; None where that is open.
        quick: look at fewer places, as while somebody drags a corner.
    """

    mission: Mission
    battery: Battery
    limits: Limits = field(default_factory=Limits)
    surface: Surface | None = None
    keep_outs: tuple[NamedArea, ...] = ()
    layers: tuple[NamedArea, ...] | None = None
    start_us: int | None = None
    quick: bool = False

    @cached_property
    def path(self) -> FlightPath:
        """The whole way with its corners only."""
        return flight_path(self.mission, self.battery.usual, self.surface)

    @cached_property
    def steps(self) -> FlightPath:
        """The whole way in steps of 10 m; of 40 m where it must be quick."""
        return self.path.dense(QUICK_STEP_M if self.quick else STEP_M)

    @cached_property
    def taken(self) -> Use:
        """What each leg of `path` takes."""
        return use(self.path, self.battery.endurance, self.battery.wind)

    @cached_property
    def ground_m(self) -> Floats:
        """Height of the ground below each of `steps`, above that at home; zeros where no surface is known."""
        if self.surface is None:
            return np.zeros(len(self.steps))
        home_m = float(self.surface.heights_m(self.home.lon, self.home.lat))
        return self.surface.heights_m(self.steps.lon, self.steps.lat) - home_m

    @property
    def home(self) -> LonLat:
        """Where it takes off."""
        return home_of(self.mission)

    def in_metres(self, shape: BaseGeometry) -> BaseGeometry:
        """Turn a shape in degrees into metres from home."""

        def moved(points: Floats) -> Floats:
            return np.stack(local_metres(points[:, 0], points[:, 1], self.home), axis=1)

        return shapely.transform(shape, moved)


@dataclass(frozen=True, slots=True)
class Finding:
    """
    What one check found.

    Args:
        check: its name.
        outcome: passed, failed, or not checked.
        reason: one sentence with the numbers.
        lon, lat: the worst place; None where it is no one place.
    """

    check: str
    outcome: Outcome
    reason: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at: its name, why it matters, and how it is done."""

    name: str
    why: str
    run: Callable[[Planned], Finding]


def judged(check: str, planned: Planned, *, ok: bool, reason: str, at: int | None = None) -> Finding:
    """Make a finding, with the place of the worst step."""
    outcome = Outcome.PASSED if ok else Outcome.FAILED
    if at is None:
        return Finding(check, outcome, reason)
    return Finding(check, outcome, reason, float(planned.steps.lon[at]), float(planned.steps.lat[at]))


def unknown(check: str, reason: str) -> Finding:
    """Say that it could not be checked, and why."""
    return Finding(check, Outcome.NOT_CHECKED, reason)
