"""`groundside compare`: flights side by side, as the page of the same name shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from groundside.see.cli.console import say, show, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.logs import value_words
from groundside.see.cli.words import local_words, metres_words, seconds_words
from groundside.see.text import error_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from groundside.archive.archive import Archive
    from groundside.model.track import Track
    from groundside.see.comparing import Compared

    Shape = Mapping[str, Any]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example: groundside compare 4f2a 91c0 --json")(compare)


def compare(
    ids: Annotated[list[str], typer.Argument(help="Ids of 2 to 4 flights, or their beginnings.", metavar="FLIGHT…")],
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show 2 to 4 flights side by side, and the parameters in which they differ."""
    from groundside.errors import BadRequest
    from groundside.see.comparing import LEAST, MOST, comparison_shape

    with opened(archive) as it:
        chosen = list(dict.fromkeys(it.resolve(caller(), each) for each in ids))
        if not LEAST <= len(chosen) <= MOST:
            what = f"{LEAST} to {MOST} different flights are compared, not {len(chosen)}."
            raise BadRequest(what, try_this="groundside flights")
        found = comparison_shape(_all_of(it, chosen))
    if as_json:
        write_json(found)
        return
    _write(found)


def _all_of(archive: Archive, ids: list[str]) -> list[Compared]:
    from groundside.see.comparing import Compared

    said = {each: _pilot(archive, each) for each in ids}
    people = archive.people(caller()) if any(said.values()) else ()
    names = {each.person.id: each.person.name for each in people}
    return [
        Compared(
            flight=archive.flight(caller(), each).flight,
            happened=archive.happened(caller(), each),
            track=_track(archive, each),
            pilot=names.get(said[each], said[each]) or None,
            parameters=archive.log(caller(), each).parameters,
        )
        for each in ids
    ]


def _pilot(archive: Archive, flight: str) -> str:
    """Give the id of who is said at present to have flown; what was said of merged parts goes last."""
    from groundside.model.assignment import Field

    told = archive.assignments(caller(), flight)
    held = [each for each in told if each.field is Field.PIC and each.ended_us is None and each.value]
    return max(held, key=lambda each: (each.flight_id == flight, each.at_us)).value if held else ""


def _track(archive: Archive, flight: str) -> Track | None:
    from groundside.errors import Locked, NotFound

    try:
        return archive.track(caller(), flight)
    except (Locked, NotFound):
        return None


def _write(found: Shape) -> None:
    flights = found["flights"]
    heads = [each["id"][:8] for each in flights]
    rows = [(name, *map(words, flights)) for name, words in _ROWS.items()]
    rows += [(f"battery {n} used", *(_battery(each, n) for each in flights)) for n in _batteries(flights)]
    rows += [(f"phase: {name}", *(_phase(each, name) for each in flights)) for name in _phases(flights)]
    write_table(["", *heads], rows)
    parameters = found["parameters"]
    stating = sum(count > 0 for count in parameters["stated_by"])
    if stating < 2:
        say("Fewer than two of these flights state parameters.")
        return
    if parameters["differing"]:
        show("")
        lines = [(each["name"], *map(_parameter, each["values"])) for each in parameters["differing"]]
        write_table(["parameter", *heads], lines, right=heads)
    say(f"{len(parameters['differing'])} parameters that two or more state differ; {parameters['alike']} are alike.")


def _parameter(value: float | None) -> str:
    return _NONE if value is None else value_words(value)


def _began(of: Shape) -> str:
    if of["start"] is None:
        wall = (of["local_start"] or "").replace("T", " ")[:19]
        return f"{wall} zone unknown" if wall else _NONE
    return local_words(_us(of["start"]), of["time_zone"] or "UTC")


def _us(iso: str) -> int:
    from datetime import datetime

    return round(datetime.fromisoformat(iso).timestamp() * 1e6)


def _known(name: str, words: Callable[[Any], str]) -> Callable[[Shape], str]:
    return lambda of: _NONE if of[name] is None else words(of[name])


def _batteries(flights: Sequence[Shape]) -> list[int]:
    return sorted({1, *(one["battery"] for each in flights for one in each["batteries"])})


def _battery(of: Shape, number: int) -> str:
    one = next((each for each in of["batteries"] if each["battery"] == number), None)
    if one is None or one["percent"] is None:
        return _NONE
    first, last = one["percent"]
    used = _NONE if one["used_percent"] is None else f"{one['used_percent']:.0f} %"
    return f"{used} ({first:.0f} to {last:.0f} %)"


def _phases(flights: Sequence[Shape]) -> list[str]:
    """Name every phase that any of them has, in the order in which it is found."""
    return list(dict.fromkeys(name for each in flights for name in each["phases"] or ()))


def _phase(of: Shape, name: str) -> str:
    if of["phases"] is None:
        return _NONE
    return seconds_words(of["phases"][name]) if name in of["phases"] else "none"


def _wind(wind: Shape) -> str:
    return f"{wind['speed_mps']:.1f}{error_words(wind['error_mps'])} m/s from {wind['from_deg']:.0f}° ({wind['basis']})"


def _speed(mps: float) -> str:
    return f"{mps:.1f} m/s"


_NONE = "not recorded"
_ROWS: dict[str, Callable[[Shape], str]] = {
    "place": _known("place", str),
    "began": _began,
    "aircraft": _known("aircraft", str),
    "pilot": _known("pilot", str),
    "airborne": _known("airborne_s", seconds_words),
    "distance": _known("distance_m", metres_words),
    "greatest height above take-off": _known("max_height_m", metres_words),
    "greatest speed": _known("max_speed_mps", _speed),
    "mean speed": _known("mean_speed_mps", _speed),
    "wind": _known("wind", _wind),
    "events": _known("events", lambda all_: ", ".join(f"{n} {name}" for name, n in all_.items()) or "none found"),
}
