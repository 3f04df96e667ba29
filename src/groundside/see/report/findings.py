"""The report of an inspection: findings on a map and in a list, each with its place, error and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from groundside.model.finding import Asset, Finding, Severity, Status
from groundside.see.report.compile import pdf
from groundside.see.report.drawing import BAD, GOOD, QUIET, WARM
from groundside.see.report.map_picture import Dot, map_svg
from groundside.see.report.words import UNKNOWN, moment, plural
from groundside.see.text import shown_name

COLOURS = {Severity.CRITICAL: BAD, Severity.MAJOR: WARM, Severity.MINOR: "#2f6db3", Severity.NOTE: QUIET}
MOST_NUMBERS = 150
"""On a map with more findings than this, numbers would cover each other."""
Shape = dict[str, Any]


def findings_pdf(found: Sequence[Finding], assets: Sequence[Asset], made_us: int, title: str = "Inspection") -> bytes:
    """
    Write the report of an inspection.

    Args:
        found: what is reported; dismissed findings too, where they are among them.
        assets: all that are known, for the names of those with findings.
        made_us: when it is printed, UTC microseconds.
        title: of the report.
    """
    return pdf("findings", findings_told(found, assets, made_us, title), made_us)


def findings_told(found: Sequence[Finding], assets: Sequence[Asset], made_us: int, title: str = "Inspection") -> Shape:
    """Give what the template of the report shows; see `findings_pdf`."""
    order = [*reversed(Severity)]
    ranked = sorted(found, key=lambda each: (order.index(each.severity), each.asset, each.id))
    numbered = list(enumerate(ranked, start=1))
    known = {each.id: each for each in assets}
    placed = sum(each.ground is not None for each in found)
    return {
        "title": title,
        "foot": f"{title}. Printed {moment(made_us)}.",
        "count": f"{plural(len(found), 'finding')}, {placed} of them with a place on the ground",
        "map": map_svg(dots=[_dot(n, each, len(found)) for n, each in numbered if each.ground is not None]),
        "heads": ["", *(status.value for status in Status), "all"],
        "counts": _counts(found),
        "colours": {severity.value: COLOURS[severity] for severity in Severity},
        "findings": [_finding(n, each, known) for n, each in numbered],
    }


def _dot(number: int, each: Finding, count: int) -> Dot:
    assert each.ground is not None
    place = each.ground.place
    colour = GOOD if each.status is Status.CLOSED else COLOURS[each.severity]
    return Dot((place.lon, place.lat), str(number) if count <= MOST_NUMBERS else "", colour, 3.5)


def _counts(found: Sequence[Finding]) -> list[list[str]]:
    counted = Counter((each.severity, each.status) for each in found)
    rows: list[list[str]] = []
    for severity in reversed(Severity):
        each = [counted[severity, status] for status in Status]
        rows.append([severity.value, *map(str, each), str(sum(each))])
    return rows


def _finding(number: int, each: Finding, assets: Mapping[str, Asset]) -> Shape:
    pin = each.pin
    marked = f", {pin.width_px:g} x {pin.height_px:g} px" if pin.width_px or pin.height_px else ""
    return {
        "number": str(number), "id": each.id, "type": each.type, "severity": each.severity.value,
        "status": each.status.value, "note": each.note,
        "facts": [
            ["Photo", f"{shown_name(each.file)} at {pin.x_px:g}, {pin.y_px:g}{marked}"],
            ["Asset", _asset(each.asset, assets)],
            ["Assigned", each.assigned or UNKNOWN],
            ["Lon, lat", _place(each)],
        ],
        "why": " ".join(each.why),
    }  # fmt: skip


def _asset(of: str, assets: Mapping[str, Asset]) -> str:
    """Name an asset with what it is a part of."""
    names: list[str] = []
    seen: set[str] = set()
    while of in assets and of not in seen:
        seen.add(of)
        names.append(assets[of].name)
        of = assets[of].part_of
    return " of ".join(names) or UNKNOWN


def _place(each: Finding) -> str:
    if each.ground is None:
        return UNKNOWN
    at, error = each.ground.place, each.ground.error
    within = "" if error is None else f", within {error.major_m:.1f} m (95 %)"
    over = f", on {each.over.what}" if each.over is not None else ""
    return f"{at.lon:.6f}, {at.lat:.6f}{within}{over}"
