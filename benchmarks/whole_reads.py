"""What the benchmarks of the log formats measure alike: reading every table of a file, in time and in memory."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

import groundside

Median = Callable[[Callable[[], object]], float]
Row = dict[str, object]
REPEATED_BYTES = 32_000_000
# ru_maxrss of a child counts what its parent held when it was forked; VmHWM counts the child alone.
_PEAK = """
import sys
from pathlib import Path
import groundside
log = groundside.read(Path(sys.argv[1]))
values = sum(log.tables[name].num_rows * log.tables[name].num_columns for name in log.tables)
print(1024 * int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]))
"""
_FIRST = """
import sys, time
from pathlib import Path
import groundside
groundside.read(b"what is this?")  # imports all it needs
data = Path(sys.argv[1]).read_bytes()
began = time.process_time()
log = groundside.read(data)
values = sum(log.tables[name].num_rows * log.tables[name].num_columns for name in log.tables)
print(time.process_time() - began)
"""


def our_columns(data: bytes) -> int:
    """Every table made, every column there; gives how many values."""
    tables = groundside.read(data).tables
    return sum(tables[name].num_rows * tables[name].num_columns for name in tables)


def our_tables(data: bytes, names: Sequence[str]) -> int:
    """Some tables alone; gives how many rows."""
    tables = groundside.read(data, tables=names).tables
    return sum(tables[name].num_rows for name in tables)


def first_s(path: Path) -> float:
    """CPU seconds of the first log that a process reads, after its imports."""
    return _told(_FIRST, path)


def peak_bytes(data: bytes, suffix: str) -> int:
    """Peak memory of a fresh process that reads a file of these bytes and makes every table."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(data)
        file.flush()
        return int(_told(_PEAK, Path(file.name)))


def _told(script: str, path: Path) -> float:
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, check=True, text=True)
    return float(done.stdout)


def row(what: str, size: int, ours_s: float, peer: str, peer_mb_per_s: float) -> Row:
    """One figure beside its peer's."""
    speed = size / ours_s / 1e6
    return {
        "what": what, "bytes": size, "seconds": ours_s, "MB_per_s": speed, "peer": peer,
        "peer_seconds": size / peer_mb_per_s / 1e6, "times_peer": speed / peer_mb_per_s,
    }  # fmt: skip


def whole_row(what: str, large: bytes, suffix: str, peer: tuple[str, float], median_s: Median) -> Row:
    """A large file to columns, and the peak memory of a fresh process; `peer` is its name and its MB/s."""
    peak = peak_bytes(large, suffix)
    all_s = median_s(lambda: our_columns(large))
    return {
        **row(what, len(large), all_s, *peer),
        "peak_bytes": peak,
        "peak_mb": peak / 1e6,
        "most_mb": 2.5 * len(large) / 1e6 + 80,
    }


def part_rows(
    what: str, large: bytes, few: Sequence[str], peer: tuple[str, float], median_s: Median, *, facts: bool = True
) -> Iterator[Row]:
    """Some tables alone of a large file, and its facts alone."""
    few_s = median_s(lambda: our_tables(large, few))
    yield row(f"{' and '.join(few)} alone, {what}", len(large), few_s, *peer)
    if facts:
        facts_s = median_s(lambda: groundside.read(large).facts)
        yield row(f"facts alone, {what}", len(large), facts_s, *peer)


def stretch_row(what: str, large: bytes, stretch: tuple[int, int], peer: tuple[str, float], median_s: Median) -> Row:
    """A stretch of time of every table of a large file, on the clock of its track."""
    part_s = median_s(lambda: list(groundside.read(large, between=stretch).tables.values()))
    return row(f"a tenth of the time, {what}", len(large), part_s, *peer)


def repeated(head: bytes, flight: bytes, size: int, clocks: Sequence[tuple[np.ndarray, str, int]]) -> bytes:
    """
    One flight again and again behind its definitions, until there are `size` bytes.

    Args:
        clocks: of each kind of clock, the places of its bytes in the flight (a row a record), its NumPy type, and how
            many of its units later each repetition is than the one before.
    """
    flown = np.frombuffer(flight, np.uint8)
    began = [flown[places].copy().view(kind) for places, kind, _ in clocks]
    parts = [head]
    for number in range(-(-(size - len(head)) // len(flight))):
        again = flown.copy()
        for (places, kind, later), times in zip(clocks, began, strict=True):
            again[places] = (times + times.dtype.type(number * later)).astype(kind).view(np.uint8)
        parts.append(again.tobytes())
    return b"".join(parts)
