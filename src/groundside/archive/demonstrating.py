"""The verb that fills an archive with simulated flights, their photos, and people who might have flown them."""

from __future__ import annotations

from datetime import date
from itertools import chain, islice

from groundside.archive.assigning import Which, assign
from groundside.archive.ingesting import Tell, quiet, receive
from groundside.archive.people import PersonChange, add_person, people
from groundside.archive.photo_joining import join_photos
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.model.assignment import Field
from groundside.model.caller import Caller
from groundside.model.pilot import Qualification
from groundside.model.progress import Step
from groundside.model.query import FlightQuery
from groundside.model.results import Received

SEED = 2026
_CREW = (
    ("SIMULATED Pilot One", "America/Denver", date(2025, 4, 1), "DJIFlightRecord", "inspection"),
    ("SIMULATED Pilot Two", "Africa/Windhoek", date(2024, 11, 20), ".BIN", "survey"),
)
"""Name, time zone, day of the certificate, part of the names of the files of their flights, and what for."""


@verb(Effect.CHANGES)
def simulate(
    store: Store, caller: Caller, *, seed: int = SEED, most: int | None = None, progress: Tell = quiet
) -> tuple[Received, ...]:
    """
    Take in files that the simulator writes, in real formats and labelled simulated; name who might have flown them.

    Args:
        seed: the same seed gives the same files.
        most: only so many files, and no people; None for all.
    """
    from groundside.simulate.fleet import demo_files, demo_photos  # late: no other verb needs the simulator

    results: list[Received] = []
    done = 0
    for name, data, _ in islice(chain(demo_files(seed), demo_photos(seed)), most):
        results.append(receive(store, caller, name, [data]))
        done += len(data)
        progress(Step(len(results), len(results), done, done, name))
    join_photos(store, caller)
    if most is None:
        _name_crew(store, caller)
    return tuple(results)


def _name_crew(store: Store, caller: Caller) -> None:
    """Enter the crew and assign them their flights, where that was not done by an earlier run."""
    known = {each.person.name for each in people(store, caller)}
    for name, zone, obtained, files, purpose in _CREW:
        if name not in known:
            held = Qualification(id="", pilot="", kind="part-107-initial-test", obtained=obtained)
            add_person(store, caller, name, PersonChange(zone=zone, add=(held,)))
            which = Which(query=FlightQuery(text=files))
            assign(store, caller, which, {Field.PIC: name, Field.PURPOSE: purpose})
