"""`groundside fleet`: aircraft, batteries, components, what is due, and what must not fly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from groundside.see.cli import fleet_stating
from groundside.see.cli.console import say, write_json, write_table
from groundside.see.cli.context import ArchiveOption, JsonOption, caller, opened
from groundside.see.cli.grouping import ShowsByDefault
from groundside.see.cli.progress import shown_progress
from groundside.see.cli.words import UNKNOWN, local_words, seconds_words

if TYPE_CHECKING:
    from groundside.model.fleet import FleetState
    from groundside.model.health import Finding

Everything = Annotated[bool, typer.Option("--all", help="Also what is not due.")]


def add_to(app: typer.Typer) -> None:
    """Add this family's commands."""
    family = typer.Typer(help="Aircraft, batteries, components and what is due.", cls=ShowsByDefault)
    family.command("show", epilog="Example: groundside fleet --json")(whole)
    for name, listing in (
        ("aircraft", aircraft),
        ("batteries", batteries),
        ("components", components),
        ("plans", plans),
    ):
        group = typer.Typer(help=(listing.__doc__ or "").partition("\n")[0], cls=ShowsByDefault)
        group.command("show", epilog=f"Example: groundside fleet {name} --json")(listing)
        for command, example, function in fleet_stating.OF[name]:
            group.command(command, epilog=f"Example: groundside fleet {name} {command} {example}")(function)
        family.add_typer(group, name=name)
    family.command("maintenance", epilog="Example: groundside fleet maintenance --json")(maintenance)
    for command, example, function in fleet_stating.ALONE:
        family.command(command, epilog=f"Example: groundside fleet {command} {example}")(function)
    app.add_typer(family, name="fleet")


def whole(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Show the whole fleet: aircraft, batteries, and what is due."""
    state = _state(archive)
    if as_json:
        from groundside.see.fleet_shapes import fleet_shape

        write_json(fleet_shape(state))
        return
    _write_aircraft(state)
    _write_batteries(state)
    _write_tasks(state, every=False)


def aircraft(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List aircraft: flights, hours, firmware seen, whether they may fly."""
    state = _state(archive)
    if as_json:
        from groundside.see.fleet_shapes import craft_shape

        write_json([craft_shape(each) for each in state.aircraft])
        return
    _write_aircraft(state)


def batteries(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List batteries: cycles, hours, health with its evidence, and whether to retire them."""
    state = _state(archive)
    if as_json:
        from groundside.see.fleet_shapes import battery_shape

        write_json([battery_shape(each) for each in state.batteries])
        return
    _write_batteries(state)


def components(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List components: what they have done, where they are and were."""
    state = _state(archive)
    if as_json:
        from groundside.see.fleet_shapes import component_shape

        write_json([component_shape(each) for each in state.components])
        return
    rows = [
        (
            row.component.id, row.component.kind.value,
            next((i.aircraft_id for i in row.installations if i.until_us is None), UNKNOWN), str(row.usage.flights),
            seconds_words(row.usage.airborne_s), f"{row.usage.full_cycles:.1f}",
        )
        for row in state.components
    ]  # fmt: skip
    write_table(
        ["component", "kind", "on", "flights", "airborne", "cycles"], rows, right=["flights", "airborne", "cycles"]
    )


def plans(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List maintenance plans: what is to be done, and how often."""
    from groundside.see.fleet_shapes import plan_shape

    with opened(archive) as it:
        found = it.maintenance_plans(caller())
    if as_json:
        write_json([plan_shape(each) for each in found])
        return
    rows: list[tuple[str, ...]] = []
    for plan in found:
        counts = ((plan.every_hours, "h"), (plan.every_flights, "flights"), (plan.every_cycles, "cycles"),
                  (plan.every_days, "days"))  # fmt: skip
        every = ", ".join(f"{value:g} {unit}" for value, unit in counts if value is not None)
        of = ", ".join([*(kind.value for kind in plan.kinds), *plan.component_ids])
        rows.append((plan.id, of, every or UNKNOWN, ", ".join(plan.on_events) or UNKNOWN, plan.title))
    write_table(["plan", "for", "every", "after", "title"], rows)


def maintenance(every: Everything = False, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List what is to be done, the most pressing first, and which aircraft must not fly."""
    state = _state(archive)
    if as_json:
        from groundside.see.fleet_shapes import task_shape

        write_json([task_shape(each) for each in (state.tasks if every else state.due)])
        return
    _write_tasks(state, every=every)


def _state(archive: str | None) -> FleetState:
    with opened(archive) as it, shown_progress() as progress:
        return it.fleet(caller(), progress=progress)


def _write_aircraft(state: FleetState) -> None:
    rows = [
        (
            r.craft.name or UNKNOWN, r.craft.registration or UNKNOWN, r.craft.type or UNKNOWN, str(r.flights),
            seconds_words(r.airborne_s), local_words(r.last_us), ", ".join(r.firmwares[-1:]) or UNKNOWN,
            "grounded: " + "; ".join(r.grounded) if r.grounded else "may fly",
        )
        for r in state.aircraft
    ]  # fmt: skip
    heads = ["aircraft", "registration", "type", "flights", "airborne", "last flight", "firmware", "state"]
    write_table(heads, rows, right=["flights", "airborne"])
    for flight, why in state.unread[:10]:
        say(f"flight {flight[:8]} could not be looked into: {why}")


def _write_batteries(state: FleetState) -> None:
    rows = [
        (
            h.battery.serial or h.battery.known_by, str(h.flights), seconds_words(h.airborne_s),
            _value(h.full_cycles, 1.0), _value(h.capacity, 1.0), _value(h.resistance, 1000.0), h.advice.verdict.value,
            h.advice.reasons[0].says if h.advice.reasons else UNKNOWN,
        )
        for h in state.batteries
    ]  # fmt: skip
    heads = ["battery", "flights", "airborne", "cycles", "capacity Ah", "resistance mΩ", "advice", "note"]
    write_table(heads, rows, right=["flights", "airborne"])


def _value(found: Finding, scale: float) -> str:
    from groundside.model.health import Estimate

    if not isinstance(found, Estimate):
        return UNKNOWN
    return f"{found.value * scale:.3g} ({found.low * scale:.3g} to {found.high * scale:.3g})"


def _write_tasks(state: FleetState, *, every: bool) -> None:
    shown = state.tasks if every else state.due
    rows = [(t.due.value, t.plan_id, t.component_id, t.title, "; ".join(t.because)) for t in shown]
    write_table(["due", "plan", "component", "title", "note"], rows)
    for each in state.grounded:
        say(f"{each.aircraft_id} must not fly: {'; '.join(each.reasons)}")
    if not shown:
        say("Nothing is due.")
