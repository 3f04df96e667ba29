"""A mission: what an aircraft shall fly and do, as any controller understands it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.decoded import Problem
from groundside.model.place import LonLat


class Above(StrEnum):
    """What a height is above."""

    HOME = "home"
    """The place of take-off."""
    SEA = "sea_level"
    """Mean sea level, as the geoid has it (EGM96 where nothing else is said)."""
    TERRAIN = "terrain"
    """The ground straight below."""
    ELLIPSOID = "ellipsoid"
    """The ellipsoid of WGS 84, as satellites measure."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position with a height; `height_m` None where only the position is known."""

    lon: float
    lat: float
    height_m: float | None = None
    above: Above = Above.HOME


@dataclass(frozen=True, slots=True)
class TakePhoto:
    """Take one photo; `name` is a suffix of its file's name, where the controller can set one."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class TriggerByDistance:
    """From here on take a photo every `distance_m` metres of way, until `StopTrigger`."""

    distance_m: float


@dataclass(frozen=True, slots=True)
class TriggerByTime:
    """From here on take a photo every `interval_s` seconds, until `StopTrigger`."""

    interval_s: float


@dataclass(frozen=True, slots=True)
class StopTrigger:
    """Take no more photos by distance or by time."""


@dataclass(frozen=True, slots=True)
class StartVideo:
    """Start a video."""


@dataclass(frozen=True, slots=True)
class StopVideo:
    """End the video."""


@dataclass(frozen=True, slots=True)
class Gimbal:
    """
    Turn the camera; an angle that is None stays as it is.

    Args:
        pitch_deg: 0 looks at the horizon, -90 straight down.
        yaw_deg: clockwise, from the nose of the aircraft, or from true north where `from_north`.
        from_north: what the yaw counts from.
    """

    pitch_deg: float | None = None
    yaw_deg: float | None = None
    from_north: bool = False


@dataclass(frozen=True, slots=True)
class Hover:
    """Stay for so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LookAt:
    """From here on keep nose and camera on this place, until `LookAhead` or another `LookAt`."""

    place: Place


@dataclass(frozen=True, slots=True)
class LookAhead:
    """Look at no place any more."""


@dataclass(frozen=True, slots=True)
class Command:
    """
    A MAVLink command that has no noun here, kept as it stands.

    Args:
        number: MAV_CMD.
        params: the seven parameters, None where the file says none; 5 and 6 are latitude and longitude in degrees where
            `frame` is one of positions.
        frame: MAV_FRAME.
        goes_on: whether the next item follows by itself.
    """

    number: int
    params: tuple[float | None, ...]
    frame: int = 2
    goes_on: bool = True


Action = (
    TakePhoto
    | TriggerByDistance
    | TriggerByTime
    | StopTrigger
    | StartVideo
    | StopVideo
    | Gimbal
    | Hover
    | LookAt
    | LookAhead
    | Command
)


class Kind(StrEnum):
    """What a waypoint is flown to for."""

    FLY = "fly"
    TAKE_OFF = "take_off"
    """Climb from the ground, then fly here."""
    LAND = "land"
    """Fly here and land."""


