"""Prescriptions as GeoJSON (RFC 7946): one feature for each zone; what they rest on stands beside."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

from groundside.model.prescription import Prescription, RateZone
from groundside.model.query import Ring
from groundside.see.prescription_shapes import prescription_shape


def geojson_files(made: Prescription) -> dict[str, bytes]:
    """Write a prescription as one GeoJSON file."""
    shape = {
        "type": "FeatureCollection",
        "features": [_feature(made, zone) for zone in made.zones],
        "groundside": prescription_shape(made),
    }
    return {"prescription.geojson": (json.dumps(shape, ensure_ascii=False, allow_nan=False) + "\n").encode()}


def _feature(made: Prescription, zone: RateZone) -> dict[str, Any]:
    properties = {
        "zone": zone.code, "rate": zone.rate, "unit": made.unit, "product": made.product.name,
        "nitrogen_kg_ha": round(zone.nitrogen_kg_ha, 3), "area_ha": round(zone.area_ha, 4), "said": zone.said,
    }  # fmt: skip
    shape = {"type": "MultiPolygon", "coordinates": [_rings(rings) for rings in zone.area.polygons]}
    return {"type": "Feature", "id": zone.code, "geometry": shape, "properties": properties}


def _rings(rings: tuple[Ring, ...]) -> list[list[list[float]]]:
    """Outer rings against the clock, holes with it."""
    return [_turned(ring, anticlockwise=number == 0) for number, ring in enumerate(rings)]


def _turned(ring: Ring, *, anticlockwise: bool) -> list[list[float]]:
    twice = sum(a.lon * b.lat - b.lon * a.lat for a, b in pairwise(ring))
    places = [[at.lon, at.lat] for at in ring]
    return places if (twice > 0) == anticlockwise else places[::-1]
