"""
A tiny writer of DJI flight records for tests.

It is written from the format's description and shares no table with the decoder: the CRC is the bitwise one over the
unreflected polynomial, records are packed field by field.
"""

from __future__ import annotations

import base64
import math
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

START_MS = 1_700_000_000_000
HOME = (10.0, 50.0)
NAMES = {
    1: "FR_Standardization_Feature_Base_1",
    5: "FR_Standardization_Feature_AirLink_5",
    7: "FR_Standardization_Feature_DJIFlyCustom_7",
    10: "FR_Standardization_Feature_Gimbal_10",
    13: "FR_Standardization_Feature_Battery_13",
}
FEATURE_13 = {1: 1, 2: 1, 3: 1, 5: 7, 9: 7, 7: 1, 8: 1, 49: 5}
FEATURE_14 = {1: 1, 2: 1, 3: 10, 5: 7, 9: 7, 7: 13, 8: 13, 22: 13, 49: 5}


def crc64(message: bytes, crc: int) -> int:
    """The CRC of Jones, bit by bit, as the textbook has it: reflect in, divide, reflect out."""
    register = _mirror(crc, 64)
    for octet in message:
        register ^= _mirror(octet, 8) << 56
        for _ in range(8):
            register = (register << 1) ^ (0xAD93D23594C935A9 if register >> 63 else 0)
            register &= 2**64 - 1
    return _mirror(register, 64)


def _mirror(value: int, bits: int) -> int:
    return int(format(value, f"0{bits}b")[::-1], 2)


def scramble(content: bytes, kind: int, first: int = 0x5A) -> bytes:
    key = crc64(struct.pack("<Q", 0x123456789ABCDEF0 * first % 2**64), (first + kind) % 256).to_bytes(8, "little")
    return bytes([first]) + bytes(b ^ key[k % 8] for k, b in enumerate(content)) + b"\x77"


def osd(k: int = 0, *, lon: float = HOME[0], lat: float = HOME[1], height_dm: int = 0, **more: int) -> bytes:
    """One OSD record; `k` counts tenths of a second of flight."""
    mode = more.get("mode", 6)
    flags = 0x04 | 0x08 | 0x8000 | 5 << 18 if more.get("flying", 1) else 0x02 | 5 << 18
    head = struct.pack("<dd", math.radians(lon), math.radians(lat))
    moves = struct.pack("<7h", height_dm, more.get("vn", 0), more.get("ve", 0), more.get("vd", 0), -12, 34, -1790)
    state = struct.pack("<BBI", mode, 0, flags)
    tail = struct.pack("<BBBBBBHBBBBBB", 17, 0, 0, 0, 0, 3, k, 1, 0, 0, more.get("controller", 31), 41, 0)
    return head + moves + state + tail


def custom(ms: int) -> bytes:
    return struct.pack("<BBffq", 0, 0, 1.5, 2.5, ms)


def gimbal(pitch: int, yaw: int) -> bytes:
    return struct.pack("<hhhBbhBB", pitch, 0, yaw, 0x80, 0, 0, 0, 1)


def home(altitude: float, height_limit: float = 120.0) -> bytes:
    head = struct.pack("<ddf", math.radians(HOME[0]), math.radians(HOME[1]), altitude)
    return head + struct.pack("<BBHhBBHH5xf", 0x03, 0x20, 30, 0, 0, 0, 0, 1, height_limit)


def center_battery(percent: int, millivolts: int, milliamps: int) -> bytes:
    cells = (4100, 4101, 4102, 0, 0, 0x8000)
    return struct.pack("<BHHHBHIh6HHHH", percent, millivolts, 3000, 4000, 99, 7, 0, milliamps, *cells, 1, 2, 2981)


def battery_dynamic(index: int, percent: int, millivolts: int, milliamps: int) -> bytes:
    return struct.pack("<BBiiIIhBBQ", 2, index, millivolts, milliamps, 5000, 4000, 305, 4, percent, 0)


def battery_cells(index: int, *millivolts: int) -> bytes:
    return struct.pack("<BBB", 3, index, len(millivolts)) + struct.pack(f"<{len(millivolts)}H", *millivolts)


def signal(percent: int, *, up: bool) -> bytes:
    return bytes([percent | (0x80 if up else 0)])


def details(version: int, **what: object) -> bytes:
    """The details block: 400 bytes, 436 from version 12 on."""
    block = bytearray(400 if version < 12 else 436)
    struct.pack_into("<ii", block, 83, 10, 12345)
    struct.pack_into("<qdd", block, 91, what.get("start_ms", START_MS), *what.get("home", HOME))  # pyright: ignore[reportCallIssue, reportArgumentType, reportGeneralTypeIssues]
    numbers = [
        what.get(n, d)
        for n, d in (("distance", 120.0), ("ms", 60_000), ("height", 30.0), ("speed", 5.0), ("climb", 2.0))
    ]
    struct.pack_into("<fifffi", block, 115, *numbers, 3)
    struct.pack_into("<8i", block, 147, *what.get("pictures", [0] * 8))  # pyright: ignore[reportCallIssue, reportArgumentType, reportGeneralTypeIssues]
    product = int(str(what.get("product", 77)))
    if version <= 5:
        struct.pack_into("<10sB24s", block, 267, b"OLDSERIAL1", product, b"an old aircraft")
        struct.pack_into("<10s10s10s4Bf", block, 318, b"CAM0000001", b"RC00000001", b"BAT0000001", 2, 1, 2, 3, 12.0)
    else:
        struct.pack_into("<fBq32s", block, 267, 1234.0, product, 0, b"an aircraft")
        struct.pack_into(
            "<16s16s16s16s4B",
            block,
            312,
            b"AIRCRAFT0000001",
            b"CAMERA1",
            b"REMOTE1",
            b"BATTERY000001",
            2,
            7,
            0,
            3,
        )
    return bytes(block)


