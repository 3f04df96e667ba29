"""Options that several commands of `groundside plan` share, each said once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_type_hints

import typer

from groundside.errors import BadRequest
from groundside.model.place import LonLat

if TYPE_CHECKING:
    from groundside.archive.plan_asked import Asked
    from groundside.archive.plan_checking import Conditions

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """Under what a plan is checked, as it was typed."""

    aircraft: str
    own_log: list[Path]
    wind: str
    reserve: float
    terrain: Path | None
    keep_out: list[Path]
    buffer: float
    layer: list[Path]
    at: str
    height_limit: float
    distance_limit: float | None
    clearance: float
    most_waypoints: int | None
    longest_segment: float | None

    def conditions(self) -> Conditions:
        """Parse it."""
        from groundside.archive.plan_checking import Conditions, Limits

        speed, from_deg = wind_of(self.wind)
        return Conditions(
            aircraft=self.aircraft, own_logs=tuple(self.own_log), wind_m_s=speed, wind_from_deg=from_deg,
            reserve=self.reserve / 100.0, terrain=self.terrain, keep_outs=tuple(self.keep_out), buffer_m=self.buffer,
            layers=tuple(self.layer) or None, start_us=moment_us(self.at),
            limits=Limits(
                height_m=self.height_limit, clearance_m=self.clearance, distance_m=self.distance_limit,
                waypoints=self.most_waypoints, segment_m=self.longest_segment,
            ),
        )  # fmt: skip


def checking(  # noqa: PLR0913 - one for each condition
    aircraft: Annotated[str, typer.Option(help="Name, as groundside plan aircraft lists it.", metavar="NAME")] = "",
    own_log: Annotated[
        list[Path] | None, typer.Option(help="Your log of this aircraft, to learn its battery from; may be repeated.")
    ] = None,
    wind: Annotated[str, typer.Option(help="Speed, and where it comes from: 6@270.", metavar="M/S@DEG")] = "",
    reserve: Annotated[
        float, typer.Option(help="Of a full battery, left after landing.", min=0, max=90, metavar="PERCENT")
    ] = 25.0,
    terrain: Annotated[Path | None, typer.Option(help="Elevation model as GeoTIFF.", metavar="DEM.tif")] = None,
    keep_out: Annotated[
        list[Path] | None, typer.Option(help="Areas that nothing flies over; may be repeated.", metavar="FILE")
    ] = None,
    buffer: Annotated[float, typer.Option(help="Kept free around keep-outs, in metres.", min=0, metavar="M")] = 0.0,
    layer: Annotated[
        list[Path] | None, typer.Option(help="Airspace or sensitive sites; may be repeated.", metavar="FILE")
    ] = None,
    at: Annotated[str, typer.Option(help="Take-off, UTC: 2026-06-01T09:30.", metavar="TIME")] = "",
    height_limit: Annotated[float, typer.Option(help="Highest above the ground, in metres.", metavar="M")] = 120.0,
    distance_limit: Annotated[
        float | None, typer.Option(help="Furthest from home, in metres. Default: none.", metavar="M")
    ] = None,
    clearance: Annotated[float, typer.Option(help="Lowest above the ground, in metres.", metavar="M")] = 10.0,
    most_waypoints: Annotated[int | None, typer.Option(help="That the controller takes.", metavar="N")] = None,
    longest_segment: Annotated[
        float | None, typer.Option(help="Longest way between waypoints that the controller takes.", metavar="M")
    ] = None,
) -> Checking:
    """Gather under what a plan is checked."""
    return Checking(
        aircraft=aircraft, own_log=own_log or [], wind=wind, reserve=reserve, terrain=terrain, keep_out=keep_out or [],
        buffer=buffer, layer=layer or [], at=at, height_limit=height_limit, distance_limit=distance_limit,
        clearance=clearance, most_waypoints=most_waypoints, longest_segment=longest_segment,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What is asked of any plan, and where it goes, as it was typed."""

    area: Path
    out_file: Path
    name: str
    gsd: float | None
    height: float | None
    frontlap: float
    sidelap: float
    camera: str
    speed: float | None
    home: str
    split: bool
    overlap: float
    overrides: dict[str, str]

    def asked(self, how: Checking) -> Asked:
        """Parse it."""
        from groundside.archive.plan_asked import Asked
        from groundside.archive.plan_cameras import camera_from

        speed, from_deg = wind_of(how.wind)
        return Asked(
            area=self.area, name=self.name, height_m=self.height, gsd_cm=self.gsd, frontlap=self.frontlap / 100.0,
            sidelap=self.sidelap / 100.0, own_camera=camera_from(self.camera) if self.camera else None,
            aircraft=how.aircraft, speed_m_s=self.speed, home=position_of(self.home), terrain=how.terrain,
            wind_m_s=speed, wind_from_deg=from_deg, keep_outs=tuple(how.keep_out), buffer_m=how.buffer,
        )  # fmt: skip


