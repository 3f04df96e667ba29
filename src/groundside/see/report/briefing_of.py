"""The briefing of a plan as it was made and checked, for the shell and the page."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from groundside.errors import BadRequest

if TYPE_CHECKING:
    from groundside.archive.plan_checking import Conditions, Finding
    from groundside.model.mission import Mission


def briefing_of(
    missions: Sequence[Mission], given: Conditions, findings: Sequence[Finding], overrides: Mapping[str, str]
) -> bytes:
    """
    Write the briefing of one or several flights as PDF.

    Raises:
        BadRequest: there is no waypoint.
    """
    from groundside.archive.plan_checking import told
    from groundside.see.report.briefing import BriefingTold, briefing_pdf

    if not missions or not all(each.waypoints for each in missions):
        raise BadRequest("There is no waypoint to be briefed on.", try_this="groundside plan read FILE")
    about = BriefingTold(
        missions=missions, given=given, findings=findings, flights=[told(each, given) for each in missions],
        overrides=overrides, keep_outs=_keep_outs(given),
    )  # fmt: skip
    return briefing_pdf(about, time.time_ns() // 1000)


def _keep_outs(given: Conditions) -> list[list[list[tuple[float, float]]]]:
    """Give the rings of all areas that nothing flies over."""
    from groundside.archive.missions import read_area
    from groundside.see.report.map_picture import places_of

    areas = (read_area(path) for path in given.keep_outs)
    return [[places_of(ring) for ring in rings] for area in areas for rings in area.polygons]
