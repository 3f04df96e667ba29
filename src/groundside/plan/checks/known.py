"""All checks, in the order in which they are told."""

from __future__ import annotations

from groundside.plan.checks import (
    battery,
    clearance,
    controller,
    distance,
    height,
    keep_out,
    layers,
    line_of_sight,
    no_return,
    sun,
)
from groundside.plan.checks.check import Check, Finding, Outcome, Planned

CHECKS: tuple[Check, ...] = tuple(
    module.CHECK
    for module in (height, clearance, distance, line_of_sight, keep_out, layers, battery, no_return, sun, controller)
)


def checked(planned: Planned) -> tuple[Finding, ...]:
    """Run every check."""
    return tuple(each.run(planned) for each in CHECKS)


def failed(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Give those that block."""
    return tuple(each for each in findings if each.outcome is Outcome.FAILED)
