"""
Builds small MAVLink logs by `struct`, sharing no table with the decoder.

Layouts are written here in the order in which fields are sent; CRC_EXTRA are those of the message definitions.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from groundside.decode.format import Options
from groundside.decode.formats import mavlink_raw, mavlink_tlog
from groundside.model.decoded import Decoded

LAYOUTS: Mapping[str, tuple[int, int, str, str]] = {
    "HEARTBEAT": (0, 50, "<IBBBBB", "custom_mode type autopilot base_mode system_status mavlink_version"),
    "SYS_STATUS": (1, 124, "<IIIHHhHHHHHHb", "present enabled health load volts amps drop e0 e1 e2 e3 e4 percent"),
    "SYSTEM_TIME": (2, 137, "<QI", "unix boot"),
    "PARAM_VALUE": (22, 220, "<fHH16sB", "value count index name type"),
    "GPS_RAW_INT": (24, 24, "<QiiiHHHHBB", "usec lat lon alt eph epv vel cog fix satellites"),
    "ATTITUDE": (30, 39, "<Iffffff", "boot roll pitch yaw p q r"),
    "GLOBAL_POSITION_INT": (33, 104, "<IiiiihhhH", "boot lat lon alt relative vx vy vz hdg"),
    "MISSION_ITEM": (39, 254, "<fffffffHHBBBBB", "p1 p2 p3 p4 x y z seq command system component frame current auto"),
    "BATTERY_STATUS": (147, 154, "<iih10HhBBBbiB", "mah energy temp * amps id function type percent remaining charge"),
    "AUTOPILOT_VERSION": (148, 178, "<QQIIIIHH8s8s8s18s", "caps uid sw mid os board vendor product hash m o uid2"),
    "HOME_POSITION": (242, 104, "<iiifff4ffff", "lat lon alt x y z * ax ay az"),
    "EXTENDED_SYS_STATE": (245, 130, "<BB", "vtol landed"),
    "STATUSTEXT": (253, 83, "<B50sHB", "severity text id chunk"),
    "FENCE_STATUS": (162, 189, "<IHBB", "time count status type"),
    "SENSOR_OFFSETS": (150, 134, "<fiiffffffhhh", "* * * * * * * * * * * *"),
    "FLEXIFUNCTION_SET": (150, 181, "<BB", "system component"),
    "GIMBAL_DEVICE_ATTITUDE_STATUS": (285, 137, "<I4f3fIHBB", "boot w x y z p q r failures flags system component"),
    "BIG_UNKNOWN": (61_234, 77, "<IH", "a b"),
    "SMALL_UNKNOWN": (230 - 26, 99, "<IB", "a b"),
}
"""Name to number, CRC_EXTRA, struct format in order of sending, and what the values are."""
START_US = 1_700_000_000_000_000
"""When the logs built here begin; no flight was at that time."""
BOOT_AT_START_MS = 20_000
LAT, LON = 100_000_000, 200_000_000
"""A place in the middle of Chad, where no corpus file was recorded."""


def crc(data: bytes) -> int:
    """Bit by bit, as the description of CRC-16/MCRF4XX has it."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value >> 1) ^ (0x8408 if value & 1 else 0)
    return value


def frame_of(
    number: int,
    extra: int,
    payload: bytes,
    sender: tuple[int, int] = (1, 1),
    version: int = 2,
    sequence: int = 0,
    signature: bytes = b"",
) -> bytes:
    if version == 1:
        head = bytes([len(payload), sequence, *sender, number])
        start = b"\xfe"
    else:
        payload = payload[:1] + payload[1:].rstrip(b"\0")
        head = bytes([len(payload), bool(signature), 0, sequence, *sender]) + number.to_bytes(3, "little")
        start = b"\xfd"
    body = head + payload
    return start + body + crc(body + bytes([extra])).to_bytes(2, "little") + signature


def payload_of(name: str, *values: object) -> bytes:
    return struct.pack(LAYOUTS[name][2], *(v.encode() if isinstance(v, str) else v for v in values))


