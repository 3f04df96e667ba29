"""
A lithium battery under the load of an aircraft: charge, voltage with sag, current, temperature.

The open-circuit curve is that of a usual lithium-polymer cell; the load is hover power with the induced
power of climbing and a little for air speed, or cruise power growing with the square of air speed. In the cold
resistance rises and less charge can be taken. Plausible, not measured.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.motion import GRAVITY_MPS2, STEP_S

Floats = NDArray[np.float64]

_CHARGE = (0.0, 0.05, 0.15, 0.3, 0.6, 0.9, 1.0)
_CRUISE_MPS = 17.0
_CELL_V = (3.30, 3.50, 3.64, 3.72, 3.86, 4.08, 4.20)


@dataclass(frozen=True, slots=True)
class Pack:
    """
    A kind of battery and what hangs on it.

    Args:
        cells: in series.
        capacity_ah: when full.
        resistance_ohm: of the whole pack.
        hover_w: what hovering takes from it; half of the aircraft's where there are two.
        mass_kg: that it lifts.
        full: share of charge at the start.
        cruise_w: what flying on a wing takes from it, at 17 m/s; 0 where there is none.
    """

    cells: int = 4
    capacity_ah: float = 5.0
    resistance_ohm: float = 0.045
    hover_w: float = 190.0
    mass_kg: float = 1.2
    full: float = 0.98
    cruise_w: float = 0.0

    def aged(self, share: float) -> Pack:
        """Give an older pack of the same kind: less capacity by a share, more resistance, not quite as full."""
        return replace(
            self, capacity_ah=self.capacity_ah * (1.0 - share), full=self.full - 0.02,
            resistance_ohm=self.resistance_ohm * (1.08 + share),
        )  # fmt: skip

    def in_air_of(self, ambient_c: float) -> Pack:
        """Give what is left of it in the cold: below 20 degrees 2 % more resistance and 0.7 % less charge a degree."""
        below = max(0.0, 20.0 - ambient_c)
        return replace(
            self, capacity_ah=self.capacity_ah * max(0.3, 1.0 - 0.007 * below),
            resistance_ohm=self.resistance_ohm * (1.0 + 0.02 * below),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Load:
    """
    What each sample asks of a battery.

    Args:
        armed: motors on. working: lifting the aircraft, or driving it along a runway.
        climb_mps: up. airspeed_mps: through the air.
        rotors: share of the weight on rotors.
    """

    armed: NDArray[np.bool_]
    working: NDArray[np.bool_]
    climb_mps: Floats
    airspeed_mps: Floats
    rotors: Floats


@dataclass(frozen=True, slots=True)
class Discharge:
    """What a battery does under a load; charge is a share, percent are whole, current is positive when drawn."""

    charge: Floats
    percent: Floats
    voltage_v: Floats
    current_a: Floats
    temperature_c: Floats


def discharge(pack: Pack, load: Load, ambient_c: float) -> Discharge:
    """Run a battery down."""
    cold = pack.in_air_of(ambient_c)
    watts = _watts(pack, load)
    volts = np.full(len(watts), pack.cells * 3.9)
    charge, amps = np.full(len(watts), pack.full), watts / volts
    for _ in range(3):
        amps = watts / volts
        charge = np.maximum(pack.full - np.cumsum(amps) * STEP_S / 3600.0 / cold.capacity_ah, 0.0)
        volts = pack.cells * np.interp(charge, _CHARGE, _CELL_V) - amps * cold.resistance_ohm
    warm = ambient_c + 3.0 + 26.0 * (pack.full - charge)
    return Discharge(charge, np.round(charge * 100.0), volts, amps, warm)


def _watts(pack: Pack, load: Load) -> Floats:
    climbing = pack.mass_kg * GRAVITY_MPS2 * load.climb_mps / 0.6
    hovering = pack.hover_w * (1.0 + 0.0016 * load.airspeed_mps**2)
    cruising = pack.cruise_w * (0.3 + 0.7 * (load.airspeed_mps / _CRUISE_MPS) ** 2)
    flying = load.rotors * hovering + (1.0 - load.rotors) * cruising + climbing
    least = np.where(load.rotors > 0.0, 0.35 * pack.hover_w, 0.05 * pack.cruise_w)
    idle = load.armed * 0.08 * np.where(load.rotors > 0.0, pack.hover_w, pack.cruise_w)
    return 6.0 + np.where(load.working, np.maximum(flying, least), idle)
