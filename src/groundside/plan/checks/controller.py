"""What the controller takes: how many waypoints, how far apart."""

from __future__ import annotations

from groundside.plan.checks.check import Check, Finding, Planned, judged, unknown

NAME = "controller"


def run(planned: Planned) -> Finding:
    """Count waypoints and measure the ways between them against limits that the owner, or the file's format, names."""
    limits, count = planned.limits, len(planned.mission.waypoints)
    longest = _longest_m(planned)
    if limits.waypoints is None and limits.segment_m is None:
        told = f"{count:,} waypoints, at most {longest:.0f} m apart"
        return unknown(NAME, f"{told}; name the controller's limits with --most-waypoints and --longest-segment.")
    too_many = limits.waypoints is not None and count > limits.waypoints
    too_long = limits.segment_m is not None and longest > limits.segment_m
    most = "" if limits.waypoints is None else f" of {limits.waypoints:,}"
    reason = f"{count:,}{most} waypoints, at most {longest:.0f} m apart."
    return judged(NAME, planned, ok=not (too_many or too_long), reason=reason)


def _longest_m(planned: Planned) -> float:
    path = planned.path
    between = (path.waypoint[:-1] >= 0) & (path.waypoint[1:] >= 0)
    return float(path.lengths_m[between].max(initial=0.0))


CHECK = Check(NAME, "A controller refuses, or cuts short, what is beyond its limits.", run)
