"""Check a plan before it leaves, split it by what batteries give, and note who overrode what."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from groundside.archive.plan_asked import drawn_in, endurance_of
from groundside.archive.plan_ground import ground_of
from groundside.archive.reading import read
from groundside.archive.store import Store
from groundside.archive.verb import Effect, verb
from groundside.errors import BadRequest, Refused
from groundside.model.caller import Caller
from groundside.model.mission import Kept, Mission
from groundside.model.place import LonLat
from groundside.model.surface import Surface
from groundside.plan.checks.check import Check, Finding, Limits, NamedArea, Outcome, Planned
from groundside.plan.checks.known import CHECKS, checked
from groundside.plan.endurance import FlownSamples, Wind, fitted, ground_share
from groundside.plan.sorties import Battery, Sortie, resumed, split
from groundside.reference.aircraft_library import RESERVE

LONGEST_REASON = 1000
ABOVE_GROUND_M = 2.0
"""From this height on an aircraft is taken to fly, where its log does not say."""
SAME_PLACE_M = 0.1
"""So far into a hole a way along its edge may seem to lead, for who plans and who checks project differently."""
LARGEST_NUMBER = 65_535
"""Waypoints that WPML and MAVLink can number; DJI's SDK refuses more (Mobile-SDK-Android-V5, issue 435)."""
LITCHI_WAYPOINTS = 10_000
"""As Litchi's forum announced in 2022; told in pdfinn/flightplan2litchimission, issue 2."""
DJI_SEGMENT_M = 2000.0
"""Longest way between waypoints that DJI's Mobile SDK flies (Mobile-SDK-Android, issue 93), which Litchi uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """
    Under what a plan is checked.

    Args:
        aircraft: of the library; empty where none is named.
        own_logs: the owner's logs of it, from which its battery is learnt instead.
        wind_m_s, wind_from_deg: of the day.
        reserve: share of the battery left after landing.
        terrain: an elevation model.
        keep_outs, buffer_m: files with areas that nothing flies over, and what is kept free around them.
        surveyed: the file with the area of a survey, whose holes nothing flies over either.
        layers: files with airspace and sensitive sites; None where none is named.
        start_us: take-off, UTC.
        limits: what the owner holds to.
        quick: look at fewer places, as while somebody drags a corner.
    """

    aircraft: str = ""
    own_logs: tuple[Path, ...] = ()
    wind_m_s: float = 0.0
    wind_from_deg: float = 0.0
    reserve: float = RESERVE
    terrain: Path | None = None
    keep_outs: tuple[Path, ...] = ()
    buffer_m: float = 0.0
    surveyed: Path | None = None
    layers: tuple[Path, ...] | None = None
    start_us: int | None = None
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    quick: bool = False


def limits_for(out_name: str, limits: Limits) -> Limits:
    """Add what the controller of a file of this name takes, where the owner says nothing else."""
    suffix = Path(out_name).suffix.lower()
    most = {".csv": LITCHI_WAYPOINTS, ".kmz": LARGEST_NUMBER, ".plan": LARGEST_NUMBER, ".waypoints": LARGEST_NUMBER}
    longest = {".csv": DJI_SEGMENT_M}
    return replace(
        limits, waypoints=limits.waypoints or most.get(suffix), segment_m=limits.segment_m or longest.get(suffix)
    )


def known_checks() -> tuple[Check, ...]:
    """Give every check, with why it is done."""
    return CHECKS


def check(mission: Mission, given: Conditions) -> tuple[Finding, ...]:
    """
    Run every check on a plan.

    Raises:
        BadRequest, NotFound, Unreadable: a file or a name that was given makes no sense; the plan has no waypoints.
    """
    return check_parts((mission,), given)


def check_parts(missions: Iterable[Mission], given: Conditions) -> tuple[Finding, ...]:
    """Run every check on each flight of a plan, and tell the worst of each."""
    with ground_of(given.terrain) as surface:
        each = [checked(planned(mission, given, surface)) for mission in missions]
    return tuple(min(found, key=_badness) for found in zip(*each, strict=True))


def planned(mission: Mission, given: Conditions, surface: Surface | None) -> Planned:
    """
    Put a plan together with what is known about where and how it is flown.

    Raises:
        BadRequest, NotFound, Unreadable: as `check`.
    """
    return Planned(
        mission=mission, battery=battery_of(given), limits=given.limits, surface=surface,
        keep_outs=(*_named(given.keep_outs, given.buffer_m), *_holes(given.surveyed)),
        layers=None if given.layers is None else tuple(_named(given.layers, 0.0)),
        start_us=given.start_us, quick=given.quick,
    )  # fmt: skip


def _badness(finding: Finding) -> int:
    return (Outcome.FAILED, Outcome.NOT_CHECKED, Outcome.PASSED).index(finding.outcome)


def _named(paths: Iterable[Path], buffer_m: float) -> Iterable[NamedArea]:
    for path in paths:
        parts = drawn_in(path).parts
        for i, shape in enumerate(parts, start=1):
            yield NamedArea(path.stem if len(parts) == 1 else f"{path.stem} {i}", shape, buffer_m)


def _holes(path: Path | None) -> Iterable[NamedArea]:
    if path is None:
        return
    areas = shapely.get_parts(drawn_in(path).areas)
    for i, ring in enumerate((ring for area in areas for ring in area.interiors), start=1):
        yield NamedArea(f"hole {i} of the area", shapely.Polygon(ring), -SAME_PLACE_M)


def battery_of(given: Conditions) -> Battery:
    """Say what a flight may take: learnt from own logs, else from the maker's figures."""
    endurance = endurance_of(given.aircraft)
    if given.own_logs:
        endurance = fitted([samples for path in given.own_logs for samples in _samples(path)], endurance)
    return Battery(endurance=endurance, wind=Wind(given.wind_m_s, given.wind_from_deg), reserve=given.reserve)


