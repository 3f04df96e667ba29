"""What of a mission a file cannot hold, told in words: such loss is never silent."""

from __future__ import annotations

from groundside.model.mission import Command, Mission
from groundside.plan.missions.format import Said

_WORDS = {
    "name": "its name",
    "speed_m_s": "its speed",
    "take_off_height_m": "the height of its take-off",
    "home": "its home",
    "finish": "its finish",
    "lost_link": "what to do when the link is lost",
    "fences": "its fences",
    "fence_return": "where to return from a fence",
    "rally": "its rally points",
    "aircraft": "its aircraft",
    "camera": "its camera",
    "surveys": "what its surveys were made from",
    "actions": "what is done before the first waypoint",
    "not_understood": "what was not understood in the file that it came from",
}


def say_losses(mission: Mission, kind: str, held: frozenset[str], said: Said) -> None:
    """
    Say what of a mission a kind of file does not hold.

    Args:
        mission: to be written.
        kind: of file, with its article.
        held: the fields of `Mission` that it does hold.
        said: takes the problems.
    """
    for name, words in _WORDS.items():
        if name not in held and getattr(mission, name) not in ("", None, ()):
            said.say(f"{kind[0].upper()}{kind[1:]} does not hold {words}: left out.")


def commands_of(mission: Mission) -> list[tuple[str, Command]]:
    """Give the MAVLink commands that have no noun here, each with where it stands."""
    found = [("before the first waypoint", each) for each in mission.actions if isinstance(each, Command)]
    for nth, point in enumerate(mission.waypoints):
        if point.command is not None:
            found.append((f"waypoint {nth}", point.command))
        found += [(f"at waypoint {nth}", each) for each in point.actions if isinstance(each, Command)]
    return found
