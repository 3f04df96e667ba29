"""ULog to columns, against pyulog on the same file."""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pyulog import ULog
from whole_reads import REPEATED_BYTES, Median, Row, first_s, our_columns, part_rows, repeated, row, whole_row

import groundside

SAMPLE = "ulog/pyulog__sample.ulg"
FILES = (SAMPLE, "ulog/pyulog__sample_log_small.ulg", "sitl/px4_sih_flight1.ulg")
FEW_TABLES = ("vehicle_gps_position", "vehicle_attitude")
PEER = "pyulog to columns"
_HEADER = struct.Struct("<HB")
_FILE_HEADER_BYTES, _TIME_AT = 16, 5


def larger(data: bytes, size: int) -> bytes:
    """
    One flight repeated until it is `size` bytes: the definitions once, then its data again and again.

    The clock of each repetition begins where that of the one before ends. Every topic must be stamped, first of all.
    """
    starts, kinds = _messages(data)
    first = starts[kinds.index(ord("D"))]
    flown = [at for at, kind in zip(starts, kinds, strict=True) if at >= first and kind == ord("D")]
    flight = np.frombuffer(
        b"".join(data[at : at + 3 + int.from_bytes(data[at : at + 2], "little")] for at in flown), "u1"
    )
    sizes = np.array([3 + int.from_bytes(data[at : at + 2], "little") for at in flown])
    places = (np.cumsum(sizes) - sizes + _TIME_AT)[:, None] + np.arange(8)
    times = flight[places].view("<u8").reshape(-1)
    lasts_us = int(times.max() - np.median(times[:100])) + 1_000_000
    return repeated(data[:first], flight.tobytes(), size, [(places, "<u8", lasts_us)])


def _messages(data: bytes) -> tuple[list[int], list[int]]:
    starts, kinds, at = [], [], _FILE_HEADER_BYTES
    while at + 3 <= len(data):
        size, kind = _HEADER.unpack_from(data, at)
        starts.append(at)
        kinds.append(kind)
        at += 3 + size
    return starts, kinds


def rows(corpus: Path, median_s: Median) -> Iterator[Row]:
    for name in FILES:
        path = corpus / name
        data, short = path.read_bytes(), path.stem.rpartition("__")[2]
        theirs = len(data) / median_s(lambda path=path: ULog(str(path))) / 1e6
        ours = median_s(lambda data=data: our_columns(data))
        yield row(f"ULog to columns, {short}", len(data), ours, PEER, theirs)
        if name == SAMPLE:
            yield row(f"ULog to columns, {short}, first of a process", len(data), first_s(path), PEER, theirs)
        if name != FILES[1]:
            yield from _large(data, short, theirs, median_s)


def _large(data: bytes, short: str, peer_mb_per_s: float, median_s: Median) -> Iterator[Row]:
    large = larger(data, REPEATED_BYTES)
    what = f"{len(large) / 1e6:.0f} MB of {short}, one flight repeated {len(large) // len(data) + 1} times"
    peer = f"{PEER}, on {short} itself", peer_mb_per_s
    yield whole_row(f"ULog to columns, {what}", large, ".ulg", peer, median_s)
    few = [name for name in FEW_TABLES if name in groundside.read(large).tables]
    yield from part_rows(what, large, few, peer, median_s)
