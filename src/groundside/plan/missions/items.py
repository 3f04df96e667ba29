"""
Missions as items of the MAVLink mission protocol: what `.plan` and `.waypoints` files hold and vehicles take.

Source: MAVLink common message set, MAV_CMD, MAV_FRAME and MISSION_ITEM_INT (https://mavlink.io/en/messages/common.html);
MAVLink Developer Guide, Mission Protocol (https://mavlink.io/en/services/mission.html).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from groundside.model.mission import Above

Params = tuple[float | None, ...]
"""Seven; None is NaN, which says "as it is"."""


class Cmd(IntEnum):
    """The commands that have a noun here."""

    WAYPOINT = 16
    LOITER_UNLIMITED = 17
    RETURN = 20
    LAND = 21
    TAKE_OFF = 22
    DELAY = 93
    CHANGE_SPEED = 178
    LOOK_AT = 195
    LOOK_AHEAD = 197
    OLD_LOOK_AT = 201
    DIGICAM = 203
    MOUNT = 205
    TRIGGER_DISTANCE = 206
    TRIGGER_INTERVAL = 214
    GIMBAL = 1000
    IMAGE_START = 2000
    IMAGE_STOP = 2001
    VIDEO_START = 2500
    VIDEO_STOP = 2501
    FENCE_RETURN = 5000
    FENCE_IN = 5001
    FENCE_OUT = 5002
    CIRCLE_IN = 5003
    CIRCLE_OUT = 5004
    RALLY = 5100


FLOWN_TO = frozenset({16, 17, 18, 19, 21, 22, 31, 82, 84, 85})
"""Navigation commands whose parameters 5 to 7 are a place that the aircraft flies to."""
FRAME_OF = {Above.SEA: 0, Above.HOME: 3, Above.TERRAIN: 10}
ABOVE_OF = {0: Above.SEA, 3: Above.HOME, 10: Above.TERRAIN, 5: Above.SEA, 6: Above.HOME, 11: Above.TERRAIN}
_INT_FRAME = {0: 5, 3: 6, 10: 11}
_NO_PLACE = 2
YAW_FROM_NORTH = 16
"""GIMBAL_MANAGER_FLAGS_YAW_LOCK."""
NOTHING: Params = (None,) * 7
ZEROS: Params = (0.0,) * 7


@dataclass(frozen=True, slots=True)
class Item:
    """
    One item, as files hold it.

    Args:
        command: MAV_CMD.
        frame: MAV_FRAME; 2 where there is no place in it.
        params: seven; 5 and 6 are latitude and longitude in degrees where the frame is one of places.
        goes_on: whether the next item follows by itself.
        where: in the file, for people.
        offset: its byte in the file, where known.
    """

    command: int
    frame: int
    params: Params
    goes_on: bool = True
    where: str = ""
    offset: int | None = None

    @property
    def place(self) -> tuple[float, float] | None:
        """Longitude and latitude; None where there are none, or both are 0, which means "here"."""
        lat, lon = self.params[4], self.params[5]
        if self.frame not in ABOVE_OF or lat is None or lon is None or (lat == 0.0 and lon == 0.0):
            return None
        return (lon, lat) if abs(lat) <= 90.0 and abs(lon) <= 360.0 else None

    def number(self, nth: int) -> float:
        """Give a parameter, counted from 1; None counts as 0."""
        return self.params[nth - 1] or 0.0


@dataclass(frozen=True, slots=True)
class Items:
    """What a vehicle takes: the mission, the fence, the rally points; each uploaded by itself."""

    mission: tuple[Item, ...]
    fence: tuple[Item, ...] = ()
    rally: tuple[Item, ...] = ()


def mission_item_int(item: Item, seq: int, mission_type: int = 0) -> dict[str, int | float]:
    """
    Give the fields of MISSION_ITEM_INT, but for the system and component that it goes to.

    Args:
        item: to send.
        seq: its number, from 0.
        mission_type: 0 mission, 1 fence, 2 rally points.
    """
    numbers = [float("nan") if each is None else each for each in item.params]
    if item.frame in _INT_FRAME:
        numbers[5] = (numbers[5] + 180.0) % 360.0 - 180.0 if abs(numbers[5]) > 180.0 else numbers[5]
        x, y = (round(each * 1e7) if each == each else 0 for each in numbers[4:6])  # NaN is not itself
    else:
        x, y = (round(each) if each == each else 0 for each in numbers[4:6])
    return {
        "seq": seq,
        "frame": _INT_FRAME.get(item.frame, item.frame),
        "command": item.command,
        "current": int(seq == 0 and mission_type == 0),
        "autocontinue": int(item.goes_on),
        **{f"param{nth}": numbers[nth - 1] for nth in range(1, 5)},
        "x": x,
        "y": y,
        "z": numbers[6],
        "mission_type": mission_type,
    }


def no_place(command: int, *params: float | None) -> Item:
    """Make an item without a place; parameters that are not given are 0."""
    return Item(command, _NO_PLACE, (*params, *ZEROS)[:7])


__all__ = [
    "ABOVE_OF",
    "FLOWN_TO",
    "FRAME_OF",
    "YAW_FROM_NORTH",
    "Cmd",
    "Item",
    "Items",
    "Params",
    "mission_item_int",
    "no_place",
]
