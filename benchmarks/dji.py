"""DJI flight records to columns, against dji-log-parser (the Rust library built for WebAssembly) on the same file."""

import json
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from whole_reads import REPEATED_BYTES, Median, Row, our_columns, part_rows, row, stretch_row, whole_row

import groundside
from groundside.decode.formats.dji_record.layout import layout_of

V11 = "dji_txt/dji-log-parser-js__DJIFlightRecord_2018-10-03_13-23-50.txt"
V4 = "dji_txt/dji-log-parser__DJIFlightRecord_2015-12-29_19-05-48.txt"
ROUNDS = 5
FEW_TABLES = ("OSD", "GIMBAL")
PEER = Path(__file__).resolve().parents[1] / "tests" / "peers" / "dji-log-parser"
PEER_TOOK = "dji-log-parser (WASM), first file of a process"
PEER_WARM = "dji-log-parser (WASM), warmed up"


def peer_seconds(path: Path, rounds: int) -> tuple[float, list[float]]:
    """CPU seconds of the peer's `frames()`: the first time in a process, and each of `rounds` after it."""
    if not (PEER / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--silent"], cwd=PEER, check=True)
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, PEER / "timed.mjs", path, str(rounds)], capture_output=True, check=True, text=True, cwd=PEER
    )
    first, *later = json.loads(done.stdout)
    return first, later


def compared(path: Path, median_s: Median) -> tuple[float, float, float]:
    """CPU seconds of ours, and of the peer at first and warmed up, before ours and after: no minute is like another."""
    data = path.read_bytes()
    first, later = peer_seconds(path, ROUNDS)
    ours = median_s(lambda: our_columns(data))
    again, more = peer_seconds(path, ROUNDS)
    return ours, median((first, again)), median(later + more)


def larger(data: bytes, size: int) -> bytes:
    """
    One flight repeated until it is `size` bytes: its records again and again, the details once behind them.

    The clock of the application is scrambled in with the records and therefore stays as it is: it jumps back wherever
    the flight begins anew.
    """
    layout = layout_of(memoryview(data))
    assert layout is not None
    start, end = layout.records[0].start, layout.records[0].end
    times = -(-(size - len(data)) // (end - start)) + 1
    head = struct.pack("<Q", struct.unpack_from("<Q", data)[0] + (times - 1) * (end - start)) + data[8:start]
    return head + data[start:end] * times + data[end:]


def rows(corpus: Path, median_s: Median) -> Iterator[Row]:
    for name, what in ((V11, "version 11"), (V4, "version 4")):
        path = corpus / name
        data = path.read_bytes()
        ours, took_s, warm_s = compared(path, median_s)
        for peer, peer_s in ((PEER_TOOK, took_s), (PEER_WARM, warm_s)):
            yield row(f"DJI record to columns, {what}", len(data), ours, peer, len(data) / peer_s / 1e6)
        if name == V11:
            yield from _large(data, len(data) / warm_s / 1e6, median_s)


def _large(data: bytes, peer_mb_per_s: float, median_s: Median) -> Iterator[Row]:
    large, peer = larger(data, REPEATED_BYTES), (f"{PEER_WARM}, on the flight itself", peer_mb_per_s)
    what = f"{len(large) / 1e6:.0f} MB, one flight of version 11 repeated"
    yield whole_row(f"DJI record to columns, {what}", large, ".txt", peer, median_s)
    yield from part_rows(what, large, FEW_TABLES, peer, median_s, facts=False)
    times = groundside.read(large).timed_track().time_us
    stretch = int(times[len(times) * 45 // 100]), int(times[len(times) * 55 // 100])
    yield stretch_row(what, large, stretch, peer, median_s)
