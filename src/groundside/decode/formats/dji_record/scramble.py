"""
The scrambling of versions 7 and later: XOR with eight bytes that follow from a record's type and first byte.

Sources: lvauvillier/dji-log-parser, `decoder.rs` (key = CRC-64 of a multiple of a constant, first byte
consumed); the CRC is that of D. T. Jones, "An improved 64-bit cyclic redundancy check for protein
sequences", 2002 (reflected polynomial 0x95AC9329AC4BC9B5).
"""

from __future__ import annotations

import numpy as np

from groundside.native.dji import OVERHEAD, keys_of


def unscramble(payload: bytes, kind: int) -> bytes:
    """Give the content of one scrambled payload; empty where it is too short to hold any."""
    if len(payload) <= OVERHEAD:
        return b""
    content = np.frombuffer(payload, np.uint8)[1:-1]
    key = keys_of(kind)[payload[0]]
    return (content ^ np.resize(key, content.size)).tobytes()
