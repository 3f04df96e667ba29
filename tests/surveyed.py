"""A simulated survey of three minutes that may lose its fix, for the tests of the writers of text and of tracks."""

from dataclasses import replace
from functools import cache

import numpy as np

from groundside.model.recording import Aircraft, Battery
from groundside.simulate import places
from groundside.simulate.missions import Area
from groundside.simulate.places import Field
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.truth import Fault, Said, Truth

START_US = 1_780_000_000_123_000
"""2026-05-28 20:26:40.123 UTC."""
LOST = slice(500, 561)
"""Samples without a fix in the middle of a flight that loses it; the first four seconds of each have none either."""
WARNING = 'Signal lost, "weak" & <gone>'
TIP = "Switched to ATTI"


@cache
def flown(field: Field = places.SALT_FLAT, loses_fix: bool = False, start_us: int = START_US) -> Truth:
    """Fly it; one that loses its fix says so, and warns of it."""
    truth = simulate(
        Scenario(
            name="flight <1> & more", field=field, mission="survey", area=Area(width_m=120.0, depth_m=50.0),
            start_us=start_us, aircraft=Aircraft(name="SIMULATED Quad 3", serial="SIM0003"),
            batteries=(Battery(slot=1, serial="SIMB0101"), Battery(slot=2, serial="SIMB0102")), fix_after_s=4.0,
        ),
        3,
    )  # fmt: skip
    return _blinded(truth) if loses_fix else replace(truth, faults=(), messages=())


def _blinded(truth: Truth) -> Truth:
    fix, lon, lat = truth.fix.copy(), truth.lon.copy(), truth.lat.copy()
    fix[LOST], lon[LOST], lat[LOST] = 0, np.nan, np.nan
    first, last = int(truth.time_us[LOST][0]), int(truth.time_us[LOST][-1])
    said = (Said(first, 4, WARNING), Said(first + 2_000_000, 6, TIP))
    return replace(truth, fix=fix, lon=lon, lat=lat, faults=(Fault("gnss_lost", first, last),), messages=said)
