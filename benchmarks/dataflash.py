"""DataFlash to scaled columns, against pymavlink's public ways through the same file."""

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from pymavlink.DFReader import DFReader_binary

import groundside
from groundside.decode.ardupilot.clock import time_column
from groundside.decode.ardupilot.groups import Group
from groundside.decode.formats.dataflash.definitions import definitions
from groundside.decode.formats.dataflash.records import grouped
from groundside.decode.formats.dataflash.walk import walk

LOG171 = "bin/dronekit-la-testdata__log171.bin"
FILES = (LOG171, "bin/ardupilot-log-diagnosis__sample.bin")
REPEATED_BYTES = 32_000_000
FEW_TABLES = ("GPS", "ATT")
_FMT = 0x80
# ru_maxrss of a child counts what its parent held when it was forked; VmHWM counts the child alone.
_PEAK = """
import sys
from pathlib import Path
import groundside
log = groundside.read(Path(sys.argv[1]))
rows = sum(log.tables[name].num_rows for name in log.tables)
print(next(line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line))
"""


def peer_columns(path: Path) -> dict[str, list[object]]:
    log = DFReader_binary(str(path))
    found: dict[str, list[object]] = defaultdict(list)
    while (message := log.recv_msg()) is not None:
        kind = message.get_type()
        for name in message.get_fieldnames():
            found[f"{kind}.{name}"].append(getattr(message, name))
    return found


def peer_messages(path: Path) -> int:
    log, count = DFReader_binary(str(path)), 0
    while log.recv_msg() is not None:
        count += 1
    return count


def our_columns(data: bytes) -> int:
    """Every table made, every column there; gives how many values."""
    tables = groundside.read(data).tables
    return sum(tables[name].num_rows * tables[name].num_columns for name in tables)


def repeated(data: bytes, size: int) -> bytes:
    """
    One flight repeated until it is `size` bytes: the definitions once, then what follows them again and again.

    The clock of each repetition begins where that of the one before ends.
    """
    view = memoryview(data)
    candidates = definitions(view)
    walked = walk(view, candidates)
    groups = grouped(view, walked, candidates).groups
    stands_after = next(at for at in walked.offsets.tolist() if data[at + 2] != _FMT)
    flight = np.frombuffer(data[stands_after:], np.uint8)
    clocks = _clocks(groups, stands_after)
    times = [flight[places].copy().view(f"<u{places.shape[1]}") for places, _ in clocks]
    units = [unit_us for _, unit_us in clocks]
    lasts_us = max((int(t.max()) - int(t.min())) * unit_us for t, unit_us in zip(times, units, strict=True)) + 1_000_000
    parts = [data[:stands_after]]
    for number in range(-(-(size - stands_after) // len(flight))):
        flown = flight.copy()
        for (places, unit_us), began in zip(clocks, times, strict=True):
            later = began + began.dtype.type(number * lasts_us // unit_us)
            flown[places] = later.view(np.uint8)
        parts.append(flown.tobytes())
    return b"".join(parts)


def _clocks(groups: Sequence[Group], start: int) -> list[tuple[np.ndarray, int]]:
    """Bytes of each clock, a row a record, counted from `start`; and microseconds a unit."""
    found = []
    for group in groups:
        column, offsets = time_column(group.layout), group.offsets[group.offsets >= start]
        if column is not None and len(offsets):
            width = 8 if column.unit_us == 1 else 4
            found.append(((offsets - start + column.at)[:, None] + np.arange(width), column.unit_us))
    return found


def peak_bytes(path: Path) -> int:
    """Peak memory of a fresh process that reads a file and makes every table."""
    done = subprocess.run([sys.executable, "-c", _PEAK, str(path)], capture_output=True, check=True, text=True)
    return int(done.stdout) * 1024


def row(what: str, size: int, ours_s: float, peer: str, peer_mb_per_s: float) -> dict[str, object]:
    speed = size / ours_s / 1e6
    return {
        "what": what, "bytes": size, "seconds": ours_s, "MB_per_s": speed, "peer": peer,
        "peer_seconds": size / peer_mb_per_s / 1e6, "times_peer": speed / peer_mb_per_s,
    }  # fmt: skip


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[dict[str, object]]:
    for name in FILES:
        path = corpus / name
        data, short = path.read_bytes(), path.name.rpartition("__")[2]
        ours = median_s(lambda data=data: our_columns(data))
        for peer, work in (("pymavlink to columns", peer_columns), ("pymavlink, iteration only", peer_messages)):
            theirs = len(data) / median_s(lambda path=path, work=work: work(path)) / 1e6
            yield row(f"DataFlash to columns, {short}", len(data), ours, peer, theirs)
            if name == LOG171 and work is peer_columns:
                yield from _large(data, theirs, median_s)


def _large(
    data: bytes, peer_mb_per_s: float, median_s: Callable[[Callable[[], object]], float]
) -> Iterator[dict[str, object]]:
    large = repeated(data, REPEATED_BYTES)
    what = f"{len(large) / 1e6:.0f} MB of log171, one flight repeated {REPEATED_BYTES // len(data) + 1} times"
    peer = "pymavlink to columns, on log171 itself"
    with tempfile.NamedTemporaryFile(suffix=".bin") as file:
        file.write(large)
        file.flush()
        peak = peak_bytes(Path(file.name))
    all_s = median_s(lambda: our_columns(large))
    yield {**row(f"DataFlash to columns, {what}", len(large), all_s, peer, peer_mb_per_s), "peak_bytes": peak}
    few_s = median_s(lambda: list(groundside.read(large, tables=FEW_TABLES).tables.values()))
    yield row(f"{' and '.join(FEW_TABLES)} alone, {what}", len(large), few_s, peer, peer_mb_per_s)
    stretch = _middle_tenth(large)
    part_s = median_s(lambda: list(groundside.read(large, between=stretch).tables.values()))
    yield row(f"a tenth of the time, {what}", len(large), part_s, peer, peer_mb_per_s)
    facts_s = median_s(lambda: groundside.read(large).facts)
    yield row(f"facts alone, {what}", len(large), facts_s, peer, peer_mb_per_s)


def _middle_tenth(data: bytes) -> tuple[int, int]:
    """A tenth of the time of a log, on the clock of its track."""
    clock = groundside.read(data).facts["clock"]
    first, last, offset = clock["first_us"], clock["last_us"], clock["utc_offset_us"]
    return offset + first + (last - first) * 45 // 100, offset + first + (last - first) * 55 // 100