@dataclass
class Record:
    kind: int
    content: bytes


@dataclass
class Flight:
    """What goes into a file: records in order, and the keys of versions 13 and 14, one dictionary a key group."""

    version: int
    records: list[Record] = field(default_factory=list[Record])
    keys: list[dict[int, tuple[bytes, bytes]]] = field(default_factory=list[dict[int, tuple[bytes, bytes]]])
    department: int = 3
    category: int | None = None
    offset_zero: bool = False
    facts: dict[str, object] = field(default_factory=dict[str, object])
    after: bytes = b""

    def add(self, kind: int, content: bytes) -> Flight:
        self.records.append(Record(kind, content))
        return self

    def answer(self) -> list[list[dict[str, str]]]:
        """What the key service would say."""
        return [
            [
                {
                    "featurePoint": NAMES[f],
                    "aesKey": base64.b64encode(k).decode(),
                    "aesIv": base64.b64encode(iv).decode(),
                }
                for f, (k, iv) in group.items()
            ]
            for group in self.keys
        ]

    def pieces(self) -> list[bytes]:
        """The records as they lie in the file."""
        group, vectors = 0, {f: iv for f, (_, iv) in self.keys[0].items()} if self.keys else {}
        out: list[bytes] = []
        for record in self.records:
            payload = record.content
            if record.kind == 50:
                group += 1
                vectors = {f: iv for f, (_, iv) in self.keys[group].items()}
            feature = (FEATURE_13 if self._scheme() == 3 else FEATURE_14).get(record.kind)
            if self.version >= 13 and feature is not None:
                payload, vectors[feature] = seal(payload, self.keys[group][feature][0], vectors[feature])
            if self.version >= 7:
                payload = scramble(payload, record.kind, first=len(out) % 256)
            length = struct.pack("<H", len(payload)) if self.version >= 13 else bytes([len(payload)])
            out.append(bytes([record.kind]) + length + payload + b"\xff")
        return out

    def _scheme(self) -> int:
        return self.category or (3 if self.version == 13 else 4)

    def build(self) -> bytes:
        body = b"".join(self.pieces())
        block = details(self.version, **self.facts)
        if self.version < 12:
            prefix = self._prefix(self._size() + len(body) + len(self.after), len(block))
            return prefix + body + self.after + block
        if self.version == 12:
            return self._prefix(100 + 436 + len(body), len(block)) + block + body + self.after
        info = scramble(b"\0" + struct.pack("<H", len(block)) + block + struct.pack("<H", 4) + b"sign", 0)
        blocks = b"\0" + struct.pack("<H", len(info)) + info
        blocks += b"\x01" + struct.pack("<HHBB", 4, self._scheme(), self.department, 0)
        return self._prefix(0 if self.offset_zero else 100 + len(blocks), len(block)) + blocks + body + self.after

    def _size(self) -> int:
        return 12 if self.version < 6 else 100

    def _prefix(self, offset: int, length: int) -> bytes:
        return struct.pack("<QHB", offset, length, self.version).ljust(self._size(), b"\0")


def seal(content: bytes, key: bytes, iv: bytes) -> tuple[bytes, bytes]:
    """Encrypt one record; give it and the vector for the next."""
    padding = 16 - len(content) % 16
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    sealed = encryptor.update(content + bytes([padding]) * padding) + encryptor.finalize()
    return sealed, sealed[-16:]


def key_storage(feature: int, sealed: bytes = b"\xaa" * 256) -> bytes:
    return struct.pack("<HH", feature, len(sealed)) + sealed


def keys(seed: int, features: tuple[int, ...] = (1, 5, 7, 10, 13)) -> dict[int, tuple[bytes, bytes]]:
    return {f: (bytes([seed, f]) * 16, bytes([f, seed]) * 8) for f in features}


def flown(version: int, rows: int = 20, **more: object) -> Flight:
    """A short flight north with a gimbal, a battery and a clock."""
    flight = Flight(version, keys=[keys(1)] if version >= 13 else [], **more)  # pyright: ignore[reportArgumentType]
    if version >= 13:
        for feature in (1, 7, 10, 13):
            flight.add(56, key_storage(feature))
    flight.add(2, home(1500.0))
    for k in range(rows):
        flight.add(1, osd(k, lat=HOME[1] + k * 1e-5, height_dm=5 * k % 30_000, vn=111))
        flight.add(5, custom(START_MS + 100 * k))
        flight.add(3, gimbal(-900, -1700 + k % 3000))
        if k % 10 == 0:
            flight.add(7, center_battery(90 - k // 10 % 80, 15_000, -2_500))
    return flight
