"""What a log says besides where the vehicle was."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from groundside.decode.ardupilot.events import event_rows
from groundside.decode.ardupilot.messages import message_rows
from groundside.decode.ardupilot.parameters import parameter_rows
from groundside.decode.ardupilot.timed import timed_tables
from groundside.decode.ardupilot.vehicle import texts, vehicle_of, whole
from groundside.model.decoded import Decoded
from groundside.model.log import Log

_HASH = re.compile(r".*\(([0-9a-f]{6,40})\)\s*\Z")
_SYSTEM = re.compile(r"(?:ChibiOS|NuttX|PX4|Linux): .+")


def log(decoded: Decoded) -> Log:
    """List parameters, messages and events, on the clock of the track; and what the log says of the hardware."""
    timed = timed_tables(decoded)
    identity = identity_of(decoded, timed.parameters())
    # A damaged number may be a signalling NaN, or overflow on the way; what is not finite is unknown in the end.
    with np.errstate(all="ignore"):
        return Log(
            timed.clock.basis,
            parameters=parameter_rows(timed),
            messages=message_rows(timed),
            events=event_rows(timed, identity.get("vehicle", "")),
            identity=identity,
        )


def identity_of(decoded: Decoded, parameters: Mapping[str, float]) -> dict[str, str]:
    """
    Say what a log states of firmware and hardware; only what it does state.

    Keys are "firmware", "firmware_hash" (of its git commit), "os", "hardware" (kind of board), "board_id" (number
    of its processor), "vehicle" and "frame".
    """
    banner = decoded.facts.get("banner")
    said = [text for text in banner if isinstance(text, str)] if isinstance(banner, list) else []
    vehicle = vehicle_of(decoded.tables, parameters, said)
    match, commit = _HASH.match(vehicle.firmware), whole(decoded.tables.get("VER"), "GH")
    stated = {
        "firmware": vehicle.firmware,
        "firmware_hash": match[1] if match else f"{commit:08x}" if commit else "",
        "os": next((text for text in texts(decoded.tables) if _SYSTEM.fullmatch(text)), ""),
        "hardware": vehicle.board,
        "board_id": vehicle.board_id,
        "vehicle": vehicle.kind,
        "frame": vehicle.frame,
    }
    return {key: value for key, value in stated.items() if value}
