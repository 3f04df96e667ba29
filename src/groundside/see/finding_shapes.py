"""Findings as JSON and as GeoJSON (RFC 7946)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, BinaryIO

from groundside.model.finding import Asset, Finding, FindingVersion
from groundside.model.footprint import ErrorEllipse
from groundside.see.text import iso, shown_text

_DIGITS = 8
"""Of degrees: a millimetre."""


def finding_shape(of: Finding, assets: Sequence[Asset] = ()) -> dict[str, Any]:
    """
    One finding as JSON: where it is in the photo and on the ground, and what is said of it.

    Args:
        of: the finding.
        assets: to name the asset by; one that is not among them is given by its id.
    """
    names = {each.id: each.name for each in assets}
    return {
        "id": of.id,
        "photo": of.photo,
        "file": shown_text(of.file),
        "type": of.type,
        "severity": str(of.severity),
        "status": str(of.status),
        "note": of.note or None,
        "assigned": of.assigned or None,
        "asset": names.get(of.asset, of.asset) or None,
        "pixel": {"x": of.pin.x_px, "y": of.pin.y_px, "width": of.pin.width_px, "height": of.pin.height_px},
        "ground": _ground(of),
        "notes": list(of.why),
    }


def _ground(of: Finding) -> dict[str, Any] | None:
    point = of.ground
    if point is None:
        return None
    error = point.error
    return {
        "lon_lat": [round(point.place.lon, _DIGITS), round(point.place.lat, _DIGITS)],
        "height_m": round(point.height_m, 3) + 0.0,
        "height_above": of.over.above if of.over else None,
        "ground": of.over.what if of.over else None,
        "range_m": round(point.range_m, 3),
        "meets_deg": round(point.meets_deg, 2),
        "error_95": None if error is None else _ellipse(error),
    }


def _ellipse(error: ErrorEllipse) -> dict[str, float]:
    return {
        "major_m": round(error.major_m, 3),
        "minor_m": round(error.minor_m, 3),
        "azimuth_deg": round(error.azimuth_deg, 1),
    }


def version_shape(of: FindingVersion, assets: Sequence[Asset] = ()) -> dict[str, Any]:
    """One state of a finding, since when, and who said so; assets to name its by."""
    return {"at": iso(of.at_us), "who": of.who, **finding_shape(of.finding, assets)}


def asset_shape(of: Asset, assets: Sequence[Asset], findings: Sequence[Finding]) -> dict[str, Any]:
    """One asset with the photos that show it: those linked to it, and those with a finding on it."""
    names = {each.id: each.name for each in assets}
    mine = [each for each in findings if each.asset == of.id]
    return {
        "id": of.id,
        "name": of.name,
        "type": of.type or None,
        "part_of": names.get(of.part_of),
        "photos": list(dict.fromkeys((*of.photos, *(each.photo for each in mine)))),
        "findings": [each.id for each in mine],
    }


def write_findings(findings: Sequence[Finding], assets: Sequence[Asset], out: BinaryIO) -> int:
    """
    Write findings as one collection; the geometry of one that has no place is null, and its notes say why.

    Args:
        findings: to be written.
        assets: to name theirs by.
        out: open for writing, left open.

    Returns:
        How many of them have a place.
    """
    features = [_feature(each, assets) for each in findings]
    collection = {"type": "FeatureCollection", "features": features}
    out.write(json.dumps(collection, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n")
    return sum(1 for each in features if each["geometry"])


def _feature(of: Finding, assets: Sequence[Asset]) -> dict[str, Any]:
    said = finding_shape(of, assets)
    ground: dict[str, Any] = said.pop("ground") or {}
    position, pixel, error = ground.pop("lon_lat", None), said.pop("pixel"), ground.pop("error_95", None) or {}
    flat = {**said, **{f"pixel_{name}": value for name, value in pixel.items()}, **ground}
    flat |= {f"error_95_{name}": error.get(name) for name in ("major_m", "minor_m", "azimuth_deg")}
    flat["notes"] = " ".join(flat["notes"]) or None
    geometry = None if position is None else {"type": "Point", "coordinates": position}
    return {"type": "Feature", "id": flat.pop("id"), "geometry": geometry, "properties": flat}
