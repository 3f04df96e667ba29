"""Small simulated files for tests: the plan of the demonstration, flown in miniature."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from groundside.simulate.fleet import PLAN, DemoFile, demo_files

SMALL = 0.12


@cache
def files_of(numbers: tuple[int, ...], seed: int = 7, size: float = SMALL) -> tuple[DemoFile, ...]:
    """Fly some of the plan's flights (numbered from 0) over a small area and give their files."""
    plan = tuple(replace(PLAN[n], size=PLAN[n].size * size) for n in numbers)
    return tuple(demo_files(seed, plan))


def craft_files(numbers: Iterable[int] = (0, 2, 6, 17)) -> list[tuple[str, bytes]]:
    """
    Give name and bytes of a few files.

    One flight told by three files, a locked record with its keys, an autopilot's log, a subtitle without UTC, a readme.
    """
    return [(f.name, f.content) for f in files_of(tuple(numbers))]
