"""Builds small ULog files by `struct`, from the specification, sharing no table with the decoder."""

from __future__ import annotations

import struct

from groundside.decode.format import Options
from groundside.decode.formats.ulog import FORMAT
from groundside.model.decoded import Decoded

PACKING = {
    "int8_t": "b", "uint8_t": "B", "int16_t": "h", "uint16_t": "H", "int32_t": "i", "uint32_t": "I", "int64_t": "q",
    "uint64_t": "Q", "float": "f", "double": "d", "bool": "?", "char": "c",
}  # fmt: skip
START_US = 10_000_000


def message(kind: str, body: bytes) -> bytes:
    return struct.pack("<HB", len(body), ord(kind)) + body


def pair(kind: str, name: str, value: bytes) -> bytes:
    key = f"{kind} {name}".encode()
    return bytes([len(key)]) + key + value


def file_header(version: int = 1, start_us: int = START_US) -> bytes:
    return b"ULog\x01\x12\x35" + struct.pack("<BQ", version, start_us)


def flag_bits(
    compatible: bytes = b"\0", incompatible: bytes = b"\0", appended: tuple[int, ...] = (), more: bytes = b""
) -> bytes:
    offsets = struct.pack("<3Q", *(*appended, 0, 0, 0)[:3])
    return message("B", compatible.ljust(8, b"\0") + incompatible.ljust(8, b"\0") + offsets + more)


class UlogBuilder:
    """`topic` defines and subscribes, `add` writes data; values in the order of the fields, arrays flat."""

    def __init__(self, version: int = 1, start_us: int = START_US, flags: bytes | None = None) -> None:
        self.bytes = file_header(version, start_us) + (flag_bits() if flags is None else flags)
        self.packing: dict[str, str] = {}
        self.ids: dict[tuple[str, int], int] = {}

    def raw(self, some: bytes) -> UlogBuilder:
        self.bytes += some
        return self

    def format(self, text: str) -> UlogBuilder:
        return self.raw(message("F", text.encode()))

    def topic(self, name: str, fields: str, packing: str | None = None, instances: int = 1) -> UlogBuilder:
        self.format(f"{name}:{fields}").packed(name, fields if packing is None else "", packing)
        for multi_id in range(instances):
            self.subscribe(name, multi_id)
        return self

    def packed(self, name: str, fields: str, packing: str | None = None) -> UlogBuilder:
        found = [field.split(" ")[0] for field in fields.split(";") if field]
        letters = [PACKING[kind.split("[")[0]] * int(kind.split("[")[1][:-1] if "[" in kind else 1) for kind in found]
        self.packing[name] = "<" + ("".join(letters) if packing is None else packing)
        return self

    def subscribe(self, name: str, multi_id: int = 0, msg_id: int | None = None) -> UlogBuilder:
        self.ids[name, multi_id] = len(self.ids) if msg_id is None else msg_id
        return self.raw(message("A", struct.pack("<BH", multi_id, self.ids[name, multi_id]) + name.encode()))

    def data(self, name: str, *values: object, multi_id: int = 0) -> bytes:
        body = struct.pack("<H", self.ids[name, multi_id]) + struct.pack(self.packing[name], *values)
        return message("D", body)

    def add(self, name: str, *values: object, multi_id: int = 0) -> UlogBuilder:
        return self.raw(self.data(name, *values, multi_id=multi_id))

    def text(self, time_us: int, words: str, level: str = "6", tag: int | None = None) -> UlogBuilder:
        head = level.encode() + (b"" if tag is None else struct.pack("<H", tag)) + struct.pack("<Q", time_us)
        return self.raw(message("L" if tag is None else "C", head + words.encode()))

    def information(self, name: str, value: str | int) -> UlogBuilder:
        if isinstance(value, str):
            return self.raw(message("I", pair(f"char[{len(value.encode())}]", name, value.encode())))
        return self.raw(message("I", pair("uint32_t" if value >= 0 else "int32_t", name, struct.pack("<i", value))))

    def piece(self, name: str, value: str, continued: bool) -> UlogBuilder:
        return self.raw(message("M", bytes([continued]) + pair(f"char[{len(value)}]", name, value.encode())))

    def parameter(self, name: str, value: float, default: int = 0) -> UlogBuilder:
        whole = isinstance(value, int)
        packed = pair("int32_t" if whole else "float", name, struct.pack("<i" if whole else "<f", value))
        return self.raw(message("Q", bytes([default]) + packed) if default else message("P", packed))

    def dropout(self, lost_ms: int) -> UlogBuilder:
        return self.raw(message("O", struct.pack("<H", lost_ms)))

    def sync(self) -> UlogBuilder:
        return self.raw(message("S", bytes([0x2F, 0x73, 0x13, 0x20, 0x25, 0x0C, 0xBB, 0x12])))


