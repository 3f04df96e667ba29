"""
A lithium battery under the load of a multirotor: charge, voltage with sag, current, temperature.

The open-circuit curve is that of a usual lithium-polymer cell; the load is hover power with the induced
power of climbing and a little for air speed. Plausible, not measured.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.motion import GRAVITY_MPS2, STEP_S

Floats = NDArray[np.float64]

_CHARGE = (0.0, 0.05, 0.15, 0.3, 0.6, 0.9, 1.0)
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
    """

    cells: int = 4
    capacity_ah: float = 5.0
    resistance_ohm: float = 0.045
    hover_w: float = 190.0
    mass_kg: float = 1.2
    full: float = 0.98


@dataclass(frozen=True, slots=True)
class Load:
    """What each sample asks of a battery: motors on, in the air, vertical speed (up) and air speed in m/s."""

    armed: NDArray[np.bool_]
    in_air: NDArray[np.bool_]
    climb_mps: Floats
    airspeed_mps: Floats


@dataclass(frozen=True, slots=True)
class Discharge:
    """What a battery does under a load; percent are whole, current is positive when drawn."""

    percent: Floats
    voltage_v: Floats
    current_a: Floats
    temperature_c: Floats


def discharge(pack: Pack, load: Load, ambient_c: float) -> Discharge:
    """Run a battery down."""
    flying = pack.hover_w * (1.0 + 0.0016 * load.airspeed_mps**2) + pack.mass_kg * GRAVITY_MPS2 * load.climb_mps / 0.6
    watts = 6.0 + np.where(load.in_air, np.maximum(flying, 0.35 * pack.hover_w), load.armed * 0.08 * pack.hover_w)
    volts = np.full(len(watts), pack.cells * 3.9)
    charge, amps = np.full(len(watts), pack.full), watts / volts
    for _ in range(3):
        amps = watts / volts
        charge = np.maximum(pack.full - np.cumsum(amps) * STEP_S / 3600.0 / pack.capacity_ah, 0.0)
        volts = pack.cells * np.interp(charge, _CHARGE, _CELL_V) - amps * pack.resistance_ohm
    warm = ambient_c + 3.0 + 26.0 * (pack.full - charge)
    return Discharge(np.round(charge * 100.0), volts, amps, warm)
