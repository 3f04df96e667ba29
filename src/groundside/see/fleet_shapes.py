"""A fleet, and what happened in flights, as JSON values; no number without its evidence."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from groundside.model.place import LonLat
from groundside.see.text import iso

if TYPE_CHECKING:
    from groundside.archive.happened import Happened
    from groundside.model.fleet import ComponentRow, CraftRow, FleetState
    from groundside.model.happening import Happening, IncidentDraft, PhaseSpan, Wind
    from groundside.model.health import BatteryFlight, BatteryHealth
    from groundside.model.maintenance import Plan, Task

Shape = dict[str, Any]


def fleet_shape(state: FleetState) -> Shape:
    """A whole fleet."""
    return {
        "aircraft": [craft_shape(each) for each in state.aircraft],
        "batteries": [battery_shape(each) for each in state.batteries],
        "components": [component_shape(each) for each in state.components],
        "maintenance": [task_shape(each) for each in state.tasks],
        "grounded": [{"aircraft": g.aircraft_id, "reasons": list(g.reasons)} for g in state.grounded],
        "unread": [{"flight": flight, "why": why} for flight, why in state.unread],
    }


def craft_shape(row: CraftRow) -> Shape:
    """One aircraft."""
    craft = row.craft
    return {
        "name": craft.name or None, "registration": craft.registration or None, "type": craft.type or None,
        "serials": list(craft.serials), "registered": row.registered, "model": row.model or None,
        "firmwares": list(row.firmwares), "flights": row.flights, "airborne_s": row.airborne_s,
        "airborne_unknown": row.airborne_unknown, "simulated": row.simulated, "first": iso(row.first_us),
        "last": iso(row.last_us), "aboard": list(row.aboard), "grounded": list(row.grounded),
    }  # fmt: skip


def battery_shape(health: BatteryHealth) -> Shape:
    """One battery: every number with its interval, how much it rests on, and by which method."""
    return {
        "known_by": health.battery.known_by, "serial": health.battery.serial or None, "flights": health.flights,
        "airborne_s": health.airborne_s, "airborne_unknown": health.airborne_unknown, "first": iso(health.first_us),
        "last": iso(health.last_us),
        **{name: plain(getattr(health, name)) for name in (
            "drawn_ah", "full_cycles", "resistance", "capacity", "spread_rest", "resistance_trend", "capacity_trend",
        )},
        "advice": plain(health.advice),
    }  # fmt: skip


def battery_flight_shape(one: BatteryFlight) -> Shape:
    """One battery in one flight."""
    return {
        "known_by": one.battery.known_by, "flight": one.flight_id, "start": iso(one.start_us),
        "airborne_s": one.airborne_s, "least_v": plain(one.least_v), "percent_first": plain(one.percent_first),
        "percent_last": plain(one.percent_last),
        "temperature_c": None if one.temperature_c is None else plain(one.temperature_c.median),
        "drawn_ah": plain(one.drawn_ah), "resistance": plain(one.resistance), "capacity": plain(one.capacity),
    }  # fmt: skip


def component_shape(row: ComponentRow) -> Shape:
    """One component, where it was, and what it has done."""
    part = row.component
    places = [{"aircraft": i.aircraft_id, "from": iso(i.from_us), "until": iso(i.until_us)} for i in row.installations]
    return {
        "name": part.id, "kind": part.kind.value, "serial": part.serial or None, "in_service": iso(part.in_service_us),
        "installations": places, "usage": plain(row.usage),
    }  # fmt: skip


def task_shape(task: Task) -> Shape:
    """One task."""
    return plain(task)


def plan_shape(plan: Plan) -> Shape:
    """One plan."""
    return plain(plan)


def happened_shape(found: Happened) -> Shape:
    """What happened in a flight; times are UTC where `utc` is true, else microseconds on the log's own clock."""
    utc = found.flight.summary.time_basis.is_utc
    return {
        "flight": found.flight.id,
        "utc": utc,
        "phases": [_phase(each, utc=utc) for each in found.phases],
        "events": [_happening(each, utc=utc) for each in found.happenings],
        "wind": None if found.wind is None else _wind(found.wind),
    }


def incident_shape(draft: IncidentDraft) -> Shape:
    """The draft of an incident report."""
    utc = draft.time_basis.is_utc
    return {
        "why": draft.why,
        "time_basis": draft.time_basis.value,
        "facts": dict(draft.facts),
        "events": [_happening(each, utc=utc) for each in draft.happenings],
        "messages": [{"time": _time(t, utc=utc), "severity": s, "text": text} for t, s, text in draft.messages],
        "phases": [_phase(each, utc=utc) for each in draft.phases],
        "questions": [{"asks": q.asks, "source": plain(q.source)} for q in draft.questions],
    }


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """Give a noun as JSON values; numbers that JSON has no word for are null."""
    if is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, LonLat):
            return [value.lon, value.lat]
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.name.lower() if isinstance(value, int) else value.value
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _phase(span: PhaseSpan, *, utc: bool) -> Shape:
    return {
        "phase": span.phase.value, "start": _time(span.start_us, utc=utc), "end": _time(span.end_us, utc=utc),
        "seconds": span.seconds, "rows": [span.first_row, span.end_row],
    }  # fmt: skip


def _happening(one: Happening, *, utc: bool) -> Shape:
    return {
        "kind": one.kind, "severity": one.severity.name.lower(), "sentence": one.sentence,
        "start": _time(one.start_us, utc=utc), "end": _time(one.end_us, utc=utc), "place": plain(one.place),
        "value": plain(one.value), "evidence": plain(one.evidence), "sources": plain(one.sources),
    }  # fmt: skip


def _wind(wind: Wind) -> Shape:
    return plain(wind)


def _time(us: int | None, *, utc: bool) -> str | int | None:
    return iso(us) if utc else us