POSITION = "uint64_t timestamp;double lat;double lon;float alt;"
STATUS = "uint64_t timestamp;uint8_t nav_state;uint8_t arming_state;uint8_t system_type;bool failsafe;bool is_vtol;"
LANDED = "uint64_t timestamp;bool landed;"
ATTITUDE = "uint64_t timestamp;float[4] q;"
BATTERY = "uint64_t timestamp;float voltage_v;float current_a;float remaining;float temperature;uint8_t warning;"
GPS = (
    "uint64_t timestamp;uint64_t time_utc_usec;int32_t lat;int32_t lon;int32_t alt;int32_t timestamp_time_relative;"
    "uint8_t fix_type;uint8_t satellites_used;"
)
LOCAL = "uint64_t timestamp;float x;float y;float z;float vx;float vy;float vz;bool v_xy_valid;bool v_z_valid;"
HOME = "uint64_t timestamp;double lat;double lon;float alt;bool valid_alt;bool valid_hpos;"


def flight(utc_us: int | None = None, release: int = 0x010C0000) -> UlogBuilder:
    """Give a short flight: armed at 11 s, in the air from 12 to 18 s, disarmed at 19 s; ten rows a second."""
    log = UlogBuilder().information("sys_name", "PX4").information("ver_hw", "PX4FMU_V5").information("ver_sw", "abc")
    log.information("sys_uuid", "00ff").information("ver_sw_release", release).parameter("MAV_TYPE", 2)
    log.parameter("MPC_Z_P", 1.5).parameter("MPC_Z_P", 1.0, default=1)
    for name, fields in (
        ("vehicle_global_position", POSITION), ("vehicle_status", STATUS), ("vehicle_land_detected", LANDED),
        ("vehicle_attitude", ATTITUDE), ("vehicle_gps_position", GPS), ("vehicle_local_position", LOCAL),
        ("home_position", HOME),
    ):  # fmt: skip
        log.topic(name, fields)
    log.topic("battery_status", BATTERY, instances=2)
    for tenth in range(101):
        now = START_US + tenth * 100_000
        armed, flying = 10 <= tenth < 90, 20 <= tenth < 80
        log.add("vehicle_global_position", now, 1.0 + tenth * 1e-6, 2.0, 100.0 + (10.0 if flying else 0.0))
        log.add("vehicle_status", now, 3 if tenth < 50 else 5, 2 if armed else 1, 2, 60 <= tenth < 70, False)
        log.add("vehicle_land_detected", now, not flying)
        log.add("vehicle_attitude", now, 1.0, 0.0, 0.0, 0.0)
        stated = 0 if utc_us is None else utc_us + tenth * 100_000
        log.add("vehicle_gps_position", now, stated, 10_000_000, 20_000_000, 100_000, 0, 3 if tenth != 40 else 1, 12)
        log.add("vehicle_local_position", now, 0, 0, 0, 1.0, 2.0, -0.5, True, tenth >= 50)
        log.add("battery_status", now, 16.0, -1.0, 0.5, float("nan"), 1 if tenth >= 55 else 0)
        log.add("battery_status", now, 12.0, 3.0, 0.25, 20.0, 0, multi_id=1)
        if tenth == 10:
            log.add("home_position", now, 1.5, 2.5, 99.0, True, True)
        if tenth == 30:
            log.parameter("MPC_Z_P", 2.0).dropout(7).text(now, "[commander] something", "4")
    return log


def decoded(data: bytes) -> Decoded:
    return FORMAT.decode(memoryview(data), Options())
