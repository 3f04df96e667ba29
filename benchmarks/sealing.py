"""
Encryption at rest: hashing and sealing on every core at once, and an ingest with and without it.

The peers are hashing alone, and the same ingest into an archive that is not sealed, in the same run. The throughput of
two busy cores is the sum of what two processes do at the same time, each by its CPU: by the clock on the wall, which is
told beside it, it is that of what the machine has to spare.
"""

import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from groundside.archive.archive import Archive
from groundside.keep.sealing.opening import view_sealed
from groundside.keep.sealing.stream import CHUNK, seal
from groundside.keep.streams import Hashing
from groundside.model.caller import Caller
from groundside.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
WHO = Caller("benchmark", "test")
OBJECT, KEY = "0" * 32, b"k" * 32
SIZE = 128 << 20
PROCESSES, EACH = 2, 3
ROUNDS = 3
Row = dict[str, object]
BUSY = """
import hashlib, os, sys, time
sys.path[:0] = [{root!r}, {here!r}]
import sealing
content = os.urandom(sealing.CHUNK)
work = {{"seal": sealing.hashed_and_sealed, "hash": sealing.hashed}}[sys.argv[1]]
work(content, 8)
print("ready", flush=True)
sys.stdin.readline()
began, cpu = time.perf_counter(), time.process_time()
work(content, sealing.SIZE // sealing.CHUNK * sealing.EACH)
print(time.perf_counter() - began, time.process_time() - cpu, flush=True)
"""


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[Row]:
    yield one_core(median_s)
    yield opening(median_s)
    yield from busy_cores()
    with tempfile.TemporaryDirectory(dir=ROOT.parent, prefix=".bench-sealing-") as folder:
        yield ingesting(corpus, Path(folder))


def pieces(content: bytes, count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield content


def hashed(content: bytes, count: int) -> None:
    running = hashlib.sha256()
    for piece in pieces(content, count):
        running.update(piece)


def hashed_and_sealed(content: bytes, count: int) -> None:
    for _ in seal(Hashing(pieces(content, count), None), KEY, OBJECT):
        pass


def one_core(median_s: Callable[[Callable[[], object]], float]) -> Row:
    content, count = os.urandom(CHUNK), SIZE // CHUNK
    ours = median_s(lambda: hashed_and_sealed(content, count))
    theirs = median_s(lambda: hashed(content, count))
    alone = median_s(lambda: [None for _ in seal(pieces(content, count), KEY, OBJECT)])
    return {
        "what": f"SHA-256 and sealing of {SIZE >> 20} MiB, one core, CPU",
        "MB_per_s": SIZE / ours / 1e6,
        "sealing_alone_MB_per_s": SIZE / alone / 1e6,
        "peer": "SHA-256 alone",
        "times_peer": theirs / ours,
    }


def opening(median_s: Callable[[Callable[[], object]], float]) -> Row:
    raw = b"".join(bytes(piece) for piece in seal(pieces(os.urandom(CHUNK), SIZE // CHUNK), KEY, OBJECT))

    def viewed() -> None:
        with view_sealed(OBJECT, KEY, memoryview(raw)):
            pass

    ours, theirs = median_s(viewed), median_s(lambda: hashlib.sha256(raw).digest())
    return {
        "what": f"a sealed object of {SIZE >> 20} MiB decrypted into memory, CPU",
        "MB_per_s": SIZE / ours / 1e6,
        "peer": "SHA-256 of it",
        "times_peer": theirs / ours,
    }


def busy_cores() -> Iterator[Row]:
    """Two rows from the same runs: by the CPU of each process, and by the clock on the wall, which others slow."""
    ours = [together("seal") for _ in range(ROUNDS)]
    theirs = [together("hash") for _ in range(ROUNDS)]
    for number, by in enumerate(("the clock on the wall", "CPU of each")):
        figure, peer = (statistics.median(each[number] for each in runs) for runs in (ours, theirs))
        yield {
            "what": f"SHA-256 and sealing, {PROCESSES} busy processes, {by}",
            "MB_per_s": figure / 1e6,
            "target_MB_per_s": 400,
            "peer": "SHA-256 alone, as many processes",
            "times_peer": figure / peer,
        }


def together(what: str) -> tuple[float, float]:
    """Bytes a second of all processes that begin at the same time: of the clock on the wall, and of their CPU."""
    program = BUSY.format(root=str(ROOT / "src"), here=str(Path(__file__).parent))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    running = [subprocess.Popen([sys.executable, "-c", program, what], **pipes) for _ in range(PROCESSES)]
    for process in running:
        process.stdout.readline()
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    taken = [[float(word) for word in process.communicate()[0].split()] for process in running]
    return sum(EACH * SIZE / wall for wall, _ in taken), sum(EACH * SIZE / cpu for _, cpu in taken)


def ingesting(corpus: Path, folder: Path) -> Row:
    """CPU of everything, workers too: the machine is shared, so a clock on the wall tells of others."""
    files = [path for path in sorted(corpus.rglob("*")) if path.is_file() and path.stat().st_size < 32 << 20]
    size = sum(path.stat().st_size for path in files)
    figures = {True: [], False: []}
    with root_keys_in(folder):
        taken_for(folder / "first", files, sealed=True)  # what is loaded once counts for neither
        for turn in range(ROUNDS):
            for sealed in (True, False):
                figures[sealed].append(taken_for(folder / f"{turn}-{sealed}", files, sealed=sealed))
    cpu = {sealed: statistics.median(each[0] for each in figures[sealed]) for sealed in figures}
    wall = {sealed: statistics.median(each[1] for each in figures[sealed]) for sealed in figures}
    return {
        "what": f"ingest of {len(files)} files, {size / 1e6:.0f} MB, sealed, CPU of all processes",
        "MB_per_s": size / cpu[True] / 1e6,
        "wall_MB_per_s": size / wall[True] / 1e6,
        "wall_times_peer": wall[False] / wall[True],
        "target_times_peer": 0.7,
        "peer": "the same archive, not sealed",
        "times_peer": cpu[False] / cpu[True],
        "times_without_hashing_too": (cpu[False] - hashing_s(files)) / cpu[True],
    }


def hashing_s(files: list[Path]) -> float:
    """CPU that the digests of files take; a peer that kept none would need so much less."""
    contents = [path.read_bytes() for path in files]
    began = time.process_time()
    for content in contents:
        hashlib.sha256(content)
    return time.process_time() - began


def taken_for(at: Path, files: list[Path], *, sealed: bool) -> tuple[float, float]:
    """Seconds of CPU, and of the clock on the wall."""
    began, cpu = time.perf_counter(), _cpu_s()
    with Archive.open(at, Settings(encrypt=sealed, workers="0"), create=True) as archive:
        archive.ingest(WHO, files)
    taken = _cpu_s() - cpu, time.perf_counter() - began
    shutil.rmtree(at)
    return taken


@contextmanager
def root_keys_in(folder: Path) -> Iterator[None]:
    before = os.environ.get("XDG_DATA_HOME")
    os.environ["XDG_DATA_HOME"] = str(folder / "keys")
    try:
        yield
    finally:
        os.environ.pop("XDG_DATA_HOME")
        if before is not None:
            os.environ["XDG_DATA_HOME"] = before


def _cpu_s() -> float:
    told = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in told)
