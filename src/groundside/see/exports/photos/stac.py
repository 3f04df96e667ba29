"""Footprints as a static STAC 1.1 catalogue: files that any web server, or none, can serve."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from groundside.model.footprint import Footprint, PlacedPhoto
from groundside.see.exports.photos.geojson import moment
from groundside.see.exports.photos.shapes import bounds, bounds_of_all, geometry, told
from groundside.see.files import written_whole

VERSION = "1.1.0"
VIEW = "https://stac-extensions.github.io/view/v1.0.0/schema.json"
PROJECTION = "https://stac-extensions.github.io/projection/v2.0.0/schema.json"
_EAST_H, _WEST_H = 14, 12
"""Time zones reach from 14 hours before UTC to 12 behind it."""
_MEDIA = {
    "jpeg": "image/jpeg",
    "r-jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "dng": "image/x-adobe-dng",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
}
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST = 120
_BESIDE = ("complete", "area_m2", "error_95_m", "ground", "ground_error_m", "lens", "notes", "why_no_footprint")


@dataclass(slots=True)
class _Summed:
    """What the collection says of all its items."""

    prints: list[Footprint] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    gsd: list[float] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)
    untimed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Written:
    """
    What became of photos on their way into a catalogue.

    Args:
        items: how many are in it.
        untimed: names of those that are not, for their time is wholly unknown and STAC demands one.
    """

    items: int
    untimed: tuple[str, ...]


def write_stac(photos: Iterable[PlacedPhoto], folder: Path, title: str) -> Written:
    """
    Write a catalogue into a folder: `catalog.json`, `photos/collection.json`, `photos/items/ID.json`.

    Every link is relative, so the folder may be moved or served. Serials and names of people are not in it.

    Args:
        photos: gone through once. Their `href` is relative to the folder, or absolute.
        folder: made where it is not there; files of the same names are replaced, each whole.
        title: of the catalogue, for people.

    Raises:
        NoSpace: the folder cannot be written.

    Source: STAC specification 1.1.0 (Item, Collection, Catalog); extensions View Geometry 1.0.0 and Projection 2.0.0.
    """
    items = folder / "photos" / "items"
    items.mkdir(parents=True, exist_ok=True)
    summed = _Summed()
    for placed in photos:
        if (item := item_of(placed, up="../../")) is None:
            summed.untimed.append(placed.name)
            continue
        name = _file_name(placed.id)
        _write(items / name, item)
        _count(summed, placed, item, f"./items/{name}")
    _write(folder / "photos" / "collection.json", _collection(summed, title))
    _write(folder / "catalog.json", _catalog(title))
    return Written(len(summed.links), tuple(summed.untimed))


def _file_name(id_: str) -> str:
    """Name an item's file so that it needs no escaping in a link: what would is left out, and a digest is added."""
    plain = _UNSAFE.sub("_", id_).strip(".")[:_LONGEST]
    if plain == id_:
        return f"{plain}.json"
    return f"{plain}-{sha256(id_.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}.json"


def _write(path: Path, document: dict[str, Any]) -> None:
    with written_whole(path) as stream:
        stream.write(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1).encode())


def _count(summed: _Summed, placed: PlacedPhoto, item: dict[str, Any], href: str) -> None:
    properties = item["properties"]
    if isinstance(placed.footprint, Footprint):
        summed.prints.append(placed.footprint)
    summed.times += [
        properties[name] for name in ("datetime", "start_datetime", "end_datetime") if properties.get(name)
    ]
    summed.gsd += [properties["gsd"]] if "gsd" in properties else []
    summed.links.append({"rel": "item", "href": href, "type": "application/geo+json", "title": placed.name})


