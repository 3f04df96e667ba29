"""
Put MAVLink messages of several senders into frames, in the order of their sending.

Version 1 frames have 6 bytes before the payload, version 2 frames 10; version 2 leaves out zeros at the end of the
payload, all but the first byte, and may carry a signature of 13 bytes.

Source: MAVLink Developer Guide, "Packet Serialization" and "Message Signing",
https://mavlink.io/en/guide/serialization.html and https://mavlink.io/en/guide/message_signing.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from groundside.simulate.writers.interleave import Bytes
from groundside.simulate.writers.mavlink_crc import START, TABLE
from groundside.simulate.writers.mavlink_messages import Message, crc_extra, dtype_of

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

MAGIC = {1: 0xFE, 2: 0xFD}
HEAD_BYTES = {1: 6, 2: 10}
CRC_BYTES, SIGNATURE_BYTES, SIGNED = 2, 13, 1
SIGNING_EPOCH_US = 1_420_070_400_000_000
"""Signatures count units of 10 microseconds since 2015-01-01 00:00 UTC."""
_LARGEST_OLD_ID = 0xFF
_VEHICLE, _STATION = 1, 255


@dataclass(frozen=True, slots=True)
class Sent:
    """
    Messages of one kind from one sender.

    Args:
        system, component: the sender.
        message: the kind.
        order: where each belongs among all messages; the same number twice keeps the order of the list.
        payload: shape (messages, length), extensions included, zeros not left out.
    """

    system: int
    component: int
    message: Message
    order: Ints
    payload: Bytes


@dataclass(frozen=True, slots=True)
class Wire:
    """
    How frames go over the link.

    Args:
        old_until: frames whose order is less are of version 1.
        received: which of these arrive, given the systems they come from and their order.
        secret: key of 32 bytes to sign frames of version 2 with, none where empty.
        time_us: UTC at which a frame of each order is sent.
    """

    old_until: int
    received: Callable[[Ints, Ints], Flags]
    secret: bytes
    time_us: Callable[[Ints], Ints]


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames in order, each row filled up with zeros: shape (frames, longest)."""

    order: Ints
    rows: Bytes
    lengths: Ints


@dataclass(frozen=True, slots=True)
class _Heads:
    """What is known of each frame before its payload."""

    version: Ints
    system: Ints
    component: Ints
    id: Ints
    extra: Ints
    length: Ints
    sequence: Ints
    signed: Flags


def frames(sent: Sequence[Sent], wire: Wire) -> Frames:
    """
    Frame what was sent and keep what arrives.

    Each sender counts its messages modulo 256, also those that do not arrive. Only autopilots, their components and
    ground stations sign; radios cannot.
    """
    possible = [_possible(s, wire.old_until) for s in sent]
    order = np.concatenate([s.order for s in possible])
    heads, payload = _heads(possible, order, wire), _stacked(possible)
    arrives = wire.received(heads.system, order)
    at = np.argsort(order, kind="stable")
    at = at[arrives[at]]
    heads = _Heads(*(getattr(heads, name)[at] for name in _Heads.__slots__))
    return _finished(_rows(heads, payload[at]), heads, order[at], wire)


def _possible(sent: Sent, old_until: int) -> Sent:
    """Leave out what version 1 has no number for."""
    if sent.message.id <= _LARGEST_OLD_ID:
        return sent
    new = sent.order >= old_until
    return Sent(sent.system, sent.component, sent.message, sent.order[new], sent.payload[new])


def _stacked(sent: Sequence[Sent]) -> Bytes:
    widest = max(s.payload.shape[1] for s in sent)
    return np.concatenate([np.pad(s.payload, ((0, 0), (0, widest - s.payload.shape[1]))) for s in sent])


def _heads(sent: Sequence[Sent], order: Ints, wire: Wire) -> _Heads:
    def each(values: list[int]) -> Ints:
        return np.repeat(np.array(values, np.int64), [len(s.order) for s in sent])

    system, component = each([s.system for s in sent]), each([s.component for s in sent])
    version = np.where(order < wire.old_until, 1, 2)
    short = each([dtype_of(s.message, 1).itemsize for s in sent])
    trimmed = np.concatenate([_trimmed(s.payload) for s in sent])
    signs = (system == _VEHICLE) | (system == _STATION)
    return _Heads(
        version, system, component, each([s.message.id for s in sent]), each([crc_extra(s.message) for s in sent]),
        np.where(version == 1, short, trimmed), _sequences(system * 256 + component, order),
        (version == 2) & signs & bool(wire.secret),
    )  # fmt: skip


