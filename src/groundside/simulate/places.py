"""
Where simulated flights take place.

Each is open land or tidal flat with no house for kilometres, so that no demonstration ever shows anyone's
home, and is named by what anyone can read on a map. The time zones differ on purpose: one is at a half
hour, two are south of the equator, so that local times, and the sign of every coordinate, get exercised.
"""

from __future__ import annotations

from dataclasses import dataclass

from groundside.model.place import LonLat


@dataclass(frozen=True, slots=True)
class Field:
    """
    A place to fly from.

    Args:
        name: as a map has it.
        home: take-off point.
        altitude_m: of the ground above mean sea level, rounded.
        zone: IANA time zone.
        wind_mps: how much wind is usual there.
        ambient_c: how warm the air is on a flying day.
    """

    name: str
    home: LonLat
    altitude_m: float
    zone: str
    wind_mps: float
    ambient_c: float


SALT_FLAT = Field("Bonneville Salt Flats, Utah", LonLat(-113.86, 40.79), 1286.0, "America/Denver", 3.0, 22.0)
PLAIN = Field("Nullarbor Plain, South Australia", LonLat(130.62, -31.05), 95.0, "Australia/Adelaide", 4.0, 19.0)
HIGH_SALT_FLAT = Field("Salar de Uyuni", LonLat(-67.62, -20.21), 3656.0, "America/La_Paz", 5.0, 9.0)
TIDAL_FLAT = Field("Wadden Sea tidal flat", LonLat(8.36, 53.81), 1.0, "Europe/Berlin", 6.0, 12.0)
SALT_MARSH = Field("Great Rann of Kutch", LonLat(69.75, 23.98), 4.0, "Asia/Kolkata", 3.5, 33.0)
OUTWASH_PLAIN = Field("Skeidararsandur, Iceland", LonLat(-17.24, 63.90), 28.0, "Atlantic/Reykjavik", 5.5, 7.0)
GRAVEL_PLAIN = Field("Namib gravel plain", LonLat(15.18, -23.35), 640.0, "Africa/Windhoek", 3.0, 26.0)

FIELDS = (SALT_FLAT, PLAIN, HIGH_SALT_FLAT, TIDAL_FLAT, SALT_MARSH, OUTWASH_PLAIN, GRAVEL_PLAIN)
