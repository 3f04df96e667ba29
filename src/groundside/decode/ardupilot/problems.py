"""Problems of a log, in order and not without end."""

from __future__ import annotations

from collections.abc import Iterable

from groundside.model.decoded import Problem

MAX_PROBLEMS = 200


def capped(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Put problems in order of offset, and sum up those past the first `MAX_PROBLEMS`."""
    ordered = sorted(problems, key=lambda problem: (problem.offset is None, problem.offset or 0))
    rest = ordered[MAX_PROBLEMS:]
    if not rest:
        return tuple(ordered)
    lost = sum(problem.length for problem in rest)
    more = Problem(rest[0].offset, lost, f"{len(rest)} more problems from here on; {lost} bytes lost to them in all.")
    return (*ordered[:MAX_PROBLEMS], more)
