"""Findings and assets: what was found in photos, where that is, what became of it, and the report."""

from __future__ import annotations

import io
import time
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from groundside.errors import BadRequest
from groundside.model.finding import Asset, FindingChange, FindingQuery, Pin, Severity, Status
from groundside.see import inspection_schema
from groundside.see.finding_shapes import asset_shape, finding_shape, version_shape, write_findings
from groundside.see.web.answers import Answer
from groundside.see.web.asked import MOST_TEXT, Ask, Asked

router = APIRouter(tags=["findings"])
LONGEST = 1000
HIGHEST_M = 9000.0
LOWEST_M = -500.0
MOST_PX = 1e6
FindingId = Annotated[str, Path(pattern="^[0-9a-f]{8}$", description="Id of a finding: 8 of 0-9, a-f.")]
Id = Annotated[str, Field(pattern="^[0-9a-f]{32}$")]
Pixel = Annotated[float, Field(ge=0, le=MOST_PX, allow_inf_nan=False)]
Text = Annotated[str, Field(max_length=LONGEST)]


class FindingsAsked(BaseModel):
    """Which findings; a name that is not here is refused."""

    model_config = ConfigDict(extra="forbid")

    photo: str = Field("", pattern="^([0-9a-f]{32})?$", description="In this photo.")
    asset: str = Field("", max_length=MOST_TEXT, description="On this asset, by its name or id.")
    type: str = Field("", max_length=LONGEST, description="Of exactly this type.")
    status: Status | None = None
    severity: Severity | None = None
    box: str = Field("", max_length=120, description="West,south,east,north: those whose place is in it.")

    def query(self) -> FindingQuery:
        """
        Put the question in the archive's words.

        Raises:
            BadRequest: a box that is none.
        """
        return FindingQuery(
            photo=self.photo,
            asset=self.asset,
            type=self.type,
            status=self.status,
            severity=self.severity,
            box=box_of(self.box),
        )


class SaidOfFinding(BaseModel):
    """What to say of a finding; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    type: Text | None = None
    severity: Severity | None = None
    status: Status | None = None
    note: Text | None = None
    assigned: Text | None = None
    asset: Annotated[str, Field(max_length=MOST_TEXT)] | None = None

    def change(self) -> FindingChange:
        """Put it in the archive's words."""
        return FindingChange(
            type=self.type,
            severity=self.severity,
            status=self.status,
            note=self.note,
            assigned=self.assigned,
            asset=self.asset,
        )


class NewFinding(SaidOfFinding):
    """A finding that is to be pinned, in pixels of the photo as stored."""

    photo: Id
    x: Pixel
    y: Pixel
    width: Pixel = 0.0
    height: Pixel = 0.0
    ground_m: Annotated[float, Field(ge=LOWEST_M, le=HIGHEST_M, allow_inf_nan=False)] | None = Field(
        None,
        description="Height of level ground, above what the photo's altitude is above; that of take-off if left out.",
    )


