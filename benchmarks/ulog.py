"""ULog to columns, against pyulog on the same file."""

import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from pyulog import ULog

import groundside

SAMPLE = "ulog/pyulog__sample.ulg"
FILES = (SAMPLE, "ulog/pyulog__sample_log_small.ulg", "sitl/px4_sih_flight1.ulg")
REPEATED_BYTES = 32_000_000
FEW_TABLES = ("vehicle_gps_position", "vehicle_attitude")
PEER = "pyulog to columns"
_HEADER = struct.Struct("<HB")
_FILE_HEADER_BYTES, _TIME_AT = 16, 5
_PEAK = """
import sys
from pathlib import Path
import groundside
log = groundside.read(Path(sys.argv[1]))
values = sum(log.tables[name].num_rows * log.tables[name].num_columns for name in log.tables)
print(1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]))
"""
"""What the system counts as the most memory of a child (ru_maxrss) includes that of the process which started it."""
_FIRST = """
import sys, time
from pathlib import Path
import groundside
groundside.read(b"")
path = Path(sys.argv[1])
began = time.process_time()
log = groundside.read(path)
values = sum(log.tables[name].num_rows * log.tables[name].num_columns for name in log.tables)
print(time.process_time() - began)
"""
"""The first log that a process reads: nothing is known of its topics yet."""


def our_columns(data: bytes) -> int:
    """Every table made, every column there; gives how many values."""
    tables = groundside.read(data).tables
    return sum(tables[name].num_rows * tables[name].num_columns for name in tables)


def repeated(data: bytes, size: int) -> bytes:
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
    lasts_us = np.uint64(times.max() - np.median(times[:100]) + 1_000_000)
    parts = [data[:first]]
    for number in range(-(-(size - first) // len(flight))):
        again = flight.copy()
        again[places] = (times + np.uint64(number) * lasts_us)[:, None].view("u1")
        parts.append(again.tobytes())
    return b"".join(parts)


def _messages(data: bytes) -> tuple[list[int], list[int]]:
    starts, kinds, at = [], [], _FILE_HEADER_BYTES
    while at + 3 <= len(data):
        size, kind = _HEADER.unpack_from(data, at)
        starts.append(at)
        kinds.append(kind)
        at += 3 + size
    return starts, kinds


def in_fresh_process(script: str, path: Path) -> float:
    """Run a script on a file in a process of its own; gives the number that it prints."""
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=True, text=True)
    return float(done.stdout)


def row(what: str, size: int, ours_s: float, peer: str, peer_mb_per_s: float) -> dict[str, object]:
    speed = size / ours_s / 1e6
    return {
        "what": what, "bytes": size, "seconds": ours_s, "MB_per_s": speed, "peer": peer,
        "peer_seconds": size / peer_mb_per_s / 1e6, "times_peer": speed / peer_mb_per_s,
    }  # fmt: skip


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[dict[str, object]]:
    for name in FILES:
        path = corpus / name
        data, short = path.read_bytes(), path.stem.rpartition("__")[2]
        theirs = len(data) / median_s(lambda path=path: ULog(str(path))) / 1e6
        ours = median_s(lambda data=data: our_columns(data))
        yield row(f"ULog to columns, {short}", len(data), ours, PEER, theirs)
        if name == SAMPLE:
            first = in_fresh_process(_FIRST, path)
            yield row(f"ULog to columns, {short}, first of a process", len(data), first, PEER, theirs)
        if name != FILES[1]:
            yield from _large(data, short, theirs, median_s)


def _large(
    data: bytes, short: str, peer_mb_per_s: float, median_s: Callable[[Callable[[], object]], float]
) -> Iterator[dict[str, object]]:
    large = repeated(data, REPEATED_BYTES)
    what = f"{len(large) / 1e6:.0f} MB of {short}, one flight repeated {len(large) // len(data) + 1} times"
    peer = f"{PEER}, on {short} itself"
    with tempfile.NamedTemporaryFile(suffix=".ulg") as file:
        file.write(large)
        file.flush()
        peak = in_fresh_process(_PEAK, Path(file.name))
    all_s = median_s(lambda: our_columns(large))
    yield {
        **row(f"ULog to columns, {what}", len(large), all_s, peer, peer_mb_per_s),
        "peak_bytes": int(peak),
        "peak_mb": peak / 1e6,
        "most_mb": 2.5 * len(large) / 1e6 + 80,
    }
    few_s = median_s(lambda: [t[name] for t in (groundside.read(large).tables,) for name in FEW_TABLES if name in t])
    yield row(f"{' and '.join(FEW_TABLES)} alone, {what}", len(large), few_s, peer, peer_mb_per_s)
    facts_s = median_s(lambda: groundside.read(large).facts)
    yield row(f"facts alone, {what}", len(large), facts_s, peer, peer_mb_per_s)
