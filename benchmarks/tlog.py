"""MAVLink telemetry with its checksums to columns, against pymavlink reading the same file to lists."""

import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

os.environ["MAVLINK20"] = "1"  # read by pymavlink when it is imported: both versions, as we do

from pymavlink import mavutil

import groundside
from groundside.decode.mavlink.records import records_of

FLIGHT = "tlog/dronekit-python__flight.tlog"
FILES = (FLIGHT, "tlog/UAVLogViewer__vtol.tlog")
SMALL = "tlog/pymavlink__capture.mav2.battery_status.tlog"
REPEATED_BYTES = 32_000_000
FEW_TABLES = ("GLOBAL_POSITION_INT", "ATTITUDE")
PEER = "pymavlink to lists"
_CLOCK = 8
_PEAK = """
import sys
from pathlib import Path
import groundside
log = groundside.read(Path(sys.argv[1]))
cells = sum(log.tables[name].num_rows * log.tables[name].num_columns for name in log.tables)
status = Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) * 1024)
"""
_FIRST = """
import sys, time
from pathlib import Path
import groundside
groundside.read(b"what is this?")  # imports all it needs
data = Path(sys.argv[1]).read_bytes()
began = time.process_time()
log = groundside.read(data)
cells = sum(log.tables[name].num_rows for name in log.tables)
print(time.process_time() - began)
"""
Median = Callable[[Callable[[], object]], float]


def peer_lists(path: Path) -> dict[str, dict[str, list[object]]]:
    mavutil.set_dialect("all")
    log = mavutil.mavlogfile(str(path), robust_parsing=True)
    found: dict[str, dict[str, list[object]]] = defaultdict(lambda: defaultdict(list))
    while (message := log.recv_msg()) is not None:
        name = message.get_type()
        if name != "BAD_DATA":
            table = found[name]
            table["time"].append(message._timestamp)
            for field in message.get_fieldnames():
                table[field].append(getattr(message, field))
    log.close()
    return found


def our_columns(data: bytes) -> int:
    """Every table made, every column there; gives how many values."""
    tables = groundside.read(data).tables
    return sum(tables[name].num_rows * tables[name].num_columns for name in tables)


def our_tables(data: bytes, names: Sequence[str]) -> int:
    """Some tables alone; gives how many rows."""
    tables = groundside.read(data, tables=names).tables
    return sum(tables[name].num_rows for name in tables)


def repeated(data: bytes, size: int) -> bytes:
    """
    One flight repeated until it is `size` bytes, the recorder's clock going on from each to the next.

    What the vehicle says itself (`time_boot_ms`) is under the checksum and stays: it starts anew each time.
    """
    at = records_of(memoryview(data), _CLOCK).all_at()
    flight = np.frombuffer(data, np.uint8)[: int(at[-1]) - _CLOCK].copy()  # the last record may be cut short
    places = (at[:-1] - _CLOCK)[:, None] + np.arange(_CLOCK)
    clocks = flight[places].view(">u8")
    lasts_us = int(clocks.max() - clocks.min()) + 1_000_000
    parts = []
    for number in range(-(-size // len(flight))):
        flight[places] = (clocks + np.uint64(number * lasts_us)).astype(">u8").view(np.uint8)
        parts.append(flight.tobytes())
    return b"".join(parts)


def told(script: str, path: Path) -> float:
    """What a fresh process prints; of its memory VmHWM, for ru_maxrss goes on from that of the parent."""
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=True, text=True)
    return float(done.stdout)


def row(what: str, size: int, ours_s: float, peer: str, peer_mb_per_s: float) -> dict[str, object]:
    speed = size / ours_s / 1e6
    return {
        "what": what, "bytes": size, "seconds": ours_s, "MB_per_s": speed, "peer": peer,
        "peer_seconds": size / peer_mb_per_s / 1e6, "times_peer": speed / peer_mb_per_s,
    }  # fmt: skip


def rows(corpus: Path, median_s: Median) -> Iterator[dict[str, object]]:
    for name in FILES:
        path = corpus / name
        data, short = path.read_bytes(), path.name.rpartition("__")[2]
        theirs = len(data) / median_s(lambda path=path: peer_lists(path)) / 1e6
        ours = median_s(lambda data=data: our_columns(data))
        yield row(f"tlog with CRC to columns, {short}", len(data), ours, PEER, theirs)
        if name == FLIGHT:
            yield from _large(data, theirs, median_s)
    first_s = told(_FIRST, corpus / SMALL)
    yield {"what": "a tlog of one frame, the first that a process reads, after its imports", "median_ms": first_s * 1e3}


def _large(data: bytes, peer_mb_per_s: float, median_s: Median) -> Iterator[dict[str, object]]:
    large = repeated(data, REPEATED_BYTES)
    what = f"{len(large) / 1e6:.0f} MB of flight.tlog, one flight repeated {round(len(large) / len(data))} times"
    peer = f"{PEER}, on flight.tlog itself"
    with tempfile.NamedTemporaryFile(suffix=".tlog") as file:
        file.write(large)
        file.flush()
        peak = told(_PEAK, Path(file.name))
    all_s = median_s(lambda: our_columns(large))
    measured = row(f"tlog with CRC to columns, {what}", len(large), all_s, peer, peer_mb_per_s)
    yield {**measured, "peak_bytes": peak, "peak_mb": peak / 1e6}
    few_s = median_s(lambda: our_tables(large, FEW_TABLES))
    yield row(f"{' and '.join(FEW_TABLES)} alone, {what}", len(large), few_s, peer, peer_mb_per_s)
    said_s = median_s(lambda: groundside.read(large).facts)
    yield row(f"facts alone, {what}", len(large), said_s, peer, peer_mb_per_s)