class Turn(StrEnum):
    """How a waypoint is passed."""

    STOP = "stop"
    """Straight to it, stop, turn, straight on."""
    STOP_CURVED = "stop_curved"
    """On a curve through it, with a stop."""
    PASS_CURVED = "pass_curved"
    """On a curve through it, without a stop."""
    CUT = "cut"
    """Without a stop and without reaching it: the corner is cut by `turn_radius_m`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """
    One place to fly to, and what to do there.

    Args:
        lon, lat: degrees of WGS 84.
        height_m, above: how high, above what.
        speed_m_s: over ground, from here to the next waypoint; None is the mission's.
        heading_deg: where the nose points, clockwise from true north, 0 up to but not 360; None is along the path.
        turn: how it is passed; None leaves it to the controller.
        turn_radius_m: so far from it the turn may begin, and it counts as reached; None leaves it to the controller.
        actions: done here, in order.
        kind: what it is flown to for.
        command: a MAVLink command of its own for getting here (a circle, a spline), of which only the first four
            parameters count; None is the usual one.
    """

    lon: float
    lat: float
    height_m: float
    above: Above = Above.HOME
    speed_m_s: float | None = None
    heading_deg: float | None = None
    turn: Turn | None = None
    turn_radius_m: float | None = None
    actions: tuple[Action, ...] = ()
    kind: Kind = Kind.FLY
    command: Command | None = None

    @property
    def hold_s(self) -> float:
        """How long the aircraft stays here in all."""
        return sum(each.seconds for each in self.actions if isinstance(each, Hover))

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.lon, self.lat, self.height_m, self.above)


@dataclass(frozen=True, slots=True)
class FencePolygon:
    """An area to stay in, or out of; `corners` are at least three, and the first is not said again."""

    corners: tuple[LonLat, ...]
    stay_in: bool = True


@dataclass(frozen=True, slots=True)
class FenceCircle:
    """A round area to stay in, or out of."""

    centre: LonLat
    radius_m: float
    stay_in: bool = True


Fence = FencePolygon | FenceCircle


class Finish(StrEnum):
    """What follows the last waypoint."""

    RETURN = "return_home"
    LAND = "land"
    HOVER = "hover"
    FIRST_WAYPOINT = "first_waypoint"


class LostLink(StrEnum):
    """What the aircraft does when it no longer hears its remote control."""

    CONTINUE = "continue"
    RETURN = "return_home"
    LAND = "land"
    HOVER = "hover"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """
    What some of the waypoints were made from, so that a planner can change it and make them anew.

    Args:
        first, last: numbers of the first and the last waypoint made from it, from 0.
        corners: of the area; the first is not said again.
        angle_deg: which way the lines run, clockwise from north, as QGroundControl counts.
        line_spacing_m: between neighbouring lines.
        photo_spacing_m: between photos along a line.
        turnaround_m: how far lines go on beyond the area.
        crosshatch: whether it is flown a second time, across.
    """

    first: int
    last: int
    corners: tuple[LonLat, ...]
    angle_deg: float = 0.0
    line_spacing_m: float
    photo_spacing_m: float
    turnaround_m: float = 0.0
    crosshatch: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """Something in a file that was not understood: where it stands, and what it says, word by word."""

    where: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mission:
    """
    What shall be flown.

    Args:
        name: as people call it.
        waypoints: in order.
        actions: done before the first waypoint is flown to.
        speed_m_s: over ground, where a waypoint says none; None leaves it to the controller.
        take_off_height_m: above home; the aircraft climbs there where it stands before it flies anywhere.
        home: where it takes off; None where the plan does not say.
        finish: what follows the last waypoint; None leaves it to the controller.
        lost_link: None leaves it to the controller.
        fences: areas to stay in and out of.
        fence_return: where it flies when it broke a fence.
        rally: places to land at in need.
        aircraft, camera: names, as `reference/data` and the libraries have them; empty where the plan does not say.
        surveys: what some waypoints were made from.
        not_understood: what the file says besides.
    """

    name: str = ""
    waypoints: tuple[Waypoint, ...] = ()
    actions: tuple[Action, ...] = ()
    speed_m_s: float | None = None
    take_off_height_m: float | None = None
    home: Place | None = None
    finish: Finish | None = None
    lost_link: LostLink | None = None
    fences: tuple[Fence, ...] = ()
    fence_return: Place | None = None
    rally: tuple[Place, ...] = ()
    aircraft: str = ""
    camera: str = ""
    surveys: tuple[Survey, ...] = ()
    not_understood: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class MissionRead:
    """A mission that was read: the name of the file's format, and what is wrong in it."""

    format: str
    mission: Mission
    problems: tuple[Problem, ...] = ()