class Stream:
    """A log under way; `add` writes a frame `step_us` after the one before."""

    def __init__(self, clock: bool = True, version: int = 2, step_us: int = 100_000) -> None:
        self.clock = clock
        self.version = version
        self.step_us = step_us
        self.now_us = START_US
        self.bytes = b""
        self.records: list[tuple[int, int]] = []
        self.sequences: dict[tuple[int, int], int] = {}

    @property
    def boot_ms(self) -> int:
        return BOOT_AT_START_MS + (self.now_us - START_US) // 1000

    def frame(self, name: str, *values: object, sender: tuple[int, int] = (1, 1), signature: bytes = b"") -> bytes:
        number, extra, _, _ = LAYOUTS[name]
        sequence = self.sequences.get(sender, 0)
        self.sequences[sender] = (sequence + 1) % 256
        payload = payload_of(name, *values)
        if self.version == 1:
            payload = payload[: {"STATUSTEXT": 51, "BATTERY_STATUS": 36, "AUTOPILOT_VERSION": 60}.get(name)]
        return frame_of(number, extra, payload, sender, self.version, sequence, signature)

    def add(self, name: str, *values: object, sender: tuple[int, int] = (1, 1), signature: bytes = b"") -> Stream:
        return self.record(self.frame(name, *values, sender=sender, signature=signature))

    def record(self, frame: bytes) -> Stream:
        """Write any frame, with its clock where the log has one."""
        start = len(self.bytes)
        self.bytes += (self.now_us.to_bytes(8, "big") if self.clock else b"") + frame
        self.records.append((start, len(self.bytes)))
        self.now_us += self.step_us
        return self

    def raw(self, some: bytes) -> Stream:
        self.bytes += some
        return self

    def heartbeat(
        self, mode: int = 0, base: int = 81, status: int = 3, kind: int = 2, autopilot: int = 3,
        sender: tuple[int, int] = (1, 1),
    ) -> Stream:  # fmt: skip
        return self.add("HEARTBEAT", mode, kind, autopilot, base, status, 3, sender=sender)

    def position(self, height_m: float = 0.0, north: int = 0, sender: tuple[int, int] = (1, 1)) -> Stream:
        height = round(height_m * 1000)
        values = (self.boot_ms, LAT + north, LON, 400_000 + height, height, 150, -50, 20, 9000)
        return self.add("GLOBAL_POSITION_INT", *values, sender=sender)

    def attitude(self, roll: float = 0.1) -> Stream:
        return self.add("ATTITUDE", self.boot_ms, roll, -0.2, 1.5, 0.0, 0.0, 0.0)

    def gps(self, fix: int = 3, satellites: int = 9) -> Stream:
        return self.add("GPS_RAW_INT", self.boot_ms * 1000, LAT, LON, 400_000, 100, 100, 300, 9000, fix, satellites)

    def utc(self, ahead_us: int = 0) -> Stream:
        """Let the vehicle say what time it is: the recorder's less `ahead_us`."""
        return self.add("SYSTEM_TIME", self.now_us - ahead_us, self.boot_ms)

    def text(self, text: str, number: int = 0, chunk: int = 0, sender: tuple[int, int] = (1, 1)) -> Stream:
        return self.add("STATUSTEXT", 6, text, number, chunk, sender=sender)

    def parameter(self, name: str, value: float, kind: int = 9) -> Stream:
        return self.add("PARAM_VALUE", value, 1, 0, name, kind)

    def restart(self) -> Stream:
        """Let ten seconds pass and the vehicle start anew, at its boot time of the beginning."""
        self.now_us += 10_000_000
        return self

    def decoded(self) -> Decoded:
        return decoded(self.bytes, clock=self.clock)


def decoded(data: bytes, clock: bool = True) -> Decoded:
    form = mavlink_tlog.FORMAT if clock else mavlink_raw.FORMAT
    return form.decode(memoryview(data), Options())


def flight(clock: bool = True, version: int = 2, seconds: int = 20, ahead_us: int = 0) -> Stream:
    """Twenty seconds of an ArduCopter: two on the ground, armed, up, down and disarmed in the last two."""
    stream = Stream(clock, version, step_us=25_000)
    for second in range(seconds):
        up = 2 <= second < seconds - 2
        stream.heartbeat(5 if up else 0, 81 + 128 * up, 4 if up else 3)
        stream.heartbeat(kind=6, autopilot=8, base=0, status=0, sender=(255, 190))
        stream.utc(ahead_us).gps()
        stream.add("SYS_STATUS", 0, 0, 0, 100, 12_000 - 10 * second, 500, 0, 0, 0, 0, 0, 0, 90 - second)
        for quarter in range(4):
            stream.position(10.0 if up else 0.0, north=100 * (4 * second + quarter)).attitude()
        while (stream.now_us - START_US) % 1_000_000:
            stream.now_us += 25_000
    return stream
