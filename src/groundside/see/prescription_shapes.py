"""Prescriptions and fields as JSON: zones, what they rest on, what is unsure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from groundside.model.prescription import CropField, Evidence, Prescription, RateZone
from groundside.see.crop_shapes import plain

if TYPE_CHECKING:
    from groundside.archive.crop_fields import FieldRecord
    from groundside.model.agronomy import NotEnough
    from groundside.model.query import Area

Shape = dict[str, Any]
NOT_ENOUGH = "not enough evidence for a rate"


def prescription_shape(made: Prescription) -> Shape:
    """Give everything but the outlines and the cells."""
    shape: Shape = {
        "outcome": "prescription" if made.evidence.enough else f"rates as given; {NOT_ENOUGH}",
        "name": made.name,
        "product": asdict(made.product),
        "unit": made.unit,
        "grid": asdict(made.grid),
        "zones": [_zone(zone, made.unit) for zone in made.zones],
        "evidence": evidence_shape(made.evidence),
        "made": asdict(made.made),
        "bill": asdict(made.bill) if made.bill else None,
        "facts": dict(made.facts),
    }
    return plain(shape)


def _zone(zone: RateZone, unit: str) -> Shape:
    return {
        "code": zone.code, "rate": zone.rate, "unit": unit, "nitrogen_kg_ha": zone.nitrogen_kg_ha, "cells": zone.cells,
        "area_ha": zone.area_ha, "polygons": len(zone.area.polygons), "said": zone.said,
    }  # fmt: skip


def evidence_shape(evidence: Evidence) -> Shape:
    """Give what rates rest on; where that is not enough, what would be."""
    shape = asdict(evidence)
    shape["missing"] = missing_shape(evidence.missing) if evidence.missing else None
    return plain(shape)


def missing_shape(missing: NotEnough) -> Shape:
    """Give the answer that there is not enough evidence."""
    return plain({"outcome": NOT_ENOUGH, **asdict(missing)})


def field_shape(field: CropField) -> Shape:
    """Give one field; its boundary as GeoJSON, longitude first."""
    return {
        "id": field.id,
        "name": field.name,
        "crop": field.crop or None,
        "cultivar": field.cultivar or None,
        "begun": field.begun.isoformat() if field.begun else None,
        "began_with": field.began_with or None,
        "area_ha": round(field.area_ha, 4),
        "boundary": area_shape(field.area),
    }


def record_shape(record: FieldRecord) -> Shape:
    """Give a field with what was stated of it before."""
    before = [
        {"stated_us": one.at_us, "ended_us": one.ended_us, "who": one.who, **field_shape(one.field)}
        for one in record.history
    ]
    return {**field_shape(record.field), "history": before}


def area_shape(area: Area) -> Shape:
    """Give an area as a GeoJSON MultiPolygon."""
    return {"type": "MultiPolygon", "coordinates": [_rings(rings) for rings in area.polygons]}


def _rings(rings: Sequence[Sequence[Any]]) -> list[list[list[float]]]:
    return [[[at.lon, at.lat] for at in ring] for ring in rings]
