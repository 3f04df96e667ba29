"""
Photos as an OGC API: Features Core, each feature a STAC item, so that QGIS and catalogue clients open it.

Source: OGC 17-069r4, "OGC API - Features - Part 1: Core corrigendum", 2022; STAC API 1.0.0.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from groundside.errors import NotFound
from groundside.model.footprint import PlacedPhoto
from groundside.model.kept_photo import PhotoQuery
from groundside.see.exports.photos.stac import VERSION, item_of
from groundside.see.web.answers import Answer
from groundside.see.web.asked import Ask, Asked
from groundside.see.web.ogc_asked import COLLECTION, SEARCH, ItemsAsked, items_asked
from groundside.see.web.ogc_pages import INTERSECTS, PARAMETERS, page_of

router = APIRouter(prefix="/ogc", tags=["ogc"])
GEOJSON, JSON = "application/geo+json", "application/json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.1"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CONFORMS = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/collections",
    "https://api.stacspec.org/v1.0.0/ogcapi-features",
    "https://api.stacspec.org/v1.0.0/item-search",
)
CollectionId = Annotated[str, Path(pattern="^photos$", description="The only collection there is.")]
ItemId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Id of a photo.")]
_TITLE = "Photos of this archive"


class GeoJson(Answer):
    """An answer that is GeoJSON."""

    media_type = GEOJSON


class Definition(Answer):
    """An answer that is an OpenAPI document."""

    media_type = OPENAPI


@router.get("", response_class=Answer)
def landing(request: Request) -> Response:
    """Say what is here: the landing page, which is a STAC catalogue too."""
    base = _base(request)
    return Answer(
        {
            "type": "Catalog",
            "stac_version": VERSION,
            "id": "groundside",
            "title": "Groundside",
            "description": "Photos of drones, placed on the ground.",
            "conformsTo": list(CONFORMS),
            "links": [
                _link("self", base, JSON, "This page"),
                _link("root", base, JSON, "This page"),
                _link("service-desc", f"{base}/api", OPENAPI, "What the API takes"),
                _link("service-doc", f"{base}/doc", "text/html", "The same for people"),
                _link("conformance", f"{base}/conformance", JSON, "What this conforms to"),
                _link("data", f"{base}/collections", JSON, "The collections"),
                _link("child", f"{base}/collections/{COLLECTION}", JSON, _TITLE),
                {**_link("search", f"{base}/search", GEOJSON, "Search all collections"), "method": "GET"},
            ],
        }
    )


@router.get("/api", response_class=Answer)
def definition(request: Request) -> Response:
    """Give the definition of the API as an OpenAPI document."""
    return Definition(request.app.openapi())


@router.get("/doc", response_class=Response)
def doc() -> Response:
    """Say for people what is here."""
    page = (
        "<!doctype html><html lang=en><title>Groundside: photos as OGC API Features</title>"
        "<h1>Photos as OGC API Features</h1><p>One collection, <a href=collections/photos>photos</a>; its"
        " <a href=collections/photos/items>items</a> take limit, offset, bbox and datetime. Every request carries the"
        " token that <code>groundside serve</code> printed, as <code>Authorization: Bearer TOKEN</code>.</p></html>"
    )
    return Response(page, media_type="text/html")


@router.get("/conformance", response_class=Answer)
def conformance() -> Response:
    """Name the classes of requirements that this keeps."""
    return Answer({"conformsTo": list(CONFORMS)})


@router.get("/collections", response_class=Answer)
def collections(ask: Ask, request: Request) -> Response:
    """List the collections: there is one."""
    base = _base(request)
    links = [_link("self", f"{base}/collections", JSON, "The collections"), _link("root", base, JSON, "Start")]
    return Answer({"links": links, "collections": [_collection(ask, base)]})


@router.get("/collections/{collection}", response_class=Answer)
def collection(ask: Ask, request: Request, collection: CollectionId) -> Response:
    """Describe the photos as a whole."""
    return Answer(_collection(ask, _base(request)))


@router.get("/collections/{collection}/items", response_class=Answer, openapi_extra={"parameters": PARAMETERS})
def items(ask: Ask, request: Request, collection: CollectionId) -> Response:
    """Give one page of photos; takes limit, offset, bbox and datetime. Photos of unknown time are left out."""
    base = _base(request)
    here = f"{base}/collections/{COLLECTION}"
    above = _link("collection", here, JSON, _TITLE)
    return _page(ask, request, items_asked(request.query_params), f"{here}/items", above)


@router.get("/search", response_class=Answer, openapi_extra={"parameters": [*PARAMETERS, INTERSECTS]})
def search(ask: Ask, request: Request) -> Response:
    """Search all collections, of which there is one, as STAC API's "Item Search" has it; by GET alone."""
    return _page(ask, request, items_asked(request.query_params, SEARCH), f"{_base(request)}/search", None)


