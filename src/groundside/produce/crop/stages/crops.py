"""How much warmth each stage of a crop takes: published figures, with the origin from which they are counted."""

from __future__ import annotations

from dataclasses import dataclass

from groundside.errors import BadRequest
from groundside.model.source import Source

UW = Source(
    "University of Wisconsin, corn development and growing degree units", "", "relative maturity 95 to 105 days"
)
HPRCC = Source(
    "High Plains Regional Climate Center, corn growing degree days by stage", "https://hprcc.unl.edu/",
    "spread between early and late hybrids",
)  # fmt: skip
KSU = Source("Kansas State University, wheat growth and development", "", "heat units to emergence and first tiller")
VINE = Source("degree days above 10 C from bud break, southern France", "", "ranges between cultivars and years")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, BBCH code, and the growing degrees (C) that it takes: least, usual, most."""

    name: str
    bbch: int | None
    heat_c_days: tuple[float, float, float]
    source: Source


@dataclass(frozen=True, slots=True)
class Crop:
    """
    How a crop's warmth is counted.

    Args:
        name: of the crop.
        base_c, ceiling_c: warmth below or above does not count; None for no ceiling.
        method: usual for these figures.
        begins: what the count begins with.
        stages: in order.
        notes: what is not certain.
    """

    name: str
    base_c: float
    ceiling_c: float | None
    method: int
    begins: str
    stages: tuple[Stage, ...]
    notes: tuple[str, ...]


def _fahrenheit(low: float, usual: float, high: float) -> tuple[float, float, float]:
    return low * 5.0 / 9.0, usual * 5.0 / 9.0, high * 5.0 / 9.0


def _spread(usual: float, early: float, mid: float, late: float) -> tuple[float, float, float]:
    """Spread one figure as hybrids spread around another one of the same stage."""
    return _fahrenheit(usual * early / mid, usual, usual * late / mid)


CROPS = {
    crop.name: crop
    for crop in (
        Crop(
            "maize", 10.0, 30.0, 2, "sowing",
            (
                Stage("V8", 18, _fahrenheit(600, 600, 600), UW),
                Stage("V13", 19, _fahrenheit(900, 900, 900), UW),
                Stage("VT", 55, _spread(1200, 1144, 1200, 1272), UW),
                Stage("R3", 75, _spread(1550, 1327, 1440, 1585), UW),
                Stage("R4", 85, _spread(1900, 1511, 1680, 1897), UW),
                Stage("R5", None, _spread(2200, 1694, 1920, 2210), UW),
                Stage("R6", 87, _fahrenheit(2400, 2500, 2600), UW),
            ),
            (
                "figures of hybrids of 95 to 105 days; the spread is that of the High Plains table, whose "
                "own origin is not stated; for V8 and V13 no spread is published",
            ),
        ),
        Crop(
            "wheat", 0.0, None, 1, "sowing",
            (
                Stage("half emerged", 9, (150.0, 150.0, 150.0), KSU),
                Stage("first tiller", 21, (450.0, 450.0, 450.0), KSU),
            ),
            ("no spread is published; later stages depend on day length and cold as well, and are not given",),
        ),
        Crop(
            "grapevine", 10.0, None, 1, "bud break",
            (
                Stage("flowering", 65, (400.0, 450.0, 500.0), VINE),
                Stage("fruit set", 71, (600.0, 700.0, 800.0), VINE),
                Stage("veraison", 81, (1200.0, 1300.0, 1400.0), VINE),
                Stage("harvest", 89, (1600.0, 1700.0, 1800.0), VINE),
            ),
            ("ranges over cultivars: dates of your own cultivar from earlier years are better",),
        ),
    )
}  # fmt: skip
"""By name. Maize counts between 50 and 86 F."""


def crop_named(name: str) -> Crop:
    """
    Find a crop.

    Raises:
        BadRequest: none of its stages is known here.
    """
    found = CROPS.get(name.lower())
    if found is None:
        what = f"No stages of {name!r} are known here."
        raise BadRequest(what, try_this=f"--crop {next(iter(CROPS))}, or one of {', '.join(CROPS)}")
    return found