def _samples(path: Path) -> Iterable[FlownSamples]:
    track = read(path).track()
    if track is None or "battery_percent" not in track.schema.names:
        what = f"{path.name} holds no track with a battery."
        raise BadRequest(what, try_this="name another log with --own-log")
    air, percent = _column(track, "in_air"), _column(track, "battery_percent")
    flying = air > 0.0 if (air > 0.0).any() else _column(track, "height_m") > ABOVE_GROUND_M
    rows = np.flatnonzero(flying & np.isfinite(percent))
    time_s = _column(track, "time_us") / 1e6
    speed = np.hypot(_column(track, "vn_mps"), _column(track, "ve_mps"))
    for part in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1):
        if len(part) > 1:
            yield FlownSamples(time_s[part], percent[part] / 100.0, speed[part], -_column(track, "vd_mps")[part])


def _column(track: pa.Table, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return track.column(name).to_numpy(zero_copy_only=False).astype(np.float64)


def sorties_of(mission: Mission, given: Conditions, overlap_m: float = 0.0) -> tuple[Sortie, ...]:
    """
    Cut a plan into flights that batteries allow.

    Raises:
        BadRequest: no aircraft is named.
        Refused: a part cannot be flown with the reserve kept.
    """
    battery = battery_of(given)
    if not battery.endurance.told_by:
        raise BadRequest("What a battery gives is not known.", try_this="add --aircraft NAME, or --own-log LOG")
    return split(mission, battery, overlap_m)


def rest_of(mission: Mission, last_photo: LonLat, overlap_m: float = 0.0) -> Mission:
    """
    Give what is left of a plan after its last good photo.

    Raises:
        BadRequest: nothing is.
    """
    return resumed(mission, last_photo, overlap_m)


def overridden(findings: Iterable[Finding], overrides: Mapping[str, str]) -> tuple[Finding, ...]:
    """
    Give the failed checks that were overridden.

    Args:
        findings: of a plan.
        overrides: name of a check to the reason.

    Raises:
        Refused: a failed check was not overridden.
        BadRequest: there is no check of that name, or no reason.
    """
    known = {each.name for each in CHECKS}
    for name, reason in overrides.items():
        if name not in known:
            what = f"There is no check {name[:40]!r}."
            raise BadRequest(what, try_this="one of: " + ", ".join(sorted(known)))
        if not reason.strip() or len(reason) > LONGEST_REASON:
            what = f"The check {name} is overridden with a reason of 1 to {LONGEST_REASON:,} characters."
            raise BadRequest(what, try_this=f"--override {name} --reason TEXT")
    failures = [each for each in findings if each.outcome is Outcome.FAILED]
    blocking = [each for each in failures if each.check not in overrides]
    if blocking:
        what = "The plan is not written: " + " ".join(f"{each.check}: {each.reason}" for each in blocking)
        raise Refused(what, try_this=f"change the plan, or --override {blocking[0].check} --reason TEXT")
    return tuple(failures)


def with_notes(mission: Mission, findings: Iterable[Finding], overrides: Mapping[str, str]) -> Mission:
    """Write into a mission which checks were overridden, and why; formats that hold no notes leave it out."""
    notes = tuple(
        Kept(f"override of {each.check}", f"{each.reason} Overridden: {overrides[each.check]}") for each in findings
    )
    return replace(mission, not_understood=(*mission.not_understood, *notes)) if notes else mission


@verb(Effect.CHANGES)
def note_override(store: Store, caller: Caller, check_name: str, reason: str, found: str, plan: str) -> None:
    """
    Leave in the ledger that a failed check was overridden.

    Args:
        check_name: which.
        reason: why, in the words of who did it.
        found: what the check had found.
        plan: name of the file that was written.

    Raises:
        BadRequest: there is no such check, or no reason.
    """
    fault = Finding(check_name, Outcome.FAILED, found)
    overridden([fault], {check_name: reason})
    details = json.dumps({"check": check_name, "reason": reason, "found": found[:LONGEST_REASON], "plan": plan[:200]})
    with store.catalogue.commit(caller) as writer:
        writer.event("plan.override", about=check_name, details=details, at_us=store.now_us())


def told(mission: Mission, given: Conditions) -> dict[str, Any]:
    """Tell how long a flight is, what of a battery it leaves (None where nothing is known), and who says so."""
    with ground_of(given.terrain) as surface:
        return told_of(planned(mission, replace(given, keep_outs=(), surveyed=None, layers=None), surface))


def told_of(plan: Planned) -> dict[str, Any]:
    """Tell the same of a plan that was put together already."""
    endurance, taken = plan.battery.endurance, plan.taken
    seconds, share = float(taken.seconds.sum()), float(taken.share.sum()) + ground_share(endurance)
    known = bool(endurance.told_by) and isfinite(share)
    return {
        "waypoints": len(plan.mission.waypoints),
        "length_m": round(float(plan.path.lengths_m.sum()), 1),
        "seconds": round(seconds, 1) if isfinite(seconds) else None,
        "battery_left": round(plan.battery.full - share, 4) if known else None,
        "battery_told_by": endurance.told_by or None,
    }