def making(  # noqa: PLR0913 - one for each wish
    area: Annotated[Path, typer.Argument(help="GeoJSON, KML, Shapefile or GeoPackage.", metavar="AREA")],
    out_file: Annotated[
        Path,
        typer.Option("--out", help=".kmz .plan .waypoints .csv .kml or .geojson; .pdf is a briefing.", metavar="FILE"),
    ],
    name: Annotated[str, typer.Option(help="Of the mission. Default: that of the area's file.")] = "",
    gsd: Annotated[float | None, typer.Option(help="Ground that a pixel shows, in cm.", metavar="CM")] = None,
    height: Annotated[float | None, typer.Option(help="Above the ground, in metres. Default: 60.", metavar="M")] = None,
    frontlap: Annotated[float, typer.Option(help="Of photos along a line.", metavar="PERCENT")] = 75.0,
    sidelap: Annotated[float, typer.Option(help="Of photos of neighbouring lines.", metavar="PERCENT")] = 70.0,
    camera: Annotated[
        str, typer.Option(help="Name, as groundside plan cameras lists it; or a .toml file of yours.", metavar="NAME")
    ] = "",
    speed: Annotated[float | None, typer.Option(help="Over ground, in m/s. Default: 8.", metavar="M/S")] = None,
    home: Annotated[str, typer.Option(help="Where it takes off. Default: the first waypoint.", metavar="LON,LAT")] = "",
    split: Annotated[bool, typer.Option("--split", help="Write as many flights as batteries need.")] = False,
    overlap: Annotated[float, typer.Option(help="Of flights that follow each other, in metres.", metavar="M")] = 0.0,
    override: Annotated[
        list[str] | None, typer.Option(help="Write the plan though this check failed; with --reason.", metavar="CHECK")
    ] = None,
    reason: Annotated[list[str] | None, typer.Option(help="Why, one for each --override.", metavar="TEXT")] = None,
) -> Making:
    """Gather what is asked of any plan."""
    return Making(
        area=area, out_file=out_file, name=name, gsd=gsd, height=height, frontlap=frontlap, sidelap=sidelap,
        camera=camera, speed=speed, home=home, split=split, overlap=overlap,
        overrides=overrides_of(override or [], reason or []),
    )  # fmt: skip


def sharing(**groups: Callable[..., Any]) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """
    Let a command take groups of options as one argument each.

    Args:
        groups: the command's parameter to the function that gathers it; its own parameters become the options.
    """

    def wrap(command: Callable[..., T]) -> Callable[..., T]:
        parts = {name: _parameters(gather) for name, gather in groups.items()}
        own = [each for each in _parameters(command) if each.name not in groups]

        def run(**given: object) -> T:
            gathered = {
                name: groups[name](**{each.name: given.pop(each.name) for each in each_part})
                for name, each_part in parts.items()
            }
            return command(**gathered, **given)

        every = [each for part in parts.values() for each in part] + own
        every.sort(key=lambda each: each.default is not inspect.Parameter.empty)
        run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
        run.__signature__ = inspect.Signature(every)  # pyright: ignore[reportFunctionMemberAccess]
        run.__annotations__ = {each.name: each.annotation for each in every}
        return run

    return wrap


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(function, include_extras=True, localns={"Any": Any})
    signature = inspect.signature(function)
    return [
        each.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[each.name])
        for each in signature.parameters.values()
    ]


def overrides_of(checks: list[str], reasons: list[str]) -> dict[str, str]:
    """
    Pair each override with its reason.

    Raises:
        BadRequest: there are not as many of one as of the other.
    """
    if len(checks) != len(reasons):
        what = f"{len(checks)} checks are overridden with {len(reasons)} reasons."
        raise BadRequest(what, try_this="give each --override CHECK its --reason TEXT")
    return dict(zip(checks, reasons, strict=True))


def wind_of(text: str) -> tuple[float, float]:
    """
    Read a wind, "6@270": metres a second, and degrees where it comes from; none where there is no text.

    Raises:
        BadRequest: it is none.
    """
    if not text:
        return 0.0, 0.0
    speed, _, from_deg = text.partition("@")
    try:
        wind = float(speed), float(from_deg)
    except ValueError:
        wind = (-1.0, 0.0)
    if not (0.0 <= wind[0] <= 60.0 and -360.0 <= wind[1] <= 360.0):
        what = f"{text[:40]!r} is no wind."
        raise BadRequest(what, try_this="write metres a second, @, and where it comes from: --wind 6@270")
    return wind[0], wind[1] % 360.0


def position_of(text: str) -> LonLat | None:
    """
    Read a position, longitude first; None where there is no text.

    Raises:
        BadRequest: it is none.
    """
    if not text:
        return None
    lon, _, lat = text.partition(",")
    try:
        at = LonLat(float(lon), float(lat))
    except ValueError:
        at = LonLat(999.0, 999.0)
    if not at.is_position:
        what = f"{text[:40]!r} is no position."
        raise BadRequest(what, try_this="write longitude, a comma, latitude: --home 8.54,47.37")
    return at


def moment_us(text: str) -> int | None:
    """
    Read a time, UTC where it says no offset; None where there is no text.

    Raises:
        BadRequest: it is none.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        what = f"{text[:40]!r} is no time."
        raise BadRequest(what, try_this="write it like 2026-06-01T09:30, in UTC") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int((moment - _EPOCH).total_seconds() * 1e6)
