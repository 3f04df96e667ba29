"""
Write a flight as an IGC file, as flight recorders of gliders do.

After the FAI/IGC Technical Specification for GNSS Flight Recorders, Appendix A: lines end in CR LF; A names the
recorder (XXX where it is not approved), H the flight, I what stands behind the 35 characters of each B: FXA (metres),
SIU (satellites), LAD and LOD (further digits of the minutes), TDS (digits of the second). B is UTC of day, latitude
and longitude in degrees and thousandths of minutes, A or V, pressure altitude, altitude; V keeps the last position
and has no altitude, as real files have it. E precedes the fix of its event. The three-letter codes are those of
paragraph A7: LOV low voltage, GDC and GCN receiver lost and found, PEV whatever the pilot marks, here all else.
F lists satellites, L is free text. The G record is no signature: its digits are drawn by lot.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from groundside.simulate import MARK
from groundside.simulate.truth import Truth

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

END = "\r\n"
_DAY_S, _BODY = 86_400, 35
_MOST_DIGITS = 3
_EVENTS = {"battery_low": "LOV", "battery_critical": "LOV", "gnss_lost": "GDC"}
_SECURITY_LINES, _SECURITY_DIGITS = 4, 64


@dataclass(frozen=True, slots=True)
class Recorder:
    """
    How to record.

    Args:
        rate_hz: fixes a second, at whole fractions of it; more than 1 has TDS.
        long_date: "HFDTEDATE:260526,01" as of 2016; else "HFDTE260526".
        digits: of the minutes beyond the third, as LAD and LOD; 0 has neither.
        accuracy: fixes have FXA and SIU.
    """

    rate_hz: int = 1
    long_date: bool = True
    digits: int = 0
    accuracy: bool = True

    @property
    def second_digits(self) -> int:
        """Digits of TDS: as many as the rate needs, and at most three."""
        needed = (d for d in range(_MOST_DIGITS + 1) if 10**d % self.rate_hz == 0)
        return next(needed, _MOST_DIGITS)


@dataclass(frozen=True, slots=True)
class _Fixes:
    """Fixes at whole fractions of seconds, between the samples of the truth; NaN where there is no position."""

    time_us: Whole
    lon: Floats
    lat: Floats
    altitude: Floats
    satellites: Whole

    @property
    def valid(self) -> NDArray[np.bool_]:
        return np.isfinite(self.lat)


def write(truth: Truth, seed: int = 0, options: Recorder | None = None) -> bytes:
    """
    Write the recording: a fix at each whole second, or part of one, from the first sample to the last.

    Args:
        truth: what happened.
        seed: draws the digits of the G record.
        options: how to record.
    """
    chosen = options or Recorder()
    fixes = _fixes(truth, chosen.rate_hz)
    lines = [*_header(truth, chosen), _extensions(chosen), f"LXXX{MARK}"]
    lines += _told(truth, fixes, _records(fixes, chosen))
    digits = np.random.default_rng(seed).integers(0, 16, (_SECURITY_LINES, _SECURITY_DIGITS)).tolist()
    lines += ["G" + "".join(f"{x:X}" for x in row) for row in digits]
    return (END.join(line for line in lines if line) + END).encode("ascii", "replace")


def _fixes(truth: Truth, rate_hz: int) -> _Fixes:
    first = -(-truth.start_us * rate_hz // 1_000_000)
    last = int(truth.time_us[-1]) * rate_hz // 1_000_000
    at = np.arange(first, last + 1) * 1_000_000 // rate_hz
    lon, lat = (np.interp(at, truth.time_us, np.where(truth.has_fix, x, np.nan)) for x in (truth.lon, truth.lat))
    before = np.clip(np.searchsorted(truth.time_us, at, side="right") - 1, 0, None)
    altitude = np.interp(at, truth.time_us, truth.altitude_m)
    return _Fixes(at, lon, lat, altitude, truth.satellites[before].astype(np.int64))


def _header(truth: Truth, chosen: Recorder) -> list[str]:
    start = datetime.fromtimestamp(truth.start_us // 1_000_000, UTC)
    day = f"{start:%d%m%y}"
    ahead = start.astimezone(ZoneInfo(truth.field.zone)).utcoffset()
    hours = ahead.total_seconds() / 3600.0 if ahead is not None else 0.0
    return [
        f"AXXXSIM{MARK}",
        f"HFDTEDATE:{day},01" if chosen.long_date else f"HFDTE{day}",
        "HFFXA035",
        "HFPLTPILOTINCHARGE:NIL",
        "HFCM2CREW2:NIL",
        f"HFGTYGLIDERTYPE:{truth.aircraft.name}",
        f"HFGIDGLIDERID:{truth.aircraft.serial}",
        "HFDTM100GPSDATUM:WGS-84",
        "HFRFWFIRMWAREVERSION:1.0",
        "HFRHWHARDWAREVERSION:1.0",
        f"HFFTYFRTYPE:{MARK}",
        "HFGPSRECEIVER:SIMULATED,NONE,0,0",
        "HFPRSPRESSALTSENSOR:SIMULATED,NONE,0",
        "HFALGALTGPS:GEO",
        "HFALPALTPRESSURE:ISA",
        f"HFTZNTIMEZONE:{hours:g}",
    ]


def _behind(chosen: Recorder) -> dict[str, int]:
    codes = {"FXA": 3, "SIU": 2} if chosen.accuracy else {}
    more = {"LAD": chosen.digits, "LOD": chosen.digits, "TDS": chosen.second_digits}
    return codes | {code: width for code, width in more.items() if width}


def _extensions(chosen: Recorder) -> str:
    codes, at = _behind(chosen), _BODY + 1
    out = f"I{len(codes):02d}"
    for code, width in codes.items():
        out += f"{at:02d}{at + width - 1:02d}{code}"
        at += width
    return out if codes else ""


def _records(fixes: _Fixes, chosen: Recorder) -> list[str]:
    lat, lon = (_last_known(x) for x in (fixes.lat, fixes.lon))
    lat_degrees, lat_minutes, lat_more = _minutes(lat, chosen.digits)
    lon_degrees, lon_minutes, lon_more = _minutes(lon, chosen.digits)
    seconds = fixes.time_us // 1_000_000 % _DAY_S
    height = np.round(fixes.altitude).astype(np.int64)
    accuracy = np.where(fixes.valid, np.clip(60 // np.maximum(fixes.satellites, 1), 1, 999), 999)
    part = fixes.time_us % 1_000_000 // 10 ** (6 - chosen.second_digits)
    behind = {"FXA": accuracy, "SIU": fixes.satellites, "LAD": lat_more, "LOD": lon_more, "TDS": part}
    used = _behind(chosen)
    columns = [
        seconds // 3600, seconds // 60 % 60, seconds % 60,
        lat_degrees, lat_minutes, np.where(lat < 0.0, "S", "N"), lon_degrees, lon_minutes,
        np.where(lon < 0.0, "W", "E"), np.where(fixes.valid, "A", "V"),
        height, np.where(fixes.valid, height, 0), *(behind[code] for code in used),
    ]  # fmt: skip
    template = "B%02d%02d%02d%02d%05d%s%03d%05d%s%s%05d%05d" + "".join(f"%0{width}d" for width in used.values())
    return [template % row for row in zip(*(c.tolist() for c in columns), strict=True)]


def _last_known(degrees: Floats) -> Floats:
    """Fill what is unknown with the last value known, and with zero before the first."""
    known = np.maximum.accumulate(np.where(np.isfinite(degrees), np.arange(len(degrees)), -1))
    return np.where(known < 0, 0.0, degrees[known])


def _minutes(degrees: Floats, digits: int) -> tuple[Whole, Whole, Whole]:
    """Split into degrees, thousandths of minutes, and the digits beyond those."""
    finer = 10**digits
    parts = np.round(np.abs(degrees) * 60_000.0 * finer).astype(np.int64)
    return parts // (60_000 * finer), parts // finer % 60_000, parts % finer


def _told(truth: Truth, fixes: _Fixes, records: list[str]) -> list[str]:
    """Put each event right before the fix that comes with it or after it, and before that what says it in words."""
    at = [*_events(truth)]
    rows = np.searchsorted(fixes.time_us, np.array([t for t, _, _ in at], np.int64)).tolist()
    before: dict[int, list[str]] = {}
    for row in np.flatnonzero(fixes.valid)[:1].tolist():
        before[row] = [f"F{records[row][1:7]}" + "".join(f"{i + 1:02d}" for i in range(int(fixes.satellites[row])))]
    for row, (_, code, text) in zip(rows, at, strict=True):
        if row < len(records):
            event = [f"E{records[row][1:7]}{code}"] if code else []
            before.setdefault(row, []).extend([*event, f"LXXX{text}"])
    parted = {row: sorted(some, key=lambda line: line.startswith("E")) for row, some in before.items()}
    return [line for i, record in enumerate(records) for line in (*parted.get(i, ()), record)]


def _events(truth: Truth) -> list[tuple[int, str, str]]:
    """UTC, three-letter code and words; no code for a mere message."""
    out = [(m.time_us, "", m.text) for m in truth.messages]
    for fault in truth.faults:
        if fault.kind == "clock_jump":
            continue
        out.append((fault.start_us, _EVENTS.get(fault.kind, "PEV"), fault.kind.replace("_", " ")))
        if fault.kind == "gnss_lost" and fault.end_us > fault.start_us:
            out.append((fault.end_us, "GCN", "gnss regained"))
    for sortie in truth.sorties:
        out += [(sortie.takeoff_us, "PEV", "take-off"), (sortie.landing_us, "PEV", "landing")]
    return sorted(out)
