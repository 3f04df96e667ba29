"""What an aircraft does on the ground: it stands, taxies, runs up to lift off, or rolls out."""

from __future__ import annotations

import numpy as np

from groundside.produce.flight.phases_steps import STEP_S, Steps
from groundside.produce.flight.pieces import runs_of
from groundside.produce.flight.signals import Bools

TAXI_MPS, TAXI_S, TAXI_M = 1.5, 3.0, 10.0
"""Slower, shorter or less far, and it stands: satellite noise, or carried a step aside."""
_ROLL_MPS, _ROLL_S, _LIFT_MPS = 1.0, 40.0, 3.0
_STEADY_MPS = 0.15
_ON_ROTORS = frozenset({"multirotor", "helicopter", "vtol"})


def on_ground(steps: Steps) -> Bools:
    """Mark the steps on the ground that taxi."""
    marked = np.zeros(len(steps), np.bool_)
    with np.errstate(invalid="ignore"):
        moving = (steps.speed_mps > TAXI_MPS) & (steps.air == 0)
    for a, b in runs_of(moving):
        far = float(np.nansum(steps.speed_mps[a:b])) * STEP_S >= TAXI_M
        marked[a:b] = far and (b - a) * STEP_S >= TAXI_S
    return marked


def rolled_from(steps: Steps, lift_off: int, kind: str) -> int:
    """Give the step at which the run up to a lift-off began: from where it only gained speed."""
    return _roll(steps, lift_off, kind, -1)


def rolled_to(steps: Steps, touch_down: int, kind: str) -> int:
    """Give the step at which it had rolled out after a touch-down: where it no longer lost speed."""
    return _roll(steps, touch_down - 1, kind, 1) + 1 if touch_down else touch_down


def _roll(steps: Steps, start: int, kind: str, way: int) -> int:
    speed = steps.speed_mps
    if kind in _ON_ROTORS or not speed[min(max(start, 0), len(steps) - 1)] > _LIFT_MPS:
        return start
    at = start
    for _ in range(int(_ROLL_S / STEP_S)):
        beyond = at + way
        on_it = 0 <= beyond < len(steps) and (steps.air[beyond] == 0 or beyond == start)
        if not on_it or speed[at] < _ROLL_MPS or speed[beyond] > speed[at] + _STEADY_MPS:
            break
        at = beyond
    return at
