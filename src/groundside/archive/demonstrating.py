"""The verb that fills an archive with simulated flights."""

from __future__ import annotations

from itertools import islice

from groundside.archive.ingesting import Tell, quiet, receive
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.model.caller import Caller
from groundside.model.progress import Step
from groundside.model.results import Received
from groundside.simulate.fleet import demo_files

SEED = 2026


@verb(Effect.CHANGES)
def simulate(
    store: Store, caller: Caller, *, seed: int = SEED, most: int | None = None, progress: Tell = quiet
) -> tuple[Received, ...]:
    """
    Take in files that the simulator writes, in real formats and labelled simulated.

    Args:
        seed: the same seed gives the same files.
        most: only so many files; None for all.
    """
    results: list[Received] = []
    done = 0
    for name, data, _ in islice(demo_files(seed), most):
        results.append(receive(store, caller, name, [data]))
        done += len(data)
        progress(Step(len(results), len(results), done, done, name))
    return tuple(results)
