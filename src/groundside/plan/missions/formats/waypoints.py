"""
Missions of ArduPilot's ground stations: `QGC WPL 110` and the older 100; and their fence and rally files.

Source: MAVLink Developer Guide, File Formats (https://mavlink.io/en/file_formats/); for version 100, fences and rally
points the text readers of pymavlink (mavwp).
"""

from __future__ import annotations

import re

from groundside.model.decoded import Problem
from groundside.model.mission import Above, FencePolygon, Mission, Place
from groundside.model.place import LonLat
from groundside.model.source import Source
from groundside.plan.missions.format import MissionFormat, Said, Written, no_mission
from groundside.plan.missions.from_items import fences_of, mission_of, rally_of
from groundside.plan.missions.items import ABOVE_OF, Cmd, Item
from groundside.plan.missions.losses import commands_of, say_losses
from groundside.plan.missions.text_rows import Row, number, rows_in, whole
from groundside.plan.missions.to_items import mission_items

_KIND = "waypoint file"
_HEAD = re.compile(rb"\s*QGC\s+WPL\s+(\d{1,4})")
_RALLY = re.compile(rb"\s*RALLY\s+-?\d")
_PAIRS = re.compile(rb"(?:\s*#[^\n]*\n)*\s*-?\d{1,3}\.\d+[ \t]+-?\d{1,3}\.\d+\s*\n")
_OLD_COMMANDS = {2: 22, 3: 20, 4: 21, 24: 22, 26: 21, 25: 16, 27: 17}
"""Actions of version 100 and what they are now."""
_FENCES = frozenset({Cmd.FENCE_RETURN, Cmd.FENCE_IN, Cmd.FENCE_OUT, Cmd.CIRCLE_IN, Cmd.CIRCLE_OUT})
_COMMA = re.compile(r"\d,\d")
_HELD = frozenset({"home", "speed_m_s", "take_off_height_m", "finish", "actions"})


def recognises(data: bytes) -> bool:
    """Say whether this is a waypoint, fence or rally file."""
    head = data[:4096].removeprefix(b"\xef\xbb\xbf")
    return any(sign.match(head) for sign in (_HEAD, _RALLY, _PAIRS))


def read(data: bytes) -> tuple[Mission, tuple[Problem, ...]]:
    """Read a mission, a fence or rally points; a row that is none is told and passed over."""
    said = Said()
    rows = rows_in(data, _KIND)
    head = _HEAD.match(data.removeprefix(b"\xef\xbb\xbf"))
    if head is None:
        return _old_fence_or_rally(rows, said), said.all
    version = int(head[1])
    if version not in (100, 110, 120):
        raise no_mission(_KIND, f"line 1: its version is {version}; 100, 110 and 120 are known")
    parse = _row_100 if version == 100 else _row_110
    items = [item for row in rows[1:] if (item := parse(row, said)) is not None]
    if not items:
        raise no_mission(_KIND, "it has no row that can be read" + "".join(f"; {p.what}" for p in said.all[:1]))
    return _understood(items, said), said.all


def _understood(items: list[Item], said: Said) -> Mission:
    fence = [each for each in items if each.command in _FENCES]
    rally = [each for each in items if each.command == Cmd.RALLY]
    rest = [each for each in items if each.command not in _FENCES and each.command != Cmd.RALLY]
    home = _home(rest[0]) if rest and rest[0].command == Cmd.WAYPOINT and not (fence or rally) else None
    has_home = bool(rest) and rest[0].command in (0, Cmd.WAYPOINT) and not (fence or rally)
    mission, _ = mission_of(rest[1:] if has_home else rest, home, said)
    fences, back = fences_of(fence, said)
    return Mission(
        waypoints=mission.waypoints,
        actions=mission.actions,
        speed_m_s=mission.speed_m_s,
        take_off_height_m=mission.take_off_height_m,
        home=home,
        finish=mission.finish,
        fences=fences,
        fence_return=back,
        rally=rally_of(rally),
    )


def _home(item: Item) -> Place | None:
    """Row 0 is home, with its height above sea level; nowhere where it was not known."""
    return None if item.place is None else Place(*item.place, item.params[6], ABOVE_OF.get(item.frame, Above.SEA))


def _row_110(row: Row, said: Said) -> Item | None:
    cells = row.cells
    if len(cells) != 12:
        said.say(f"Line {row.line} has {len(cells)} columns, not 12: it is passed over.", row.offset)
        return None
    return _row(row, (cells[2], cells[3], *cells[4:11], cells[11]), said)


def _row_100(row: Row, said: Said) -> Item | None:
    cells = row.cells
    if len(cells) != 13:
        said.say(f"Line {row.line} has {len(cells)} columns, not 13: it is passed over.", row.offset)
        return None
    item = _row(row, (cells[1], cells[2], *cells[5:7], *cells[3:5], cells[9], cells[8], cells[10], cells[12]), said)
    if item is None or item.command not in _OLD_COMMANDS:
        said.say(f"Line {row.line} has an action that version 100 does not know: it is passed over.", row.offset)
        return None
    return Item(_OLD_COMMANDS[item.command], item.frame, item.params, item.goes_on, item.where, item.offset)


