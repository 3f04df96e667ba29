"""
Ingest, everything included: hash, decode, catalogue, tracks, all of it durable.

Wall time, because processes and the disk work at once: only meaningful on a quiet machine, whose load is printed. CPU
time of the process that commits is printed beside it; that of its workers is not in it.
Reduced by default; `python benchmarks/ingest.py --full` takes the 1 GB and the 20,000 files of the issue.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path
from statistics import median
from zlib import crc32

from groundside.archive.archive import Archive
from groundside.archive.simulating import simulated_files
from groundside.model.caller import Caller
from groundside.settings import Settings
from groundside.simulate.fleets import Wish, flight
from groundside.simulate.formats import named
from groundside.simulate.truth import Truth
from groundside.simulate.writers import dataflash, ulog

WHO = Caller("benchmark", "test")
SEED = 4
ROUNDS = 3
BINARY = ("ardupilot-dataflash", "px4-ulog", "mavlink-tlog", "dji-flight-record")
OTHERS = ("dji-srt", "airdata-csv", "gpx", "dji-csv", "kml", "igc", "litchi-csv", "mavlink-raw")
ORDINARY_S = (600.0, 1500.0)
SMALL = ("mavlink-tlog", "mavlink-raw", "dji-flight-record", "dji-srt", "gpx", "kml", "ardupilot-dataflash")
SMALLEST, LARGEST = 20_000, 200_000
MEGABYTE = 1_000_000


def small_logs(folder: Path, most: int) -> int:
    """Write logs of 20 to 200 kB, about as many of each format that has such; give their bytes."""
    folder.mkdir()
    size, written = 0, 0
    makers = {name: _of_one_format(name) for name in SMALL}
    while written < most:
        name, content = next(makers[SMALL[written % len(SMALL)]])
        (folder / f"{written:05}_{name}").write_bytes(content)
        written, size = written + 1, size + len(content)
    return size


def _of_one_format(name: str) -> Iterator[tuple[str, bytes]]:
    for seed in count(SEED):
        for file in simulated_files(100, seed * 1000 + SMALL.index(name), formats=(name,)):
            if file.format and SMALLEST <= len(file.content) <= LARGEST:
                yield file.name, file.content


def mixed_logs(folder: Path, wanted: int) -> dict[str, list[int]]:
    """
    Write logs of ordinary flights, each of another, until there are so many bytes; most files are binary.

    The flights are planned for 10 to 25 minutes; some come back earlier. Autopilots log their inertial sensors too:
    three of them 50 times a second in DataFlash, one 200 times in ULog, all else ten times a second or less. So a
    DataFlash log has 11 kB for each second of flight, a ULog 17, telemetry 2, a DJI record 1.3. The real ones of the
    corpus, for comparison: 5 DataFlash logs 1 to 22 (one of SITL 52), the one ULog 59, 4 telemetry logs 3 to 7, DJI
    records 4.

    Returns:
        The sizes of the files, by format.
    """
    folder.mkdir()
    makers = {name: _ordinary(name) for name in (*BINARY, *OTHERS)}
    others, made = cycle(OTHERS), defaultdict[str, list[int]](list)
    for number, turn in enumerate(cycle((*BINARY, *BINARY, None))):
        format_name = turn or next(others)
        name, content = next(makers[format_name])
        (folder / f"{number:05}_{name}").write_bytes(content)
        made[format_name].append(len(content))
        if sum(map(sum, made.values())) >= wanted:
            return made
    return made


def _ordinary(format_name: str) -> Iterator[tuple[str, bytes]]:
    entry = named(format_name)
    wish = Wish(entry.vehicles, entry.autopilots, lasts_s=ORDINARY_S)
    fast: dict[str, Callable[[Truth, int], bytes]] = {
        "ardupilot-dataflash": lambda truth, _: dataflash.write(truth, dataflash.Recorder(inertial_hz=50)),
        "px4-ulog": lambda truth, seed: ulog.write(truth, seed, ulog.Recorder(inertial_hz=200)),
    }
    write = fast.get(format_name, entry.write)
    for number in count():
        truth = flight(crc32(format_name.encode()), number, wish)
        yield f"{truth.name}{entry.suffix}", write(truth, number)


def _listed(made: dict[str, list[int]]) -> str:
    return ", ".join(f"{len(sizes)} {name} of {sum(sizes) / len(sizes) / 1e6:.1f} MB" for name, sizes in made.items())


def long_logs(folder: Path, corpus: Path, wanted: int) -> int:
    """Copy real binary logs of some MB under many names, each with a tail of its own so that none is a duplicate."""
    folder.mkdir()
    sources = [p for d in ("bin", "ulog") for p in sorted((corpus / d).glob("*")) if p.stat().st_size > 2 * MEGABYTE]
    size, number = 0, 0
    while size < wanted:
        source = sources[number % len(sources)]
        content = source.read_bytes() + number.to_bytes(8, "little")
        (folder / f"{number:05}_{source.name}").write_bytes(content)
        size, number = size + len(content), number + 1
    return size


def taken_s(folder: Path, workers: str) -> tuple[float, float]:
    """
    Ingest a folder into a new archive, with the workers' start and with what it takes to be durable.

    Returns:
        Seconds by the clock on the wall, and CPU seconds of the process that commits.
    """
    with _scratch() as scratch, Archive.open(scratch / "archive", Settings(), create=True) as archive:
        _warm(archive)
        began, began_cpu = time.perf_counter(), time.process_time()
        results = archive.ingest(WHO, [folder], workers=workers)
        taken = time.perf_counter() - began, time.process_time() - began_cpu
    failed = [r for r in results if r.state in {"failed", "not-taken"}]
    if failed:
        sys.exit(f"{failed[0].file}: {failed[0].message}")
    return taken


def _warm(archive: Archive) -> None:
    """Have the place names in the cache, as in any archive that is a day old."""
    from groundside.reference.towns import towns

    towns()


@contextmanager
def _scratch() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="groundside-bench-", dir=os.environ.get("GROUNDSIDE_BENCH_DIR")))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def measured(*, full: bool, corpus: Path | None = None) -> Iterator[dict[str, object]]:
    """Measure; each row names what it is compared with in the same run."""
    cores = str(os.cpu_count() or 1)
    with _scratch() as scratch:
        made = mixed_logs(scratch / "mixed", 1000 * MEGABYTE if full else 100 * MEGABYTE)
        size = sum(map(sum, made.values()))
        what = f"{size / 1e6:.0f} MB of mixed simulated logs ({_listed(made)})"
        yield from _by_workers(what, scratch / "mixed", size, cores)
        shutil.rmtree(scratch / "mixed")
        if corpus is not None:
            size = long_logs(scratch / "long", corpus, 1000 * MEGABYTE if full else 100 * MEGABYTE)
            what = f"{size / 1e6:.0f} MB of real binary logs, a few flights repeated"
            yield from _by_workers(what, scratch / "long", size, cores)
            shutil.rmtree(scratch / "long")
        many = 2000 if full else 200
        size = small_logs(scratch / "small", many)
        yield from _by_workers(f"{many} logs of 20 to 200 kB", scratch / "small", size, cores)
        shutil.rmtree(scratch / "small")
        yield from _by_count((100, 1000, 20_000) if full else (100, 400), scratch, cores)


def _by_workers(what: str, folder: Path, size: int, cores: str) -> Iterator[dict[str, object]]:
    """
    Measure one worker, and as many as there are cores.

    Each in a process of its own from its start on, as a command takes it; then both by turns in a process that goes on,
    as a service takes it, whose code and workers are there already.
    """
    files = len(list(folder.iterdir()))
    counts = tuple(dict.fromkeys(("1", cores)))
    first = {workers: _of_a_new_process(folder, workers) for workers in counts}
    taken_s(folder, cores)
    later = {workers: list[tuple[float, float]]() for workers in counts}
    for _ in range(ROUNDS):
        for workers in counts:
            later[workers].append(taken_s(folder, workers))
    medians = {
        workers: (median(s for s, _ in all_of), median(c for _, c in all_of)) for workers, all_of in later.items()
    }
    for where, found in (("from the start of a process", first), (f"median of {ROUNDS}, by turns", medians)):
        for workers, (seconds, commits) in found.items():
            yield {
                "what": f"ingest {what}, {workers} workers, {where}",
                "bytes": size,
                "files": files,
                "seconds": seconds,
                "MB_per_s": size / seconds / 1e6,
                "files_per_s": files / seconds,
                "committing_ms_per_file": commits / files * 1e3,
                "peer": "one worker",
                "peer_seconds": found["1"][0],
                "times_peer": found["1"][0] / seconds,
            }


def _of_a_new_process(folder: Path, workers: str) -> tuple[float, float]:
    command = [sys.executable, __file__, "--once", folder, "--workers", workers]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, commits = map(float, said.split())
    return seconds, commits


def _by_count(counts: tuple[int, ...], scratch: Path, workers: str) -> Iterator[dict[str, object]]:
    first = 0.0
    for many in counts:
        size = small_logs(scratch / str(many), many)
        seconds, commits = taken_s(scratch / str(many), workers)
        shutil.rmtree(scratch / str(many))
        first = first or seconds / many
        yield {
            "what": f"ingest, cost per file among {many}",
            "bytes": size,
            "files": many,
            "seconds": seconds,
            "MB_per_s": size / seconds / 1e6,
            "files_per_s": many / seconds,
            "committing_ms_per_file": commits / many * 1e3,
            "peer": f"per file among {counts[0]}",
            "peer_seconds": first * many,
            "times_peer": first * many / seconds,
        }


def rows(
    corpus: Path, median_s: Callable[[Callable[[], object]], float], full: bool = False
) -> Iterator[dict[str, object]]:
    """Measure; `median_s` counts the time of this process alone, so it is not used."""
    del median_s
    yield from measured(full=full, corpus=corpus)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="1 GB, 2,000 and 20,000 files")
    parser.add_argument("--once", type=Path, help="ingest this folder only, and say how many seconds it took")
    parser.add_argument("--workers", default="", help="who works then")
    parser.add_argument("--corpus", type=Path, help="folder of real files, for the row with real logs")
    asked = parser.parse_args()
    if asked.once:
        print(*taken_s(asked.once, asked.workers))
        return
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    for row in measured(full=asked.full, corpus=asked.corpus):
        rate = (
            f"{row['MB_per_s']:>7.1f} MB/s {row['files_per_s']:>7.1f} files/s {row['committing_ms_per_file']:>6.2f} ms"
        )
        # The last but one figure is the CPU time that committing takes of one process, a file.
        print(f"{row['what']:<66} {row['seconds']:>8.1f} s {rate} {row['times_peer']:>6.2f} x {row['peer']}")


if __name__ == "__main__":
    main()