def _trimmed(payload: Bytes) -> Ints:
    """Lengths without the zeros at the end, at least 1."""
    filled = payload != 0
    last = payload.shape[1] - np.argmax(filled[:, ::-1], axis=1)
    return np.where(filled.any(axis=1), last, 1).astype(np.int64)


def _sequences(sender: Ints, order: Ints) -> Ints:
    out = np.empty(len(order), np.int64)
    for one in np.unique(sender):
        own = np.flatnonzero(sender == one)
        out[own[np.argsort(order[own], kind="stable")]] = np.arange(len(own)) % 256
    return out


def _rows(heads: _Heads, payload: Bytes) -> Bytes:
    """Heads and payloads, without checksum and signature."""
    width = HEAD_BYTES[2] + payload.shape[1] + CRC_BYTES + SIGNATURE_BYTES
    out = np.zeros((len(payload), width), np.uint8)
    out[:, 1] = heads.length
    for version in (1, 2):
        of = heads.version == version
        sender = (heads.sequence, heads.system, heads.component, heads.id)
        flags = () if version == 1 else (heads.signed * SIGNED, heads.signed * 0)
        more = () if version == 1 else (heads.id >> 8, heads.id >> 16)
        out[of, 0] = MAGIC[version]
        for column, values in enumerate((*flags, *sender, *more), start=2):
            out[of, column] = values[of] & 0xFF
        begin = HEAD_BYTES[version]
        out[of, begin : begin + payload.shape[1]] = payload[of]
    return out


def _finished(rows: Bytes, heads: _Heads, order: Ints, wire: Wire) -> Frames:
    ends = np.where(heads.version == 1, HEAD_BYTES[1], HEAD_BYTES[2]) + heads.length
    rows[np.arange(rows.shape[1]) >= ends[:, None]] = 0
    crc = _checksums(rows, ends, heads.extra)
    every = np.arange(len(rows))
    rows[every, ends], rows[every, ends + 1] = crc & 0xFF, crc >> 8
    lengths = ends + CRC_BYTES
    signed = np.flatnonzero(heads.signed)
    if len(signed):
        _sign(rows, lengths, signed, wire.secret, wire.time_us(order))
        lengths[signed] += SIGNATURE_BYTES
    return Frames(order, rows, lengths)


def _checksums(rows: Bytes, ends: Ints, extra: Ints) -> NDArray[np.uint16]:
    """Checksum of each row from after its start byte to its end, then of its CRC_EXTRA."""
    with_extra = np.ascontiguousarray(rows.T)
    with_extra[ends, np.arange(len(rows))] = extra
    crc = np.full(len(rows), START, np.uint16)
    by_length = np.argsort(-ends, kind="stable")
    counts = np.searchsorted(-ends[by_length], -np.arange(rows.shape[1]), side="right")
    with_extra, crc = with_extra[:, by_length], crc[by_length]
    for column, count in zip(with_extra[1:], counts[1:], strict=True):
        now = crc[:count]
        crc[:count] = (now >> 8) ^ TABLE[(now ^ column[:count]) & 0xFF]
    out = np.empty_like(crc)
    out[by_length] = crc
    return out


def _sign(rows: Bytes, lengths: Ints, signed: NDArray[np.intp], secret: bytes, time_us: Ints) -> None:
    """Append link 0, a time that always grows, and the first 48 bits of SHA-256 of secret and frame up to there."""
    ticks = (time_us - SIGNING_EPOCH_US) // 10
    ticks = np.maximum.accumulate(ticks - np.arange(len(ticks))) + np.arange(len(ticks))
    for i in signed.tolist():
        end = int(lengths[i])
        stamp = b"\0" + int(ticks[i]).to_bytes(6, "little")
        frame = rows[i, :end].tobytes() + stamp
        rows[i, end : end + SIGNATURE_BYTES] = np.frombuffer(stamp + sha256(secret + frame).digest()[:6], np.uint8)
