"""A vehicle that speaks the mission protocol of MAVLink over UDP on this machine: takes missions, and gives them back."""

from __future__ import annotations

import os
import threading
from typing import Any

os.environ.setdefault("MAVLINK20", "1")

from pymavlink import mavutil
from pymavlink.dialects.v20 import common as mavlink

FIELDS = ("frame", "command", "autocontinue", "param1", "param2", "param3", "param4", "x", "y", "z", "mission_type")
_BEAT_S = 0.2


class Vehicle:
    """
    One vehicle, in a thread of its own.

    Args:
        address: where the ground station listens, "udpout:127.0.0.1:port", or where to listen itself, "udpin:…".
        old_first: ask for item 0 with the old MISSION_REQUEST, as PX4 was seen to do.
    """

    def __init__(self, address: str, *, old_first: bool = False) -> None:
        self.held: dict[int, list[dict[str, Any]]] = {0: [], 1: [], 2: []}
        self._link: Any = mavutil.mavlink_connection(address, source_system=1, source_component=1, dialect="common")
        self._old_first = old_first
        self._taking: tuple[int, int, list[dict[str, Any]]] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, and let go of the socket."""
        self._stop.set()
        self._thread.join(5.0)
        self._link.close()

    def _run(self) -> None:
        beats = mavutil.periodic_event(1.0 / _BEAT_S)
        while not self._stop.is_set():
            if beats.trigger():
                self._beat()
            message = self._link.recv_match(blocking=True, timeout=0.05)
            if message is not None:
                self._answer(message)

    def _beat(self) -> None:
        state = mavlink.MAV_STATE_STANDBY
        self._link.mav.heartbeat_send(mavlink.MAV_TYPE_QUADROTOR, mavlink.MAV_AUTOPILOT_PX4, 0, 0, state)

    def _answer(self, message: Any) -> None:
        name = message.get_type()
        if name == "MISSION_COUNT":
            self._taking = (message.mission_type, message.count, [])
            self._ask_or_finish(message)
        elif name == "MISSION_ITEM_INT":
            self._take(message)
        elif name == "MISSION_REQUEST_LIST":
            self._send_count(message)
        elif name in ("MISSION_REQUEST_INT", "MISSION_REQUEST"):
            self._send_item(message)
        elif name == "COMMAND_LONG":
            self._link.mav.command_ack_send(message.command, mavlink.MAV_RESULT_UNSUPPORTED)

    def _take(self, message: Any) -> None:
        if self._taking is None:
            return
        kind, _, items = self._taking
        if message.seq == len(items) and message.mission_type == kind:
            items.append({name: getattr(message, name) for name in FIELDS})
        self._ask_or_finish(message)

    def _ask_or_finish(self, message: Any) -> None:
        assert self._taking is not None
        kind, count, items = self._taking
        to = message.get_srcSystem(), message.get_srcComponent()
        if len(items) == count:
            self.held[kind], self._taking = items, None
            self._link.mav.mission_ack_send(*to, mavlink.MAV_MISSION_ACCEPTED, kind)
        elif self._old_first and not items:
            self._link.mav.mission_request_send(*to, 0, kind)
        else:
            self._link.mav.mission_request_int_send(*to, len(items), kind)

    def _send_count(self, message: Any) -> None:
        kind = message.mission_type
        self._link.mav.mission_count_send(
            message.get_srcSystem(), message.get_srcComponent(), len(self.held[kind]), kind
        )

    def _send_item(self, message: Any) -> None:
        item = self.held[message.mission_type][message.seq]
        self._link.mav.mission_item_int_send(
            message.get_srcSystem(),
            message.get_srcComponent(),
            message.seq,
            item["frame"],
            item["command"],
            int(message.seq == 0),
            item["autocontinue"],
            *(item[f"param{nth}"] for nth in range(1, 5)),
            item["x"],
            item["y"],
            item["z"],
            item["mission_type"],
        )
