"""What a log says of itself as a whole: facts, and the recording made of them."""

from __future__ import annotations

from collections.abc import Mapping

from groundside.decode.mavlink.battery import battery_ids
from groundside.decode.mavlink.home import Home, home_of
from groundside.decode.mavlink.identity import identity_of
from groundside.decode.mavlink.parameters import bytewise, parameters_of
from groundside.decode.mavlink.series import Stream
from groundside.decode.mavlink.states import flying
from groundside.decode.mavlink.track import base_of
from groundside.model.decoded import Decoded, Fact
from groundside.model.place import LonLat
from groundside.model.recording import Aircraft, Battery, Recording, TimeBasis


def facts_of(stream: Stream) -> dict[str, Fact]:
    """Say in plain JSON values what the vehicle says of itself."""
    home, base, span, clock = home_of(stream), base_of(stream), stream.span(), stream.clock
    identity, vehicle = identity_of(stream), stream.vehicle
    return {
        "device_clock": clock.has_device,
        "vehicle": vehicle.address if vehicle else None,
        "vehicle_type": vehicle.type_name if vehicle else None,
        "aircraft_kind": _kind(stream) or None,
        "firmware": identity.get("firmware"),
        "board": identity.get("hardware"),
        "serial": identity.get("uid") or identity.get("board_id"),
        "home": [home.point.lon, home.point.lat] if home else None,
        "home_origin": home.origin if home else None,
        "position_table": base.message if base else None,
        "position_rows": len(base.time_us) if base else None,
        "batteries": _batteries(stream),
        "time_basis": clock.basis.value,
        "time_error_s": clock.error_s,
        "first_us": span[0] if span else None,
        "last_us": span[1] if span else None,
        "device_clock_ahead_s": clock.ahead_s,
        "device_clock_jumps_s": [jump.by_us / 1e6 for jump in clock.jumps[:100]],
        "starts_of_the_vehicle": len(clock.starts),
        "inferences": [*inferences_of(stream, home)],
    }


def _kind(stream: Stream) -> str:
    if stream.vehicle is None:
        return ""
    kind = stream.vehicle.aircraft_kind
    return "vtol" if kind == "plane" and parameters_of(stream).get("Q_ENABLE") else kind


def _batteries(stream: Stream) -> int:
    if ids := battery_ids(stream):
        return len(ids)
    first = stream.series("SYS_STATUS", "voltage_battery", 1.0, 0xFFFF)
    return int(first is not None and bool((first.values > 0).any()))


def recording(decoded: Decoded) -> Recording:
    """Sum a decoded log up."""
    facts = decoded.facts
    basis = TimeBasis(_text(facts, "time_basis") or TimeBasis.NONE)
    first, last, error = facts.get("first_us"), facts.get("last_us"), facts.get("time_error_s")
    timed = isinstance(first, int) and isinstance(last, int) and basis is not TimeBasis.NONE
    batteries, rows, said = facts.get("batteries"), facts.get("position_rows"), facts.get("inferences")
    return Recording(
        time_basis=basis,
        start_us=first if timed and basis.is_utc and isinstance(first, int) else None,
        duration_s=(last - first) / 1e6 if timed and isinstance(first, int) and isinstance(last, int) else None,
        time_error_s=float(error) if isinstance(error, int | float) else None,
        home=_lon_lat(facts.get("home")),
        aircraft=Aircraft(
            serial=_text(facts, "serial"),
            kind=_text(facts, "aircraft_kind"),
            firmware=_text(facts, "firmware"),
        ),
        batteries=tuple(Battery(slot=n + 1) for n in range(batteries)) if isinstance(batteries, int) else (),
        rows_expected=rows if isinstance(rows, int) else None,
        inferences=tuple(text for text in said if isinstance(text, str)) if isinstance(said, list) else (),
    )


def _lon_lat(home: Fact) -> LonLat | None:
    match home:
        case [float() as lon, float() as lat]:
            return LonLat(lon, lat)
        case _:
            return None


def _text(facts: Mapping[str, Fact], key: str) -> str:
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def inferences_of(stream: Stream, home: Home | None) -> list[str]:
    """List in sentences what was inferred and not read."""
    return [*_of_clock(stream), *_of_vehicle(stream), *([f"Home is from {home.origin}."] if home else [])]


def _of_clock(stream: Stream) -> list[str]:
    clock = stream.clock
    said: list[str] = []
    if clock.basis is TimeBasis.UTC_GNSS:
        said.append(
            "UTC is the vehicle's boot time plus the median of what SYSTEM_TIME says while satellites are received."
        )
        if clock.ahead_s is not None:
            way = "ahead of" if clock.ahead_s >= 0 else "behind"
            said.append(f"The recorder's clock was {abs(clock.ahead_s):.1f} s {way} that; tables keep it as it is.")
    elif clock.basis is TimeBasis.UTC_DEVICE:
        said.append("UTC is by the recorder's own clock; nothing in the log confirms it.")
    elif clock.basis is TimeBasis.BOOT:
        said.append("UTC is unknown. Times count from when the vehicle, or the recorder, was started.")
    if not clock.has_device and clock.basis is not TimeBasis.NONE:
        said.append("A record without a time of its own is given that of the last one before it which has one.")
    if len(clock.starts) > 1:
        said.append(f"The vehicle was started {len(clock.starts)} times: its boot time went back.")
    if clock.bridged or (clock.basis is TimeBasis.BOOT and len(clock.starts) > 1 and not clock.has_device):
        how = "by the recorder's clock" if clock.has_device else "directly before or after the next"
        said.append(f"Starts of the vehicle without satellite time are placed {how}.")
    return said


def _of_vehicle(stream: Stream) -> list[str]:
    vehicle = stream.vehicle
    if vehicle is None:
        return ["No heartbeat of an autopilot and no position: whose log this is, is unknown."]
    said: list[str] = []
    if vehicle.autopilot is None:
        said.append(
            f"No heartbeat of an autopilot: {vehicle.address} was taken for the vehicle, as it sends positions."
        )
    if vehicle.others:
        others = ", ".join(vehicle.others[:20])
        said.append(f"The log holds several vehicles. The track is that of {vehicle.address}; also there: {others}.")
    if stream.sheet("PARAM_VALUE") is not None and not len(stream.raw("AUTOPILOT_VERSION", "capabilities")):
        how = "the bytes of the float" if bytewise(stream) else "the value of the float"
        said.append(f"Whole-numbered parameters were read as {how}, as this autopilot is known to send them.")
    states = flying(stream)
    if states is not None and states.origin.startswith("HEARTBEAT"):
        said.append("In the air is where ArduPilot's heartbeat says active, on the ground where it says standby.")
    return said
