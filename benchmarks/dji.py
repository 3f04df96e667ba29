"""DJI flight records to columns, against dji-log-parser (the Rust library built for WebAssembly) on the same file."""

import json
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import groundside
from groundside.decode.formats.dji_record.layout import layout_of

V11 = "dji_txt/dji-log-parser-js__DJIFlightRecord_2018-10-03_13-23-50.txt"
V4 = "dji_txt/dji-log-parser__DJIFlightRecord_2015-12-29_19-05-48.txt"
REPEATED_BYTES = 32_000_000
FEW_TABLES = ("OSD", "GIMBAL")
PEER = Path(__file__).resolve().parents[1] / "tests" / "peers" / "dji-log-parser"
PEER_TOOK = "dji-log-parser (WASM), first file of a process"
PEER_WARM = "dji-log-parser (WASM), warmed up"
_PEAK = """
import sys
from pathlib import Path
import groundside
log = groundside.read(Path(sys.argv[1]))
values = sum(log.tables[name].num_rows * log.tables[name].num_columns for name in log.tables)
print(1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]))
"""


def our_columns(data: bytes) -> int:
    """Every table made, every column there; gives how many values."""
    tables = groundside.read(data).tables
    return sum(tables[name].num_rows * tables[name].num_columns for name in tables)


def peer_seconds(path: Path, rounds: int) -> tuple[float, float]:
    """CPU seconds of the peer's `frames()`: the first time in a process, and the median of `rounds` after it."""
    if not (PEER / "node_modules").is_dir():
        subprocess.run(["npm", "ci", "--silent"], cwd=PEER, check=True)
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, PEER / "timed.mjs", path, str(rounds)], capture_output=True, check=True, text=True, cwd=PEER
    )
    first, *later = json.loads(done.stdout)
    return first, sorted(later)[len(later) // 2]


def repeated(data: bytes, size: int) -> bytes:
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


def row(what: str, size: int, ours_s: float, peer: str, peer_s: float, peer_size: int) -> dict[str, object]:
    speed, peer_speed = size / ours_s / 1e6, peer_size / peer_s / 1e6
    return {
        "what": what, "bytes": size, "seconds": ours_s, "MB_per_s": speed, "peer": peer,
        "peer_seconds": size / peer_speed / 1e6, "times_peer": speed / peer_speed,
    }  # fmt: skip


def peak_bytes(path: Path) -> int:
    """Peak memory of a fresh process that reads a file and makes every table."""
    done = subprocess.run([sys.executable, "-c", _PEAK, str(path)], capture_output=True, check=True, text=True)
    return int(done.stdout)


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[dict[str, object]]:
    for name, what in ((V11, "version 11"), (V4, "version 4")):
        path = corpus / name
        data = path.read_bytes()
        first_s, warm_s = peer_seconds(path, rounds=5)
        ours = median_s(lambda data=data: our_columns(data))
        yield row(f"DJI record to columns, {what}", len(data), ours, PEER_TOOK, first_s, len(data))
        yield row(f"DJI record to columns, {what}", len(data), ours, PEER_WARM, warm_s, len(data))
        if name == V11:
            yield from _large(data, warm_s, median_s)


def _large(
    data: bytes, peer_s: float, median_s: Callable[[Callable[[], object]], float]
) -> Iterator[dict[str, object]]:
    large, peer = repeated(data, REPEATED_BYTES), f"{PEER_WARM}, on the flight itself"
    what = f"{len(large) / 1e6:.0f} MB, one flight of version 11 repeated"
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        file.write(large)
        file.flush()
        peak = peak_bytes(Path(file.name))
    all_s = median_s(lambda: our_columns(large))
    yield {
        **row(f"DJI record to columns, {what}", len(large), all_s, peer, peer_s, len(data)),
        "peak_bytes": peak,
        "peak_allowed_bytes": 2.5 * len(large) + 80e6,
    }
    few_s = median_s(lambda: list(groundside.read(large, tables=FEW_TABLES).tables.values()))
    yield row(f"{' and '.join(FEW_TABLES)} alone, {what}", len(large), few_s, peer, peer_s, len(data))
    times = groundside.read(large).timed_track().time_us
    stretch = int(times[len(times) * 45 // 100]), int(times[len(times) * 55 // 100])
    part_s = median_s(lambda: list(groundside.read(large, between=stretch).tables.values()))
    yield row(f"a tenth of the time, {what}", len(large), part_s, peer, peer_s, len(data))
