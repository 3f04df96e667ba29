"""Small recordings of every kind in every format, to begin mutations with."""

from __future__ import annotations

from groundside.simulate.fleets import Wish, flight
from groundside.simulate.formats import named
from groundside.simulate.writers import kml

MOST_BYTES = 12_000
KINDS = ("multirotor", "plane", "vtol")


def seeds_of(format_name: str) -> list[bytes]:
    """Give the beginning of a recording for each kind of aircraft and variant of a format."""
    entry = named(format_name)
    seeds: list[bytes] = []
    zipped: list[bytes] = []  # a zip has its table of contents at the end, so it stays whole
    for number, kind in enumerate(k for k in KINDS if k in entry.vehicles):
        wish = Wish(vehicles=(kind,), autopilots=entry.autopilots, faults=("gnss_lost",))
        truth = flight(11, number, wish)
        seeds += [entry.write(truth, seed) for seed in range(1 if number else 5)]
        if format_name == "kml" and not number:
            zipped.append(kml.write_kmz(truth, 1))
    short = [s[:MOST_BYTES] for s in seeds]
    return list(dict.fromkeys([*short, *zipped]))
