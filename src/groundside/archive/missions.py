"""Mission files and drawn areas, read and written without an archive."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, cast

from groundside.errors import BadRequest, NoSpace, NotUnderstood, TooLarge, Unreadable
from groundside.model.decoded import Fact, Problem
from groundside.model.mission import Action, Mission, MissionRead
from groundside.plan.missions.format import MOST_BYTES, MissionFormat, Written
from groundside.plan.missions.items import mission_item_int
from groundside.plan.missions.known import for_suffix, formats, recognise
from groundside.plan.missions.losses import commands_of
from groundside.plan.missions.shape import action_shape, mission_shape
from groundside.plan.missions.summary import duration_s, length_m
from groundside.plan.missions.to_items import mission_items

if TYPE_CHECKING:
    from groundside.model.drawing import Drawing
    from groundside.model.query import Area

MOST_AREA_BYTES = 256 << 20
DRAWN = (".geojson", ".json", ".kml", ".kmz", ".shp", ".zip", ".gpkg")
"""Suffixes of files that may hold areas."""
_SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def read_mission(path: Path) -> MissionRead:
    """
    Read a mission file, whatever format it is in; what is in it decides, not its name.

    Raises:
        Unreadable: the operating system refuses.
        TooLarge: past 64 MB.
        NotUnderstood: it is no mission, or is broken; says what is wrong and where.
    """
    return mission_in(_bytes(path, MOST_BYTES), path.name)


def mission_in(data: bytes, name: str = "it") -> MissionRead:
    """
    Read the bytes of a mission file.

    Raises:
        NotUnderstood: they are none.
    """
    if not data:
        what = f"{name} is empty."
        raise NotUnderstood(what)
    kind = recognise(data)
    if kind is None:
        titles = ", ".join(each.title for each in formats())
        what = f"{name} is no mission that is known: neither {titles}."
        raise NotUnderstood(what, try_this="groundside plan formats")
    mission, problems = kind.read(data)
    return MissionRead(kind.name, mission, problems)


def encode_mission(mission: Mission, name: str) -> Written:
    """
    Write a mission as bytes, in the format of a file name's suffix.

    Returns:
        The bytes, and what of the mission a file of this kind cannot hold.

    Raises:
        BadRequest: no format has this suffix, or the file would mean another flight.
    """
    return for_suffix(name).write(mission, time.time_ns() // 1_000_000)


def write_mission(mission: Mission, path: Path) -> tuple[Problem, ...]:
    """
    Write a mission to a file, whole or not at all, in the format of its suffix.

    Returns:
        What of the mission the file does not hold.

    Raises:
        BadRequest: no format has this suffix, or the file would mean another flight.
        NoSpace: it cannot be written.
    """
    written = encode_mission(mission, path.name)
    try:
        with tempfile.TemporaryDirectory(prefix=".groundside-", dir=path.parent) as folder:
            whole = Path(folder) / "mission"
            whole.write_bytes(written.content)
            whole.replace(path)
    except OSError as error:
        what = f"{path} cannot be written: {error.strerror}."
        raise NoSpace(what, try_this="choose another folder") from error
    return written.problems


def plan_shape(read: MissionRead) -> dict[str, Fact]:
    """
    Tell a mission that was read as JSON: what stands in it, how long it is, what was not understood, what is wrong.

    `items` are its waypoints. `not_understood` also lists MAVLink commands that have no noun here; they stand among the
    actions as well, and are written again.
    """
    mission = read.mission
    shape = mission_shape(mission)
    items = shape.pop("waypoints")
    unknown = cast("list[Fact]", shape.pop("not_understood"))
    commands: list[Fact] = [
        {"where": where, "text": f"MAVLink command {each.number}, parameters {list(each.params)}"}
        for where, each in commands_of(mission)
    ]
    return {
        "format": read.format,
        **shape,
        "items": items,
        "length_m": length_m(mission),
        "duration_s": duration_s(mission),
        "not_understood": [*unknown, *commands],
        "problems": problem_shapes(read.problems),
    }


def drawing_shape(drawing: Drawing) -> dict[str, Fact]:
    """Tell a drawing that was read as JSON; positions are longitude, then latitude."""
    return {
        "format": drawing.format,
        "polygons": [[[[at.lon, at.lat] for at in ring] for ring in rings] for rings in drawing.area.polygons],
        "lines": [[[at.lon, at.lat] for at in line] for line in drawing.lines],
        "points": [[at.lon, at.lat] for at in drawing.points],
        "problems": problem_shapes(drawing.problems),
    }


def problem_shapes(problems: tuple[Problem, ...]) -> list[Fact]:
    """Tell problems: at which byte, where that is known, and what."""
    return [{"offset": each.offset, "what": each.what} for each in problems]


def read_plan_or_drawing(path: Path) -> MissionRead | Drawing:
    """
    Read a mission, or a drawn area where the file holds areas and no way to fly.

    Raises:
        Unreadable, TooLarge, NotUnderstood, BadRequest: as `read_mission` and `read_drawing`.
    """
    try:
        read = read_mission(path)
    except NotUnderstood as error:
        if path.suffix.lower() not in DRAWN:
            raise
        try:
            return read_drawing(path)
        except BadRequest:
            raise error from None
    bare = not read.mission.waypoints and read.format in ("kml", "geojson")
    return read_drawing(path) if bare and not (read.mission.fences or read.mission.rally) else read


def mission_formats() -> tuple[MissionFormat, ...]:
    """Give every mission format that is known."""
    return formats()


def read_area(path: Path, most_bytes: int = MOST_AREA_BYTES) -> Area:
    """
    Read the area in a file: GeoJSON, KML, KMZ, Shapefile (zipped, or with its parts beside it), GeoPackage.

    Raises:
        Unreadable: the operating system refuses.
        TooLarge: past the limit.
        BadRequest: it holds no area.
    """
    return _area(read_drawing(path, most_bytes))


def read_drawing(path: Path, most_bytes: int = MOST_AREA_BYTES) -> Drawing:
    """
    Read areas, lines and points in a file; see `read_area`.

    Raises:
        Unreadable: the operating system refuses.
        TooLarge: past the limit.
        BadRequest: it is no such file.
    """
    from groundside.decode.areas.reading import read_drawing as read
    from groundside.decode.areas.tables import packed

    if path.suffix.lower() == ".shp":
        parts = {part: path.with_suffix(part) for part in _SHAPE_PARTS}
        present = {part: _bytes(each, most_bytes) for part, each in parts.items() if part == ".shp" or each.is_file()}
        return read(packed(present))
    return read(_bytes(path, most_bytes))


def area_of(text: str | bytes, most_positions: int) -> Area:
    """
    Read an area from the text of a file.

    Raises:
        BadRequest: it is none, or has more positions.
    """
    from groundside.decode.areas.reading import read_drawing as read

    return _area(read(text, most_positions))


def _area(drawing: Drawing) -> Area:
    if not drawing.area.polygons:
        what = "This is no area. "
        what += "A point or a line has no inside." if drawing.lines or drawing.points else "There is no polygon in it."
        raise BadRequest(what, try_this="draw a polygon")
    return drawing.area


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        what = f"{path} cannot be read: {error.strerror}."
        raise Unreadable(what, try_this="check the spelling and the permissions") from error
    if len(content) > most:
        what = f"{path} is larger than {most >> 20} MB, which no such file needs."
        raise TooLarge(what, try_this="simplify it")
    return content


def action_words(action: Action) -> str:
    """Tell an action in a few words."""
    shape = action_shape(action)
    numbers = [f"{name} {value}" for name, value in shape.items() if name != "do" and value not in (None, False, "")]
    return " ".join((str(shape["do"]).replace("_", " "), *numbers))


def mission_items_of(mission: Mission) -> dict[int, list[dict[str, int | float]]]:
    """
    Tell a mission as the fields of MISSION_ITEM_INT: what a ground station uploads. Nothing is sent.

    Returns:
        By MAV_MISSION_TYPE: 0 the mission, 1 the fence, 2 rally points; without the system and component to go to.

    Raises:
        BadRequest: a height is above the ellipsoid, which MAVLink has no frame for.
    """
    items = mission_items(mission)
    kinds = enumerate((items.mission, items.fence, items.rally))
    return {kind: [mission_item_int(each, seq, kind) for seq, each in enumerate(some)] for kind, some in kinds}
