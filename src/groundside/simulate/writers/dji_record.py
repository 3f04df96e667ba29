"""
Write a DJI flight record (.txt), versions 4 to 14.

Order of the parts from lvauvillier/dji-log-parser (lib.rs, layout/prefix.rs, layout/details.rs,
layout/auxiliary.rs); checked on real records: prefix of 100 bytes (12 before version 6), details of 400
bytes at the end (436 bytes at 100 from version 12, inside a scrambled auxiliary block from 13), the number
12345 as the end of the records from version 7 on, thumbnails as bare JPEG after it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from groundside.errors import BadRequest
from groundside.simulate import MARK
from groundside.simulate.truth import Truth
from groundside.simulate.writers import dji_layout as layout
from groundside.simulate.writers.dji_cipher import PLAIN, Key, draw_keys, encrypt, feature_point, scramble
from groundside.simulate.writers.interleave import SLOTS, Block, Bytes, interleave, rows_of

PREFIX_BYTES, OLD_PREFIX_BYTES = 100, 12
END_MARK = struct.pack("<I", 12345)
FLY_DEPARTMENT = 3
_PREFIX_VERSION, _FIRST_BYTE_DETAILS, _IN_BLOCK = 6, 12, 13

Answer = list[list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Recorder:
    """
    How to record.

    Args:
        version: 4, 6, or 7 to 14.
        product: DJI's number of the aircraft type; 77 is the Mavic 3, 170 the Matrice 350 RTK.
        switch_row: from 13 on, sample before which new keys take over (as after a crash of the app); None
            never.
        details_offset: whether the prefix says where the records begin; some real records of version 13 and
            later do not.
    """

    version: int = 14
    product: int = 77
    switch_row: int | None = None
    details_offset: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """
    A written record.

    Args:
        content: the file.
        request: what one would ask the key service for it; None before version 13.
        answer: what it would answer: the keys, group by group; empty before version 13.
        keys: the same keys as bytes.
    """

    content: bytes
    request: dict[str, Any] | None
    answer: Answer
    keys: tuple[tuple[Key, ...], ...]


def write(truth: Truth, recorder: Recorder, seed: int) -> Record:
    """
    Write a record.

    Args:
        truth: what happened.
        recorder: in which version.
        seed: for the keys and the scrambling.

    Raises:
        BadRequest: a version that no real record has or nobody here described.
    """
    if recorder.version not in {4, *range(6, 15)}:
        what = f"DJI records of version {recorder.version} are not simulated."
        raise BadRequest(what, try_this="4, or 6 to 14")
    rng = np.random.default_rng([seed, recorder.version])
    records = list(layout.contents(truth, recorder.version, recorder.product))
    if recorder.version < _IN_BLOCK:
        body = interleave([_framed(rng, recorder.version, k, b) for k, b in records]).tobytes()
        return Record(_assembled(truth, recorder, body, rng), None, [], ())
    groups, body = _encrypted(rng, recorder, records)
    request = {
        "version": _aux_version(recorder),
        "department": FLY_DEPARTMENT,
        "keychainsArray": [[k.asked for k in g] for g in groups],
    }
    answer = [[k.answered for k in g] for g in groups]
    return Record(_assembled(truth, recorder, body, rng), request, answer, groups)


def _framed(rng: np.random.Generator, version: int, kind: int, block: Block) -> Block:
    payload = scramble(rng, kind, block.rows) if version > layout.RAW else block.rows
    length = payload.shape[1].to_bytes(2 if version >= layout.WIDE else 1, "little")
    head = np.tile(np.frombuffer(bytes([kind]) + length, np.uint8), (len(payload), 1))
    return Block(block.order, np.hstack([head, payload, np.full((len(payload), 1), 0xFF, np.uint8)]))


def _encrypted(
    rng: np.random.Generator, recorder: Recorder, records: list[tuple[int, Block]]
) -> tuple[tuple[tuple[Key, ...], ...], bytes]:
    points = sorted({feature_point(k, recorder.version) for k, _ in records} - {PLAIN})
    cuts = [] if recorder.switch_row is None else [recorder.switch_row * SLOTS]
    edges = [-(1 << 40), *cuts, 1 << 40]
    body: list[bytes] = []
    groups: list[tuple[Key, ...]] = []
    for begin, end in pairwise(edges):
        keys = draw_keys(rng, points)
        if groups:
            switch = Block(np.array([0]), rows_of(rng.bytes(8)))
            body.append(_framed(rng, recorder.version, layout.KEY_SWITCH, switch).rows.tobytes())
        body += [_stored(rng, recorder.version, key) for key in keys]
        body.append(_epoch(rng, recorder.version, keys, _between(records, begin, end)))
        groups.append(tuple(keys))
    return tuple(groups), b"".join(body)


def _between(records: Iterable[tuple[int, Block]], begin: int, end: int) -> list[tuple[int, Block]]:
    cut: list[tuple[int, Block]] = []
    for kind, block in records:
        inside = (block.order >= begin) & (block.order < end)
        if inside.any():
            cut.append((kind, Block(block.order[inside], block.rows[inside])))
    return cut


def _stored(rng: np.random.Generator, version: int, key: Key) -> bytes:
    blob = struct.pack("<HH", key.feature_point, len(key.stored)) + key.stored
    return _framed(rng, version, layout.KEY_STORAGE, Block(np.array([0]), rows_of(blob))).rows.tobytes()


def _epoch(rng: np.random.Generator, version: int, keys: list[Key], records: list[tuple[int, Block]]) -> bytes:
    grouped: dict[int, list[tuple[int, Block]]] = {}
    for kind, block in records:
        grouped.setdefault(feature_point(kind, version), []).append((kind, block))
    hidden = encrypt({p: [b for _, b in of] for p, of in grouped.items()}, keys)
    framed = [
        _framed(rng, version, kind, block)
        for point, of in grouped.items()
        for (kind, _), block in zip(of, hidden[point], strict=True)
    ]
    return interleave(framed).tobytes()


def details(truth: Truth, recorder: Recorder, thumbnail_bytes: int) -> bytes:
    """
    Sum the flight up, as every record does in the clear or merely scrambled.

    Degrees, metres, milliseconds; take-off altitude in decimetres; the third serial number field is that of
    the remote.
    """
    has_place = truth.has_fix.any()
    head = struct.pack(
        "<80s3Biiqddfifffiq", b"", 0, 1, 1, len(truth), 12345, int(truth.recorder_clock_us[0]) // 1000,
        truth.home.lon if has_place else 0.0, truth.home.lat if has_place else 0.0, truth.distance_m,
        int(truth.duration_s * 1000), truth.max_height_m, truth.max_speed_mps,
        float(np.abs(truth.vd_mps).max()), 0, 0,
    )  # fmt: skip
    place = np.radians([truth.home.lon] * 4).tobytes() + np.radians([truth.home.lat] * 4).tobytes()
    head += struct.pack("<8i", thumbnail_bytes, *([0] * 7)) + place
    if recorder.version < _PREFIX_VERSION:
        return _old_identity(truth, recorder, head)
    serials = (truth.aircraft.serial, "SIMCAMERA1", "SIMREMOTE1", truth.batteries[0].serial)
    identity = struct.pack("<q16sfBq", 0, b"", truth.field.altitude_m * 10.0, recorder.product, 0)
    identity += layout.padded(truth.aircraft.name, 32) + b"".join(layout.padded(s, 16) for s in serials)
    return (head + identity + bytes([2, 1, 9, 0])).ljust(436 if recorder.version >= _FIRST_BYTE_DETAILS else 400, b"\0")


def _old_identity(truth: Truth, recorder: Recorder, head: bytes) -> bytes:
    out = bytearray(head.ljust(400, b"\0"))
    out[267:277] = layout.padded(truth.aircraft.serial, 10)
    out[277] = recorder.product
    out[278:302] = layout.padded(truth.aircraft.name, 24)
    for at, serial in ((318, "SIMCAMERA1"), (328, "SIMREMOTE1"), (338, truth.batteries[0].serial)):
        out[at : at + 10] = layout.padded(serial, 10)
    out[348:352] = bytes([2, 1, 9, 0])
    out[352:356] = struct.pack("<f", truth.field.altitude_m * 10.0)
    return bytes(out)


def thumbnail() -> bytes:
    """Make the smallest thing that begins and ends as a JPEG does; its comment says that it is simulated."""
    comment = MARK.encode()
    return b"\xff\xd8\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + b"\xff\xd9"


def _assembled(truth: Truth, recorder: Recorder, records: bytes, rng: np.random.Generator) -> bytes:
    version = recorder.version
    ending = END_MARK if version > layout.RAW else b""
    picture = thumbnail() if version < _IN_BLOCK else b""
    about = details(truth, recorder, len(picture))
    if version < _FIRST_BYTE_DETAILS:
        first = OLD_PREFIX_BYTES if version < _PREFIX_VERSION else PREFIX_BYTES
        body = records + ending + picture
        return _prefix(version, first + len(body), len(about))[:first] + body + about
    blocks = about if version == _FIRST_BYTE_DETAILS else _auxiliary(rng, recorder, about)
    begin = PREFIX_BYTES + len(blocks)
    offset = begin if version > _FIRST_BYTE_DETAILS else begin + len(records)
    return _prefix(version, offset * recorder.details_offset, len(about)) + blocks + records + ending + picture


def _prefix(version: int, offset: int, length: int) -> bytes:
    return struct.pack("<QHBB", offset, length, version, 0).ljust(PREFIX_BYTES, b"\0")


def _aux_version(recorder: Recorder) -> int:
    return 4 if recorder.version > _IN_BLOCK else 2


def _auxiliary(rng: np.random.Generator, recorder: Recorder, about: bytes) -> bytes:
    signature = rng.bytes(256)
    info = b"\x01" + struct.pack("<H", len(about)) + about + struct.pack("<H", len(signature)) + signature
    hidden: Bytes = scramble(rng, 0, rows_of(info))
    version = struct.pack("<HBB", _aux_version(recorder), FLY_DEPARTMENT, 0)
    return (
        b"\0"
        + struct.pack("<H", hidden.shape[1])
        + hidden.tobytes()
        + b"\1"
        + struct.pack("<H", len(version))
        + version
    )