def item_of(placed: PlacedPhoto, *, up: str = "") -> dict[str, Any] | None:
    """
    Give one photo as a STAC item; None where nothing is known of its time, without which there is no item.

    Where only the camera's clock is known and not its zone, the item says between which times it must have been.

    Args:
        placed: the photo.
        up: what leads from the item's file to where `href` is relative to.
    """
    times = _times(placed)
    if times is None:
        return None
    footprint = placed.footprint
    item: dict[str, Any] = {
        "type": "Feature",
        "stac_version": VERSION,
        "stac_extensions": [PROJECTION],
        "id": placed.id,
        "geometry": geometry(footprint),
        "properties": {**times, **_properties(placed)},
        "links": [
            {"rel": "root", "href": f"{up}catalog.json", "type": "application/json"},
            {"rel": "parent", "href": "../collection.json", "type": "application/json"},
            {"rel": "collection", "href": "../collection.json", "type": "application/json"},
        ],
        "assets": _assets(placed, up),
        "collection": "photos",
    }
    if isinstance(footprint, Footprint):
        item["bbox"] = list(bounds(footprint))
        item["stac_extensions"].append(VIEW)
        item["properties"] |= _view(footprint)
    return item


def _times(placed: PlacedPhoto) -> dict[str, Any] | None:
    time = placed.photo.time
    if time.utc_us is not None:
        return {"datetime": moment(time.utc_us)}
    try:
        local = datetime.fromisoformat(time.local)
    except ValueError:
        return None
    if local.tzinfo is not None:
        return None
    first, last = local - timedelta(hours=_EAST_H), local + timedelta(hours=_WEST_H)
    return {
        "datetime": None,
        "start_datetime": f"{first.isoformat(timespec='seconds')}Z",
        "end_datetime": f"{last.isoformat(timespec='seconds')}Z",
    }


def _properties(placed: PlacedPhoto) -> dict[str, Any]:
    row = told(placed)
    named: dict[str, Any] = {"title": placed.name, "proj:code": None}
    if row["width_px"] and row["height_px"]:
        named["proj:shape"] = [row["height_px"], row["width_px"]]
    if row["model"]:
        named["instruments"] = [row["model"]]
    if row.get("gsd_m"):
        named["gsd"] = round(row["gsd_m"], 5)
    if row["camera_lon"] is not None:
        named["groundside:camera"] = [row["camera_lon"], row["camera_lat"]]
    return named | {f"groundside:{name}": row[name] for name in _BESIDE if row.get(name) is not None}


def _view(footprint: Footprint) -> dict[str, float]:
    flat = {} if footprint.off_nadir_deg > 90.0 else {"view:off_nadir": round(footprint.off_nadir_deg, 3)}
    return {**flat, "view:azimuth": round(footprint.azimuth_deg, 3) % 360.0}


def _assets(placed: PlacedPhoto, up: str) -> dict[str, Any]:
    if not placed.href:
        return {}
    href = placed.href if "://" in placed.href or placed.href.startswith("/") else up + placed.href
    kind = _MEDIA.get(placed.photo.format)
    asset: dict[str, Any] = {"href": href, "title": placed.name, "roles": ["data"]}
    return {"image": {**asset, "type": kind} if kind else asset}


def _collection(summed: _Summed, title: str) -> dict[str, Any]:
    box = bounds_of_all(summed.prints) or [-180.0, -90.0, 180.0, 90.0]
    span = [min(summed.times), max(summed.times)] if summed.times else [None, None]
    ranged = {"minimum": min(summed.gsd), "maximum": max(summed.gsd)} if summed.gsd else None
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": "photos",
        "title": title,
        "description": "Photos and what each shows of the ground.",
        "license": "other",
        "extent": {"spatial": {"bbox": [box]}, "temporal": {"interval": [span]}},
        **({"summaries": {"gsd": ranged}} if ranged and math.isfinite(ranged["maximum"]) else {}),
        "links": [
            {"rel": "root", "href": "../catalog.json", "type": "application/json"},
            {"rel": "parent", "href": "../catalog.json", "type": "application/json"},
            *summed.links,
        ],
    }


def _catalog(title: str) -> dict[str, Any]:
    return {
        "type": "Catalog",
        "stac_version": VERSION,
        "id": "groundside",
        "title": title,
        "description": "Photos placed on the ground by Groundside.",
        "links": [
            {"rel": "root", "href": "./catalog.json", "type": "application/json"},
            {"rel": "child", "href": "./photos/collection.json", "type": "application/json", "title": title},
        ],
    }
