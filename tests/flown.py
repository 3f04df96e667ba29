"""Short simulated flights for tests: each states only what matters to it."""

from functools import cache

from groundside.model.recording import Aircraft, Battery
from groundside.simulate import places
from groundside.simulate.failing import Mishap
from groundside.simulate.missions import Area
from groundside.simulate.power import Pack
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.truth import Truth

START_US = 1_780_000_000_123_000
SMALL = Area(width_m=120.0, depth_m=60.0, height_m=30.0)
WIDE = Area(width_m=300.0, depth_m=160.0, height_m=60.0, speed_mps=17.0, spacing_m=80.0)


@cache
def flown(kind: str = "multirotor", *mishaps: Mishap, seed: int = 3, **changes) -> Truth:
    """Fly a short survey with an aircraft of a kind, and let it go wrong."""
    usual = {
        "name": "t", "field": places.PLAIN, "mission": "survey", "area": SMALL if kind == "multirotor" else WIDE,
        "start_us": START_US, "aircraft": Aircraft(name="SIMULATED 1", serial="SIM0001", kind=kind),
        "pack": Pack(4, 2.2, 0.04, 260.0, 1.8, cruise_w=0.0 if kind == "multirotor" else 130.0),
        "batteries": (Battery(slot=1, serial="SIMB0101"),), "wind_mps": 4.0,
    }  # fmt: skip
    return simulate(Scenario(mishaps=mishaps, **(usual | changes)), seed)


def seconds(truth: Truth, time_us: int) -> float:
    """Say when something was, from the first sample."""
    return (time_us - truth.start_us) / 1e6