def _page(ask: Asked, request: Request, asked: ItemsAsked, here: str, above: dict[str, str] | None) -> Response:
    base = _base(request)
    placed, total = page_of(ask, asked)
    features = [each for each in (_item(one, base) for one in placed) if each]
    return GeoJson(
        {
            "type": "FeatureCollection",
            "timeStamp": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "numberMatched": total,
            "numberReturned": len(features),
            "links": [*_pages(request, here, asked, total), *([above] if above else [])],
            "features": features,
        }
    )


@router.get("/collections/{collection}/items/{item}", response_class=Answer)
def item(ask: Ask, request: Request, collection: CollectionId, item: ItemId) -> Response:
    """Give one photo as a STAC item."""
    placed = ask.archive.placed_photos(ask.caller, PhotoQuery(only=item))
    found = _item(placed[0], _base(request)) if placed else None
    if found is None:
        what = f"There is no photo {item!r}, or nothing is known of its time."
        raise NotFound(what, try_this="/api/v1/ogc/collections/photos/items")
    return GeoJson(found)


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/") + "/api/v1/ogc"


def _link(rel: str, href: str, kind: str, title: str) -> dict[str, str]:
    return {"rel": rel, "href": href, "type": kind, "title": title}


def _collection(ask: Asked, base: str) -> dict[str, Any]:
    here = f"{base}/collections/{COLLECTION}"
    extent = ask.archive.photo_extent(ask.caller)
    return {
        "type": "Collection",
        "stac_version": VERSION,
        "stac_extensions": [],
        "id": COLLECTION,
        "title": _TITLE,
        "description": "Each photo with the outline of what it shows of the ground.",
        "license": "other",
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {
            "spatial": {"bbox": [list(extent.box) if extent.box else [-180.0, -90.0, 180.0, 90.0]], "crs": CRS84},
            "temporal": {"interval": [[_moment(extent.from_us), _moment(extent.to_us)]]},
        },
        "links": [
            _link("self", here, JSON, _TITLE),
            _link("root", base, JSON, "Start"),
            _link("parent", base, JSON, "Start"),
            _link("items", f"{here}/items", GEOJSON, "The photos"),
        ],
    }


def _moment(utc_us: int | None) -> str | None:
    from groundside.see.exports.photos.geojson import moment

    return moment(utc_us)


def _pages(request: Request, here: str, asked: ItemsAsked, total: int) -> list[dict[str, str]]:
    given = {name: value for name, value in request.query_params.items() if name not in {"limit", "offset"}}

    def page(rel: str, offset: int, title: str) -> dict[str, str]:
        told = urlencode({**given, "limit": asked.limit, "offset": offset})
        return _link(rel, f"{here}?{told}", GEOJSON, title)

    links = [page("self", asked.offset, "This page"), _link("root", _base(request), JSON, "Start")]
    if asked.offset + asked.limit < total:
        links.append(page("next", asked.offset + asked.limit, "Next page"))
    if asked.offset > 0:
        links.append(page("prev", max(0, asked.offset - asked.limit), "Page before"))
    return links


def _item(placed: PlacedPhoto, base: str) -> dict[str, Any] | None:
    made = item_of(placed)
    if made is None:
        return None
    api = base.removesuffix("/ogc")
    here = f"{base}/collections/{COLLECTION}"
    made["links"] = [
        _link("self", f"{here}/items/{placed.id}", GEOJSON, placed.name),
        _link("root", base, JSON, "Start"),
        _link("parent", here, JSON, _TITLE),
        _link("collection", here, JSON, _TITLE),
    ]
    for asset in made["assets"].values():
        asset["href"] = f"{api}/photos/{placed.id}/original"
    small = {"href": f"{api}/photos/{placed.id}/thumbnail", "type": "image/jpeg", "roles": ["thumbnail"]}
    made["assets"]["thumbnail"] = small
    return made
