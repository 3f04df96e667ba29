"""
The checksum of MAVLink frames: CRC-16/MCRF4XX, which MAVLink calls X.25.

Source: MAVLink Developer Guide, "Packet Serialization", section "Checksum"; polynomial 0x1021 reflected, start 0xFFFF.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

START, _REFLECTED = 0xFFFF, 0x8408


def _entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (_REFLECTED if byte & 1 else 0)
    return byte


TABLE: NDArray[np.uint16] = np.array([_entry(i) for i in range(256)], np.uint16)


def crc_of(text: bytes) -> int:
    """Checksum of some bytes."""
    crc = START
    for byte in text:
        crc = (crc >> 8) ^ int(TABLE[(crc ^ byte) & 0xFF])
    return crc
