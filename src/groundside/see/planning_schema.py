"""What the planning page's answers look like; positions are longitude, latitude, and whatever else is said."""

from __future__ import annotations

from typing_extensions import TypedDict

from groundside.see.schema import Position


class CameraShape(TypedDict):
    """A camera that can be planned for."""

    name: str
    sensor_mm: list[float]
    pixels: list[int]
    focal_mm: float
    fastest_s: float | None


class PlanAircraftShape(TypedDict):
    """An aircraft whose maker's figures are known."""

    name: str
    flight_time_s: float
    airspeed_m_s: float


class CheckKindShape(TypedDict):
    """A check, and why it is done."""

    name: str
    why: str


class MissionFormatShape(TypedDict):
    """A format that plans are written in."""

    name: str
    title: str
    suffixes: list[str]
    loses: list[str]


class PlanChoicesShape(TypedDict):
    """What can be chosen from."""

    cameras: list[CameraShape]
    aircraft: list[PlanAircraftShape]
    checks: list[CheckKindShape]
    formats: list[MissionFormatShape]


class FindingShape(TypedDict):
    """What a check found: passed, failed, or not checked; where it was worst."""

    check: str
    outcome: str
    reason: str
    lon: float | None
    lat: float | None


class PlanFlightShape(TypedDict):
    """How long a plan takes, and what of a battery it leaves; null where nothing is known."""

    waypoints: int
    length_m: float
    seconds: float | None
    battery_left: float | None
    battery_told_by: str | None


class PlanLookShape(TypedDict):
    """Height above ground, and what it means for the camera."""

    height_m: float
    gsd_cm: float | None
    line_m: float | None
    trigger_m: float | None


class FrameShape(TypedDict):
    """What a photo shows from one metre above: metres across the heading and along it."""

    across: float
    along: float


class PlanProfileShape(TypedDict):
    """Heights along the way, above the ground at home; the ground is null where no elevation model was named."""

    along_m: list[float]
    height_m: list[float]
    ground_m: list[float | None] | None


class PlanFenceShape(TypedDict, total=False):
    """A fence: corners, or a centre and a radius."""

    stay_in: bool
    corners: list[Position]
    centre: Position
    radius_m: float


class PlanWayShape(TypedDict):
    """Where a mission goes: longitude, latitude and height of each waypoint, as its file says it."""

    name: str
    way: list[list[float]]
    home: Position | None
    fences: list[PlanFenceShape]


class PlanLostShape(TypedDict):
    """What an opened mission did at a waypoint, from 0, that is no more."""

    waypoint: int
    does: str


class PlanKeptShape(TypedDict):
    """What of an opened mission was kept: how many actions; what was lost, of which at most 200 are told."""

    actions: int
    lost: list[PlanLostShape]
    lost_count: int


class PlanShape(PlanWayShape):
    """A plan as the page shows it; a photo is longitude, latitude, height, heading."""

    kept: PlanKeptShape | None

    flight: PlanFlightShape
    flights_s: list[float | None]
    cannot_split: str
    checks: list[FindingShape]
    photos: list[list[float]]
    photo_count: int
    photos_shown_every: int
    frame: FrameShape | None
    look: PlanLookShape
    profile: PlanProfileShape


class DrawingShape(TypedDict):
    """Areas (rings, the outer one first), lines and points."""

    areas: list[list[list[Position]]]
    lines: list[list[Position]]
    points: list[Position]


class PlanComparedShape(TypedDict):
    """A plan against the flight that was to fly it; gaps are rings, `flown` is where it was."""

    area_m2: float
    covered: float
    gap_m2: float
    planned_photos: int
    flown_photos: int
    photos_from: str
    gaps: list[list[Position]]
    flown: list[Position]


class PlanReadShape(TypedDict):
    """
    A mission, or areas, that somebody else made.

    `editable` is what of a mission can be drawn again: the areas of its surveys, else its way as a line. `opened` names
    what it does at its waypoints, for plans made anew to keep; `planned_anew` actions belong to lines of its surveys.
    """

    format: str
    mission: PlanWayShape | None
    photo_count: int
    drawing: DrawingShape | None
    editable: DrawingShape | None
    opened: str
    planned_anew: int
    problems: list[str]
    not_understood: list[str]


class GroundShape(TypedDict):
    """An elevation model that plans can follow until the server ends."""

    id: str
    name: str
    datum: str
    cell_m: float
