"""What the owner states of a fleet, in the shell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from groundside.errors import BadRequest
from groundside.see.cli.console import say, write_json
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.dates import hours_ms, moment_us

Name = Annotated[str, typer.Argument(help="As you call it.", metavar="NAME")]
On = Annotated[str, typer.Option("--on", help="Date; now where not given.", metavar="DATE")]


def add_aircraft(  # noqa: PLR0913 - one for each option
    name: Name,
    registration: Annotated[str, typer.Option("--registration", help="Of the authority.")] = "",
    type_: Annotated[str, typer.Option("--type", help="As you group aircraft, for hours and rules.")] = "",
    serial: Annotated[list[str] | None, typer.Option("--serial", help="As its logs state it; one or several.")] = None,
    known_as: Annotated[list[str] | None, typer.Option("--known-as", help="Name its logs state.")] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register an aircraft, or state one anew."""
    from groundside.model.fleet import Craft

    craft = Craft(
        name=name, registration=registration, type=type_, serials=tuple(serial or ()), known_as=tuple(known_as or ())
    )
    with opened(archive) as it:
        _tell(it.register_aircraft(caller(), craft), f"{name} is registered.", as_json=as_json)


def ground(
    name: Name,
    why: Annotated[str, typer.Option("--reason", help="Why it must not fly.", metavar="TEXT")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say that an aircraft must not fly."""
    with opened(archive) as it:
        done = it.ground_aircraft(caller(), name, why)
    _tell(done, f"{name} must not fly. It may again with: groundside fleet aircraft release {name!r}", as_json=as_json)


def release(name: Name, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Say that an aircraft may fly again."""
    with opened(archive) as it:
        _tell(it.release_aircraft(caller(), name), f"{name} may fly again, as far as you said.", as_json=as_json)


def rate(
    serial: Annotated[str, typer.Argument(help="Serial of the battery.", metavar="SERIAL")],
    capacity_ah: Annotated[float | None, typer.Option("--capacity-ah", help="Of the pack when new.")] = None,
    resistance_ohm: Annotated[float | None, typer.Option("--resistance-ohm", help="Of the pack when new.")] = None,
    since: Annotated[str, typer.Option("--since", help="In use since.", metavar="DATE")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """State what a battery was when new: health is told against that."""
    from groundside.model.fleet import BatteryNote
    from groundside.model.health import Rated

    rated = Rated(capacity_ah=capacity_ah, resistance_ohm=resistance_ohm)
    note = BatteryNote(serial=serial, rated=rated, in_service_us=moment_us(since))
    with opened(archive) as it:
        _tell(it.rate_battery(caller(), note), f"What {serial} was when new is kept.", as_json=as_json)


def add_component(  # noqa: PLR0913 - one for each option
    name: Name,
    kind: Annotated[
        str, typer.Option("--kind", help="battery, propeller, motor, payload, controller, other.")
    ] = "other",
    serial: Annotated[str, typer.Option("--serial", help="Where it has one.")] = "",
    aircraft: Annotated[str, typer.Option("--aircraft", help="On which it is installed.")] = "",
    since: Annotated[str, typer.Option("--since", help="In use since; now where not given.", metavar="DATE")] = "",
    hours: Annotated[str, typer.Option("--hours", help="What it had behind it then.", metavar="H:MM")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter something that wears."""
    from groundside.model.maintenance import Carried, Component

    since_us = moment_us(since)
    part = Component(id=name, kind=_kind(kind), serial=serial, in_service_us=since_us)
    worn = hours_ms(hours)
    if worn is not None and since_us is None:
        what = "Hours from before need a date until which they are."
        raise BadRequest(what, try_this="--hours 12:30 --since 2026-01-01")
    before = Carried(component_id=name, as_of_us=since_us or 0, airborne_s=worn / 1000) if worn is not None else None
    with opened(archive) as it:
        _tell(it.add_component(caller(), part, aircraft, before), f"{name} is entered.", as_json=as_json)


def move_component(
    name: Name,
    to: Annotated[str, typer.Option("--to", help="Aircraft; off any where not given.", metavar="AIRCRAFT")] = "",
    on: On = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move a component to another aircraft, or off any."""
    with opened(archive) as it:
        done = it.move_component(caller(), name, to, moment_us(on))
    _tell(done, f"{name} is {f'on {to}' if to else 'on no aircraft'}.", as_json=as_json)


def add_plan(  # noqa: PLR0913 - one for each option
    name: Name,
    of: Annotated[list[str] | None, typer.Option("--for", help="Kind or name of components.", metavar="KIND")] = None,
    title: Annotated[str, typer.Option("--title", help="What is to be done.")] = "",
    hours: Annotated[float | None, typer.Option("--hours", help="Every so many hours in the air.")] = None,
    flights: Annotated[int | None, typer.Option("--flights", help="Every so many flights.")] = None,
    cycles: Annotated[float | None, typer.Option("--cycles", help="Every so many full cycles.")] = None,
    days: Annotated[float | None, typer.Option("--days", help="Every so many days.")] = None,
    after: Annotated[list[str] | None, typer.Option("--after", help="Event: hard_landing, crash, failsafe.")] = None,
    grounds: Annotated[bool, typer.Option("--grounds", help="Overdue, its aircraft must not fly.")] = False,
    source: Annotated[str, typer.Option("--source", help="Who asks for it: the manual, and where in it.")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """State what has to be done, and how often."""
    from groundside.model.maintenance import OWNER, ComponentKind, Plan
    from groundside.model.source import Source

    kinds = {kind.value for kind in ComponentKind}
    plan = Plan(
        id=name, title=title or name, source=Source(source, "") if source else OWNER,
        kinds=tuple(_kind(each) for each in of or () if each in kinds),
        component_ids=tuple(each for each in of or () if each not in kinds), every_hours=hours, every_flights=flights,
        every_cycles=cycles, every_days=days, on_events=tuple(after or ()), grounds=grounds,
    )  # fmt: skip
    with opened(archive) as it:
        _tell(it.add_plan(caller(), plan), f"The plan {name} is kept.", as_json=as_json)


def drop_plan(name: Name, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Take a plan back."""
    with opened(archive) as it:
        it.drop_plan(caller(), name)
    _tell(None, f"The plan {name} is taken back.", as_json=as_json)


def done(  # noqa: PLR0913 - one for each option
    plan: Annotated[str, typer.Argument(help="Name of the plan.", metavar="PLAN")],
    component: Annotated[str, typer.Argument(help="Name of the component.", metavar="COMPONENT")],
    on: On = "",
    by: Annotated[str, typer.Option("--by", help="Who did it; you where not given.")] = "",
    note: Annotated[str, typer.Option("--note", help="What was found.")] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter that maintenance was carried out: the task is closed."""
    from groundside.model.maintenance import Done

    with opened(archive) as it:
        at_us = moment_us(on)
        given = Done(
            plan_id=plan, component_id=component, at_us=it.now_us() if at_us is None else at_us, by=by, note=note
        )
        _tell(it.maintained(caller(), given), f"{plan} of {component} is done.", as_json=as_json)


def _kind(text: str):  # noqa: ANN202
    from groundside.model.maintenance import ComponentKind

    try:
        return ComponentKind(text)
    except ValueError as error:
        what = f"{text[:40]!r} is no kind of component."
        raise BadRequest(what, try_this="--kind " + ", ".join(kind.value for kind in ComponentKind)) from error


def _tell(kept: object, words: str, *, as_json: bool) -> None:
    if as_json:
        from groundside.see.fleet_shapes import plain

        write_json(plain(kept))
        return
    say(words)


Stating = Sequence[tuple[str, str, Callable[..., None]]]
OF: dict[str, Stating] = {
    "aircraft": (
        ("add", "Kestrel --registration N12345 --type quad --serial 1581F4", add_aircraft),
        ("ground", "Kestrel --reason 'cracked arm'", ground),
        ("release", "Kestrel", release),
    ),
    "batteries": (("rate", "B17 --capacity-ah 5.2", rate),),
    "components": (
        ("add", "'Props 3' --kind propeller --aircraft Kestrel", add_component),
        ("move", "'Props 3' --to Falcon --on 2026-05-01", move_component),
    ),
    "plans": (
        ("add", "'Replace propellers' --for propeller --hours 100 --source 'Manual, page 42'", add_plan),
        ("drop", "'Replace propellers'", drop_plan),
    ),
}
"""Sub-commands by family: name, example, function."""
ALONE: Stating = (("done", "'Replace propellers' 'Props 3' --on 2026-05-01", done),)
