"""What was found in a flight (phases, events, wind, batteries), kept as an object of the vault: it is derived."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from groundside.keep.canonical import canonical, noun
from groundside.keep.vault import Vault
from groundside.model.happening import Happening, PhaseSpan, Wind
from groundside.model.health import BatteryFlight, BatteryKey, Estimate, Finding, NotEnough, Span

KIND = "happened"
"""As `DerivedObject.kind` names such an object."""
_FINDINGS = ("drawn_ah", "resistance", "capacity", "spread_load", "spread_rest")


@dataclass(frozen=True, slots=True)
class Told:
    """What was found in one flight, without any limits of the owner's."""

    phases: tuple[PhaseSpan, ...]
    happenings: tuple[Happening, ...]
    wind: Wind | None
    batteries: tuple[BatteryFlight, ...]


def told_bytes(told: Told) -> bytes:
    """Write what was found as JSON; the same always gives the same bytes."""
    return canonical(told).encode()


def get_told(vault: Vault, object_id: str) -> Told:
    """
    Read it back.

    Raises:
        NotFound, Tampered: no such object, or its bytes changed.
    """
    with vault.view(object_id) as data:
        plain: dict[str, Any] = json.loads(bytes(data))
    return Told(
        phases=tuple(noun(PhaseSpan, canonical(each)) for each in plain["phases"]),
        happenings=tuple(noun(Happening, canonical(each)) for each in plain["happenings"]),
        wind=None if plain["wind"] is None else noun(Wind, canonical(plain["wind"])),
        batteries=tuple(_battery(each) for each in plain["batteries"]),
    )


def _battery(plain: dict[str, Any]) -> BatteryFlight:
    temperature = plain["temperature_c"]
    return BatteryFlight(
        battery=BatteryKey(**plain["battery"]),
        flight_id=plain["flight_id"],
        start_us=plain["start_us"],
        airborne_s=plain["airborne_s"],
        percent_first=plain["percent_first"],
        percent_last=plain["percent_last"],
        least_v=plain["least_v"],
        temperature_c=None if temperature is None else Span(**temperature),
        **{name: _finding(plain[name]) for name in _FINDINGS},
    )


def _finding(plain: dict[str, Any]) -> Finding:
    if "value" not in plain:
        return noun(NotEnough, canonical(plain))
    ends = {"low": -math.inf, "high": math.inf}  # JSON has no word for what is unbounded
    plain = {name: ends[name] if name in ends and value is None else value for name, value in plain.items()}
    found = noun(Estimate, canonical({**plain, "low": 0.0, "high": 0.0}))
    return Estimate(
        quantity=found.quantity, value=found.value, low=plain["low"], high=plain["high"], count=found.count,
        evidence=found.evidence, method=found.method,
    )  # fmt: skip
