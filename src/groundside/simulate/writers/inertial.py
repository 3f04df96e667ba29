"""What inertial sensors measure between the samples of a flight, as autopilots log them many times as often."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.motion import RATE_HZ
from groundside.simulate.truth import Truth
from groundside.simulate.writers.ulog_motion import acceleration

_GYRO_NOISE, _ACCELERATION_NOISE = 0.01, 0.3


@dataclass(frozen=True, slots=True)
class Inertial:
    """
    Measurements in the order of their time.

    Args:
        rows: the sample of the flight that each comes after.
        since_us: how long after it.
        gyro: turning in the body's axes, rad/s, shape (measurements, 3); small tilts are assumed.
        acceleration: specific force in the same axes, m/s², shape (measurements, 3).
    """

    rows: NDArray[np.intp]
    since_us: NDArray[np.int64]
    gyro: NDArray[np.float64]
    acceleration: NDArray[np.float64]


def inertial(truth: Truth, rate_hz: int, sensor: int) -> Inertial:
    """
    Measure so many times a second, with the noise of one of several sensors.

    Args:
        truth: what happened.
        rate_hz: a multiple of `motion.RATE_HZ`.
        sensor: its number, which decides the noise.
    """
    times = rate_hz // RATE_HZ
    rng = np.random.default_rng([sensor, len(truth)])
    turned = np.unwrap(np.radians([truth.roll_deg, truth.pitch_deg, truth.yaw_deg]), axis=1)
    gyro = np.gradient(turned, 1.0 / RATE_HZ, axis=1).T
    rows = np.repeat(np.arange(len(truth)), times)
    since_us = np.tile(np.arange(times) * (1_000_000 // rate_hz), len(truth))
    return Inertial(
        rows,
        since_us,
        gyro[rows] + rng.normal(0.0, _GYRO_NOISE, (rows.size, 3)),
        acceleration(truth)[rows] + rng.normal(0.0, _ACCELERATION_NOISE, (rows.size, 3)),
    )
