"""MAVLink telemetry with its checksums to columns, against pymavlink reading the same file to lists."""

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

os.environ["MAVLINK20"] = "1"  # read by pymavlink when it is imported: both versions, as we do

from pymavlink import mavutil
from whole_reads import REPEATED_BYTES, Median, Row, first_s, our_columns, part_rows, repeated, row, whole_row

from groundside.decode.mavlink.records import records_of

FLIGHT = "tlog/dronekit-python__flight.tlog"
FILES = (FLIGHT, "tlog/UAVLogViewer__vtol.tlog")
SMALL = "tlog/pymavlink__capture.mav2.battery_status.tlog"
FEW_TABLES = ("GLOBAL_POSITION_INT", "ATTITUDE")
PEER = "pymavlink to lists"
_CLOCK = 8


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


def larger(data: bytes, size: int) -> bytes:
    """
    One flight repeated until it is `size` bytes, the recorder's clock going on from each to the next.

    What the vehicle says itself (`time_boot_ms`) is under the checksum and stays: it starts anew each time.
    """
    at = records_of(memoryview(data), _CLOCK).all_at()
    flight = data[: int(at[-1]) - _CLOCK]  # the last record may be cut short
    places = (at[:-1] - _CLOCK)[:, None] + np.arange(_CLOCK)
    clocks = np.frombuffer(data, np.uint8)[places].view(">u8")
    lasts_us = int(clocks.max() - clocks.min()) + 1_000_000
    return repeated(b"", flight, size, [(places, ">u8", lasts_us)])


def rows(corpus: Path, median_s: Median) -> Iterator[Row]:
    for name in FILES:
        path = corpus / name
        data, short = path.read_bytes(), path.name.rpartition("__")[2]
        theirs = len(data) / median_s(lambda path=path: peer_lists(path)) / 1e6
        ours = median_s(lambda data=data: our_columns(data))
        yield row(f"tlog with CRC to columns, {short}", len(data), ours, PEER, theirs)
        if name == FLIGHT:
            yield from _large(data, theirs, median_s)
    what = "a tlog of one frame, the first that a process reads, after its imports"
    yield {"what": what, "median_ms": first_s(corpus / SMALL) * 1e3}


def _large(data: bytes, peer_mb_per_s: float, median_s: Median) -> Iterator[Row]:
    large = larger(data, REPEATED_BYTES)
    what = f"{len(large) / 1e6:.0f} MB of flight.tlog, one flight repeated {round(len(large) / len(data))} times"
    peer = f"{PEER}, on flight.tlog itself", peer_mb_per_s
    yield whole_row(f"tlog with CRC to columns, {what}", large, ".tlog", peer, median_s)
    yield from part_rows(what, large, FEW_TABLES, peer, median_s)
