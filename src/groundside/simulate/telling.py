"""The truth about a simulated flight, as plain values that can be written beside its file."""

from __future__ import annotations

from dataclasses import asdict
from math import isfinite

from groundside.simulate import MARK
from groundside.simulate.doing import stretches
from groundside.simulate.truth import Truth

Fact = str | int | float | bool | None | list["Fact"] | dict[str, "Fact"]


def facts_of(truth: Truth) -> dict[str, Fact]:
    """Tell what happened: the flight as a whole, each sortie, and all that went wrong. Units are in the names."""
    return {
        "simulated": MARK,
        "name": truth.name,
        "mission": truth.mission,
        "vehicle": truth.aircraft.kind or "multirotor",
        "autopilot": truth.autopilot,
        "aircraft": dict(asdict(truth.aircraft)),
        "batteries": [dict(asdict(b)) for b in truth.batteries],
        "place": {
            "name": truth.field.name, "lon": truth.home.lon, "lat": truth.home.lat,
            "altitude_m": truth.field.altitude_m, "time_zone": truth.field.zone,
        },
        "start_us": truth.start_us,
        "duration_s": truth.duration_s,
        "samples": len(truth),
        "takeoff_us": truth.takeoff_us,
        "landing_us": truth.landing_us,
        "airborne_s": truth.airborne_s,
        "distance_m": truth.distance_m,
        "max_height_m": truth.max_height_m,
        "max_speed_mps": truth.max_speed_mps,
        "sorties": [dict(asdict(s)) for s in truth.sorties],
        "phases": [
            {"phase": what, "start_us": int(truth.time_us[a]), "end_us": int(truth.time_us[min(b, len(truth) - 1)])}
            for what, a, b in stretches(truth.doing)
        ],
        "wind_to_north_mps": truth.wind_north_mps if isfinite(truth.wind_north_mps) else None,
        "wind_to_east_mps": truth.wind_east_mps if isfinite(truth.wind_east_mps) else None,
        "faults": [dict(asdict(f)) for f in truth.faults],
        "messages": [dict(asdict(m)) for m in truth.messages],
        "settings": len([s for s in truth.settings if s.time_us is None]),
        "settings_changed": [dict(asdict(s)) for s in truth.settings if s.time_us is not None],
    }  # fmt: skip
