"""
What an autopilot sends now and then: its version, its parameters, texts.

Source: MAVLink Developer Guide, "Parameter Protocol" (encoding of integers),
https://mavlink.io/en/services/parameter.html; STATUSTEXT and AUTOPILOT_VERSION in MAVLink's common.xml and standard.xml
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from groundside.simulate import MARK
from groundside.simulate.truth import Said, Setting, Truth
from groundside.simulate.writers import mavlink_messages as messages
from groundside.simulate.writers import mavlink_state as state
from groundside.simulate.writers.interleave import SLOTS
from groundside.simulate.writers.mavlink_frames import Sent
from groundside.simulate.writers.mavlink_messages import payloads
from groundside.simulate.writers.mavlink_vehicle import COMPONENT, SYSTEM, Autopilot, Vehicle

INT32, REAL32 = 6, 9
CHUNK_CHARACTERS = 50
C_CAST, BYTEWISE, SPEAKS_VERSION_2 = 131_072, 16, 8192
VERSIONS: dict[Autopilot, tuple[int, bytes]] = {
    "ardupilot": (0x040507FF, b"51a51a5e"),
    "px4": (0x011000FF, bytes.fromhex("51a51a5e51a51a5e")),
}
"""Major, minor, patch, 255 for an official release; the start of the commit, as text or as bytes."""
_FIRMWARE = {"plane": "ArduPlane", "vtol": "ArduPlane", "rover": "ArduRover"}
_INFO, _UNLISTED = 6, 0xFFFF
_FIRST_PARAMETER, _PARAMETERS_A_SAMPLE = 5, 4
_VERSION_SLOT, _PARAMETER_SLOT, _TEXT_SLOT = 20, 24, 30


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One message of a text; the number is 0 where the text is whole."""

    order: int
    severity: int
    text: str
    number: int = 0
    sequence: int = 0


def occasional(vehicle: Vehicle) -> Iterator[Sent]:
    """All that is sent now and then."""
    yield _version(vehicle)
    yield _parameters(vehicle)
    yield _texts(vehicle)


def parameters(truth: Truth, autopilot: Autopilot) -> list[Setting]:
    """What was in force at the start, by name: what the truth says, or a few where it says nothing."""
    given = [s for s in truth.settings if s.time_us is None]
    if given:
        return sorted(given, key=lambda s: s.name)
    capacity = truth.capacity_ah * 1000.0
    own = {
        "ardupilot": [("SYSID_THISMAV", 1.0, True), ("BATT_CAPACITY", capacity, True), ("FRAME_CLASS", 1.0, True)],
        "px4": [("MAV_SYS_ID", 1.0, True), ("BAT1_CAPACITY", capacity, False), ("SYS_AUTOSTART", 4001.0, True)],
    }
    return sorted((Setting(name, value, None, whole) for name, value, whole in own[autopilot]), key=lambda s: s.name)


def _version(vehicle: Vehicle) -> Sent:
    number, commit = VERSIONS[vehicle.autopilot]
    encodes = BYTEWISE if vehicle.autopilot == "px4" else C_CAST
    serial = vehicle.truth.aircraft.serial
    columns = {
        "capabilities": encodes | SPEAKS_VERSION_2, "flight_sw_version": number,
        "flight_custom_version": np.frombuffer(commit, np.uint8), "uid": state.number_in(serial),
        "uid2": np.frombuffer(serial.encode()[:18].ljust(18, b"\0"), np.uint8),
    }  # fmt: skip
    return vehicle.sent(messages.AUTOPILOT_VERSION, np.array([0]), _VERSION_SLOT, columns)


def _parameters(vehicle: Vehicle) -> Sent:
    """The whole list, four parameters a sample, then each change with its place in that list."""
    t = vehicle.truth
    first = parameters(t, vehicle.autopilot)
    index = {s.name: i for i, s in enumerate(first)}
    changed = [s for s in t.settings if s.time_us is not None]
    listed = np.minimum(_FIRST_PARAMETER + np.arange(len(first)) // _PARAMETERS_A_SAMPLE, len(t) - 1)
    later = np.array([state.sample_at(t, s.time_us or 0) for s in changed], np.int64)
    order = np.concatenate([listed, later]) * SLOTS + _PARAMETER_SLOT
    settings = [*first, *changed]
    columns = {
        "param_id": np.array([s.name.encode() for s in settings], "S16"),
        "param_value": _encoded(settings, vehicle.autopilot), "param_count": len(first),
        "param_type": np.array([INT32 if s.whole else REAL32 for s in settings]),
        "param_index": np.array([index.get(s.name, _UNLISTED) for s in settings]),
    }  # fmt: skip
    return Sent(SYSTEM, COMPONENT, messages.PARAM_VALUE, order, payloads(messages.PARAM_VALUE, columns, len(order), 2))


def _encoded(settings: Iterable[Setting], autopilot: Autopilot) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """ArduPilot converts integers to floats, PX4 puts their bytes where a float would be."""
    out = np.array([s.value for s in settings], np.float32)
    if autopilot == "px4":
        whole = np.array([s.whole for s in settings], np.bool_)
        out.view(np.int32)[whole] = np.array([s.value for s in settings])[whole].astype(np.int32)
    return out


def _texts(vehicle: Vehicle) -> Sent:
    chunks = list(_chunks(vehicle))
    columns = {
        "severity": np.array([c.severity for c in chunks]),
        "text": np.array([c.text.encode("ascii", "replace") for c in chunks], "S50"),
        "id": np.array([c.number for c in chunks]), "chunk_seq": np.array([c.sequence for c in chunks]),
    }  # fmt: skip
    order = np.array([c.order for c in chunks], np.int64)
    return Sent(SYSTEM, COMPONENT, messages.STATUSTEXT, order, payloads(messages.STATUSTEXT, columns, len(order), 2))


def _chunks(vehicle: Vehicle) -> Iterator[_Chunk]:
    t = vehicle.truth
    craft = t.aircraft
    start = [Said(t.start_us, _INFO, f"{MARK}: {craft.name}, {craft.model or craft.kind}, serial {craft.serial}")]
    if vehicle.autopilot == "ardupilot":
        start.append(Said(t.start_us, _INFO, f"{_FIRMWARE.get(craft.kind, 'ArduCopter')} V4.5.7 (51a51a5e)"))
    number = 0
    for said in (*start, *t.messages):
        order = state.sample_at(t, said.time_us) * SLOTS + _TEXT_SLOT
        if len(said.text) <= CHUNK_CHARACTERS:
            yield _Chunk(order, said.severity, said.text)
            continue
        number += 1
        # The last chunk is told by a zero in it: one more, empty, where the text fills the last.
        for i in range(len(said.text) // CHUNK_CHARACTERS + 1):
            part = said.text[i * CHUNK_CHARACTERS : (i + 1) * CHUNK_CHARACTERS]
            yield _Chunk(order, said.severity, part, number, i)