def _row(row: Row, cells: tuple[str, ...], said: Said) -> Item | None:
    frame, command, *params, goes_on = cells
    codes, numbers = (whole(frame), whole(command), whole(goes_on)), tuple(number(each) for each in params)
    if None in codes or any(each is None for each in numbers):
        bad = next((each for each in cells if number(each) is None), frame)
        hint = "; decimals are written with a point" if _COMMA.search(bad) else ""
        said.say(f"Line {row.line}: {bad[:40]!r} is no number{hint}: the row is passed over.", row.offset)
        return None
    clean = tuple(None if each is None or each != each else each for each in numbers)
    return Item(codes[1] or 0, codes[0] or 0, clean, goes_on=codes[2] != 0, where=f"line {row.line}", offset=row.offset)


def _old_fence_or_rally(rows: list[Row], said: Said) -> Mission:
    if rows and rows[0].cells[0] == "RALLY":
        return Mission(rally=tuple(place for row in rows if (place := _rally_row(row, said))))
    corners = [at for row in rows if (at := _corner(row, said))]
    if len(corners) < 4:
        raise no_mission(_KIND, "a fence file has a place to return to and at least three corners")
    back, ring = corners[0], corners[1:]
    if len(ring) > 3 and ring[0] == ring[-1]:
        ring = ring[:-1]
    return Mission(fences=(FencePolygon(tuple(ring)),), fence_return=Place(back.lon, back.lat))


def _rally_row(row: Row, said: Said) -> Place | None:
    numbers = [number(each) for each in row.cells[1:4]]
    if len(numbers) < 3 or None in numbers or abs(numbers[0] or 0.0) > 90.0:
        said.say(f"Line {row.line} is no rally point: it is passed over.", row.offset)
        return None
    return Place(numbers[1] or 0.0, numbers[0] or 0.0, numbers[2])


def _corner(row: Row, said: Said) -> LonLat | None:
    numbers = [number(each) for each in row.cells[:2]]
    if len(numbers) < 2 or None in numbers or abs(numbers[0] or 0.0) > 90.0:
        said.say(f"Line {row.line} is no corner: it is passed over.", row.offset)
        return None
    return LonLat(numbers[1] or 0.0, numbers[0] or 0.0)


def write(mission: Mission, _time_ms: int) -> Written:
    """Write a mission in version 110; row 0 is home, all 0 where it is not known."""
    said = Said()
    say_losses(mission, "a waypoint file", _HELD, said)
    items = mission_items(mission, said)
    if any(None in command.params for _, command in commands_of(mission)):
        said.say("Parameters of MAVLink commands that are not said (NaN) are written as 0.")
    home = mission.home
    if home is not None and home.height_m is None:
        said.say("The height of home is not known: 0 m is written.")
    if any(point.heading_deg is not None for point in mission.waypoints):
        said.say("Copters of ArduPilot take no heading from a waypoint (parameter 4): the nose goes along the path.")
    at = (home.lat, home.lon, home.height_m or 0.0) if home else (0.0, 0.0, 0.0)
    frame = 0 if home is None or home.above is Above.SEA else 3
    if home is not None and home.above not in (Above.SEA, Above.HOME):
        said.say("The height of home is not above sea level: it is written as if it were 0 m.")
        at, frame = (home.lat, home.lon, 0.0), 0
    first = Item(Cmd.WAYPOINT, frame, (0.0, 0.0, 0.0, 0.0, *at))
    lines = ["QGC WPL 110", *(_line(nth, item) for nth, item in enumerate((first, *items.mission)))]
    return Written(("\n".join(lines) + "\n").encode(), said.all)


def _line(nth: int, item: Item) -> str:
    unsaid = (lambda at: "0") if item.command != Cmd.GIMBAL else (lambda at: "NaN")
    numbers = [unsaid(at) if each is None else f"{each:.17g}" for at, each in enumerate(item.params)]
    numbers = [_short(each) for each in numbers]
    return "\t".join(
        [str(nth), str(int(nth == 0)), str(item.frame), str(item.command), *numbers, str(int(item.goes_on))]
    )


def _short(text: str) -> str:
    return text if text == "NaN" else repr(float(text)).removesuffix(".0")


FORMAT = MissionFormat(
    name="ardupilot-waypoints",
    title="ArduPilot waypoints (QGC WPL)",
    suffixes=(".waypoints", ".wpl"),
    recognises=recognises,
    read=read,
    write=write,
    loses=(
        "name, aircraft, camera and what to do when the link is lost",
        "fences and rally points, which ArduPilot keeps in files of their own",
        "how a waypoint is passed (its turn)",
        "what a survey was made from",
        "a flight back to the first waypoint as the finish",
        "names of photos",
        "parameters of MAVLink commands that are not said (NaN): 0 is written",
        "heights above the ellipsoid: refused",
    ),
    source=Source("MAVLink Developer Guide, File Formats", "https://mavlink.io/en/file_formats/"),
    media_type="text/plain",
)
