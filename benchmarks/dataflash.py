"""DataFlash to scaled columns, against pymavlink's public ways through the same file."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from pymavlink.DFReader import DFReader_binary
from whole_reads import REPEATED_BYTES, Median, Row, our_columns, part_rows, repeated, row, stretch_row, whole_row

import groundside
from groundside.decode.ardupilot.clock import time_column
from groundside.decode.ardupilot.groups import Group
from groundside.decode.formats.dataflash.definitions import definitions
from groundside.decode.formats.dataflash.records import grouped
from groundside.decode.formats.dataflash.walk import walk

LOG171 = "bin/dronekit-la-testdata__log171.bin"
FILES = (LOG171, "bin/ardupilot-log-diagnosis__sample.bin")
FEW_TABLES = ("GPS", "ATT")
_FMT = 0x80


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


def larger(data: bytes, size: int) -> bytes:
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
    moved = [(places, f"<u{places.shape[1]}", lasts_us // unit_us) for places, unit_us in clocks]
    return repeated(data[:stands_after], flight.tobytes(), size, moved)


def _clocks(groups: Sequence[Group], start: int) -> list[tuple[np.ndarray, int]]:
    """Bytes of each clock, a row a record, counted from `start`; and microseconds a unit."""
    found = []
    for group in groups:
        column, offsets = time_column(group.layout), group.offsets[group.offsets >= start]
        if column is not None and len(offsets):
            width = 8 if column.unit_us == 1 else 4
            found.append(((offsets - start + column.at)[:, None] + np.arange(width), column.unit_us))
    return found


def rows(corpus: Path, median_s: Median) -> Iterator[Row]:
    for name in FILES:
        path = corpus / name
        data, short = path.read_bytes(), path.name.rpartition("__")[2]
        ours = median_s(lambda data=data: our_columns(data))
        for peer, work in (("pymavlink to columns", peer_columns), ("pymavlink, iteration only", peer_messages)):
            theirs = len(data) / median_s(lambda path=path, work=work: work(path)) / 1e6
            yield row(f"DataFlash to columns, {short}", len(data), ours, peer, theirs)
            if name == LOG171 and work is peer_columns:
                yield from _large(data, theirs, median_s)


def _large(data: bytes, peer_mb_per_s: float, median_s: Median) -> Iterator[Row]:
    large = larger(data, REPEATED_BYTES)
    what = f"{len(large) / 1e6:.0f} MB of log171, one flight repeated {REPEATED_BYTES // len(data) + 1} times"
    peer = "pymavlink to columns, on log171 itself", peer_mb_per_s
    yield whole_row(f"DataFlash to columns, {what}", large, ".bin", peer, median_s)
    yield from part_rows(what, large, FEW_TABLES, peer, median_s)
    yield stretch_row(what, large, _middle_tenth(large), peer, median_s)


def _middle_tenth(data: bytes) -> tuple[int, int]:
    """A tenth of the time of a log, on the clock of its track."""
    clock = groundside.read(data).facts["clock"]
    first, last, offset = clock["first_us"], clock["last_us"], clock["utc_offset_us"]
    return offset + first + (last - first) * 45 // 100, offset + first + (last - first) * 55 // 100
