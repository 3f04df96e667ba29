"""Nitrogen, stages and products: what a field is told, by whom, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from groundside.model.source import Source

Value = float | str
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Need:
    """
    One input of a model.

    Args:
        name: as it is given.
        unit: of the number; empty for words.
        what: what it is.
        low, high: outside of them it cannot be right.
        optional: whether the model can do without.
    """

    name: str
    unit: str
    what: str
    low: float = 0.0
    high: float = float("inf")
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Interval:
    """From where to where a number lies, at which level of confidence, by which method; None where there is no end."""

    low: float | None
    high: float | None
    level: float
    method: str


@dataclass(frozen=True, slots=True)
class Advice:
    """
    How much nitrogen, by which model.

    Args:
        model: its name.
        rate_kg_ha: nitrogen, kg/ha.
        confidence: "low", "medium" or "high".
        why: what the confidence rests on.
        inputs: everything that was given.
        worked: every number on the way.
        sources: of the model and its numbers.
        interval: of the rate; None where the model gives none.
        notes: what to know before acting on it.
        limited: which limit changed the rate; empty where none did.
    """

    model: str
    rate_kg_ha: float
    confidence: str
    why: str
    inputs: Values
    worked: Mapping[str, float | str | None]
    sources: tuple[Source, ...]
    interval: Interval | None = None
    notes: tuple[str, ...] = ()
    limited: str = ""


@dataclass(frozen=True, slots=True)
class NotEnough:
    """
    The answer that there is not enough evidence for a rate.

    Args:
        model: which was asked; empty where none was.
        what: why there is no rate.
        would_help: what would be evidence.
        inputs: everything that was given.
        worked: what could be computed all the same.
        sources: of what is said.
    """

    model: str
    what: str
    would_help: tuple[str, ...]
    inputs: Values = field(default_factory=dict[str, Value])
    worked: Mapping[str, float | str | None] = field(default_factory=dict[str, "float | str | None"])
    sources: tuple[Source, ...] = ()


Outcome = Advice | NotEnough


@dataclass(frozen=True, slots=True)
class Limits:
    """
    Within what a rate must stay.

    Args:
        cap_kg_ha: nitrogen that the law or a programme allows; None where none was named.
        cap_source: who says so.
        least_kg_ha, most_kg_ha: what the machine can spread; a rate below the least becomes 0.
        step_kg_ha: the machine's steps; rates are rounded down to one. 0 for none.
    """

    cap_kg_ha: float | None = None
    cap_source: str = ""
    least_kg_ha: float = 0.0
    most_kg_ha: float | None = None
    step_kg_ha: float = 0.0


@dataclass(frozen=True, slots=True)
class Product:
    """
    A fertiliser.

    Args:
        name: as typed.
        title: as called.
        nitrogen: its share: kg N in a kg, or in a litre where it is spread by volume.
        unit: "kg" or "l".
        note: what to know.
    """

    name: str
    title: str
    nitrogen: float
    unit: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """An amount of a product for an area, its cost, and what it saves against a flat rate."""

    product: str
    nitrogen_kg: float
    amount: float
    unit: str
    cost: float | None
    saving: float | None
    saving_interval: Interval | None


@dataclass(frozen=True, slots=True)
class Day:
    """Warmth of one day, in degrees Celsius."""

    day: date
    high_c: float
    low_c: float


@dataclass(frozen=True, slots=True)
class StageDate:
    """
    When a stage is reached.

    Args:
        stage: its name in the source.
        bbch: two digits; None where the source's stage has none.
        heat_c_days: growing degrees that it takes, in Celsius; earliest, usual, latest where the source says so.
        reached: the day; None where the weather does not reach so far.
        earliest, latest: days between which it lies; None where unknown.
        source: who says so.
    """

    stage: str
    bbch: int | None
    heat_c_days: tuple[float, float, float]
    reached: date | None
    earliest: date | None
    latest: date | None
    source: Source


@dataclass(frozen=True, slots=True)
class StageReport:
    """
    The stages of a crop in one season.

    Args:
        crop: which.
        begun: sowing or bud break.
        method: of growing degree days: 1 or 2 of McMaster and Wilhelm 1997.
        base_c, ceiling_c: warmth below or above that does not count; None for no ceiling.
        heat_c_days: sum up to the last day of weather.
        until: that day.
        stages: in order.
        notes: what is not certain.
    """

    crop: str
    begun: date
    method: int
    base_c: float
    ceiling_c: float | None
    heat_c_days: float
    until: date
    stages: tuple[StageDate, ...]
    notes: tuple[str, ...]