class AssetAsked(BaseModel):
    """An asset to enter, or what more there is to say of one."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=MOST_TEXT)]
    type: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    part_of: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    photo: Annotated[str, Field(pattern="^([0-9a-f]{32})?$")] = ""


def box_of(text: str) -> tuple[float, float, float, float] | None:
    """
    Read "WEST,SOUTH,EAST,NORTH"; None of an empty text.

    Raises:
        BadRequest: it is no box.

    >>> box_of("179,-1,-179,1")
    (179.0, -1.0, 181.0, 1.0)
    """
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (max(abs(west), abs(east)) <= 180.0 and -90.0 <= south <= north <= 90.0):
        what = f"{text[:60]!r} is no box."
        raise BadRequest(what, try_this="write WEST,SOUTH,EAST,NORTH in degrees: 8.1,47.3,8.2,47.4")
    return west, south, east + (360.0 if east < west else 0.0), north


@router.get("/findings", response_model=inspection_schema.FindingsShape)
def findings(ask: Ask, asked: Annotated[FindingsAsked, Query()]) -> Response:
    """List findings, the worst first; those that are closed or dismissed come last."""
    found = ask.archive.findings(ask.caller, asked.query())
    known = ask.archive.assets(ask.caller)
    return Answer({"findings": [finding_shape(each, known) for each in found]})


@router.get("/findings.geojson", response_class=Response)
def as_geojson(ask: Ask, asked: Annotated[FindingsAsked, Query()]) -> Response:
    """Give findings as GeoJSON: points with their errors and all that is said of them."""
    found = ask.archive.findings(ask.caller, asked.query())
    out = io.BytesIO()
    write_findings(found, ask.archive.assets(ask.caller), out)
    headers = {"content-disposition": 'attachment; filename="findings.geojson"'}
    return Response(out.getvalue(), media_type="application/geo+json", headers=headers)


@router.get("/findings.pdf", response_class=Response)
def as_pdf(ask: Ask, asked: Annotated[FindingsAsked, Query()]) -> Response:
    """Give the report of an inspection: findings on a map and in a list, as PDF."""
    from groundside.see.report.findings import findings_pdf

    found = ask.archive.findings(ask.caller, asked.query())
    made = findings_pdf(found, ask.archive.assets(ask.caller), time.time_ns() // 1000)
    headers = {"content-disposition": 'attachment; filename="findings.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


@router.post("/findings", response_model=inspection_schema.FindingShape)
def add(ask: Ask, asked: NewFinding) -> Response:
    """Pin a finding to a photo; where on the ground that is is worked out over level ground, with its error."""
    pin = Pin(asked.x, asked.y, asked.width, asked.height)
    made = ask.archive.add_finding(ask.caller, asked.photo, pin, asked.change(), None, ground_height_m=asked.ground_m)
    return Answer(finding_shape(made, ask.archive.assets(ask.caller)))


@router.get("/findings/{finding}", response_model=inspection_schema.FindingHistoryShape)
def finding(ask: Ask, finding: FindingId) -> Response:
    """Show one finding with its history."""
    return Answer(_told(ask, finding))


@router.post("/findings/{finding}", response_model=inspection_schema.FindingHistoryShape)
def edit(ask: Ask, finding: FindingId, asked: SaidOfFinding) -> Response:
    """Say something else of a finding; what was said before stays in its history."""
    if asked.change() == FindingChange():
        raise BadRequest("There is nothing to change.", try_this='send what is new: {"status": "closed"}')
    ask.archive.edit_finding(ask.caller, finding, asked.change())
    return Answer(_told(ask, finding))


@router.get("/assets", response_model=inspection_schema.AssetsShape)
def assets(ask: Ask) -> Response:
    """List what is inspected, with the photos that show it and the findings on it."""
    known = ask.archive.assets(ask.caller)
    found = ask.archive.findings(ask.caller, FindingQuery())
    return Answer({"assets": [asset_shape(each, known, found) for each in known]})


@router.post("/assets", response_model=inspection_schema.AssetShape)
def add_asset(ask: Ask, asked: AssetAsked) -> Response:
    """Enter an asset, or say more of the one of that name: its type, what it is part of, a photo that shows it."""
    wanted = Asset(id="", name=asked.name, type=asked.type, part_of=asked.part_of)
    made = ask.archive.add_asset(ask.caller, wanted, asked.photo)
    found = ask.archive.findings(ask.caller, FindingQuery(asset=made.id))
    return Answer(asset_shape(made, ask.archive.assets(ask.caller), found))


def _told(ask: Asked, finding: str) -> dict[str, object]:
    versions = ask.archive.finding(ask.caller, finding)
    known = ask.archive.assets(ask.caller)
    history = [version_shape(each, known) for each in versions]
    return {**finding_shape(versions[-1].finding, known), "history": history}
