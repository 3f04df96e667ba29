"""
How DJI flight records hide their payloads: scrambling from version 7, encryption as well from version 13.

Read from lvauvillier/dji-log-parser (decoder.rs, keychain/feature_point.rs) and checked on real records of
versions 4, 11 and 14, whose lengths and readable parts agree with it: a record's payload is one random
byte, the content exclusive-or a key of eight bytes made from that byte and the record type, and one more
byte. The key is the CRC-64 of D. T. Jones ("An improved 64-bit cyclic redundancy check for protein
sequences", University College London). Encryption is AES-256 in CBC mode with PKCS #7 padding; the last
cipher block of a record is the initialisation vector of the next one of the same feature point, so that all
records of one feature point are one CBC stream.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from groundside.simulate.writers.interleave import Block, Bytes, placement

_JONES = 0x95AC9329AC4BC9B5
"""Jones's polynomial 0xAD93D23594C935A9, bits reversed."""
_SPREAD, _MASK = 0x123456789ABCDEF0, (1 << 64) - 1
_KEY_BYTES, _BLOCK, _STORED_BYTES = 8, 16, 256

BASE, AIR_LINK, AFTER_SALES, APP, PLAIN = 1, 5, 6, 7, 8
GIMBAL, REMOTE, BATTERY = 10, 11, 13
_OF_TYPE = {
    1: BASE,
    2: BASE,
    3: GIMBAL,
    4: REMOTE,
    5: APP,
    7: BATTERY,
    8: BATTERY,
    9: APP,
    13: BASE,
    22: BATTERY,
    40: BASE,
    49: AIR_LINK,
}
_BEFORE_14 = {GIMBAL: BASE, REMOTE: BASE, BATTERY: BASE}
_NAMES = {
    BASE: "Base", AIR_LINK: "AirLink", AFTER_SALES: "AfterSales", APP: "DJIFlyCustom", GIMBAL: "Gimbal",
    REMOTE: "RC", BATTERY: "Battery",
}  # fmt: skip


def feature_point(record_type: int, version: int) -> int:
    """Say which key a record is under; 8 is none."""
    if version == 13 and record_type == 22:
        return AFTER_SALES
    point = _OF_TYPE.get(record_type, PLAIN)
    return _BEFORE_14.get(point, point) if version == 13 else point


def feature_name(point: int) -> str:
    """Name a feature point as the key service does."""
    return f"FR_Standardization_Feature_{_NAMES[point]}_{point}"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of one feature point, and the blob that the file stores for the key service to open."""

    feature_point: int
    key: bytes
    iv: bytes
    stored: bytes

    @property
    def asked(self) -> dict[str, str]:
        """One entry of the request to the key service."""
        return {"featurePoint": feature_name(self.feature_point), "aesCiphertext": _base64(self.stored)}

    @property
    def answered(self) -> dict[str, str]:
        """The entry of its answer."""
        name = feature_name(self.feature_point)
        return {"featurePoint": name, "aesKey": _base64(self.key), "aesIv": _base64(self.iv)}


def draw_keys(rng: np.random.Generator, points: list[int]) -> list[Key]:
    """Draw a key for each feature point. Known to everyone: a simulation has no secret."""
    return [Key(p, rng.bytes(32), rng.bytes(_BLOCK), rng.bytes(_STORED_BYTES)) for p in points]


def scramble(rng: np.random.Generator, record_type: int, content: Bytes) -> Bytes:
    """Hide the contents of records of one type; each becomes two bytes longer."""
    count, length = content.shape
    first = rng.integers(0, 256, count, dtype=np.uint8)
    last = rng.integers(0, 256, count, dtype=np.uint8)
    repeat = -(-length // _KEY_BYTES)
    key = np.tile(_scrambling_keys(record_type)[first], (1, repeat))[:, :length]
    return np.hstack([first[:, None], content ^ key, last[:, None]])


def encrypt(blocks: Mapping[int, list[Block]], keys: list[Key]) -> dict[int, list[Block]]:
    """Encrypt, for each feature point, all its blocks as one stream in the order of the file."""
    return {k.feature_point: _encrypted(blocks[k.feature_point], k) for k in keys if k.feature_point in blocks}


def _encrypted(blocks: list[Block], key: Key) -> list[Block]:
    padded = [Block(b.order, _padded(b.rows)) for b in blocks]
    starts, total = placement(padded)
    where = [s[:, None] + np.arange(b.rows.shape[1]) for s, b in zip(starts, padded, strict=True)]
    stream = np.zeros(total, np.uint8)
    for at, block in zip(where, padded, strict=True):
        stream[at] = block.rows
    coder = Cipher(AES256(key.key), CBC(key.iv)).encryptor()
    hidden = np.frombuffer(coder.update(stream.tobytes()) + coder.finalize(), np.uint8)
    return [Block(b.order, hidden[at]) for b, at in zip(padded, where, strict=True)]


def _padded(rows: Bytes) -> Bytes:
    missing = _BLOCK - rows.shape[1] % _BLOCK
    return np.pad(rows, ((0, 0), (0, missing)), constant_values=missing)


@cache
def _scrambling_keys(record_type: int) -> Bytes:
    keys = [
        _crc64((first + record_type) & 0xFF, (_SPREAD * first & _MASK).to_bytes(_KEY_BYTES, "little"))
        for first in range(256)
    ]
    return np.frombuffer(b"".join(k.to_bytes(_KEY_BYTES, "little") for k in keys), np.uint8).reshape(256, _KEY_BYTES)


@cache
def _crc_table() -> list[int]:
    table: list[int] = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = value >> 1 ^ (_JONES if value & 1 else 0)
        table.append(value)
    return table


def _crc64(value: int, data: bytes) -> int:
    for byte in data:
        value = _crc_table()[(value ^ byte) & 0xFF] ^ value >> 8
    return value


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
