"""Metadata of 1,000 real-sized JPEGs, against ExifTool on the same files and groups of tags in the same run."""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from groundside.archive.photographs import read_photos

ROOT = Path(__file__).resolve().parents[1]
FILES, PEER_FILES, WORKERS, ROUNDS = 1000, 200, 2, 5
ASKED = ("-fast2", "-Make", "-Model", "-GPS:all", "-XMP:all", "-EXIF:all", "-MakerNotes:all", "-MPF:all")
Row = dict[str, object]


def rows(corpus: Path, median_s: Callable[[Callable[[], object]], float]) -> Iterator[Row]:
    real = sorted((corpus.parent / "imagery" / "brighton_beach").glob("*.JPG"))
    if not real:
        print("no real photos: skipped", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory(dir=ROOT.parent, prefix=".bench-photos-") as folder:
        paths = copied(real, Path(folder))
        ours = median_s(lambda: counted(paths)) / FILES
        row: Row = {
            "what": f"normalised metadata and all tags of {FILES} JPEGs ({size_of(paths)}), one process, CPU",
            "files_per_s": 1 / ours,
            "target_files_per_s": 5000,
        }
        peer = exiftool()
        if peer:
            row |= {"peer": "exiftool, all tags as ours, CPU", "times_peer": peer_s(peer, paths) / ours}
            row |= {"times_peer_with_fast2_and_groups_named": peer_s([*peer, *ASKED], paths) / ours}
        yield row
        yield {
            "what": f"the same on {WORKERS} cores, by the clock on the wall",
            "files_per_s": FILES / both_cores(paths),
            "target_files_per_s": 5000,
        }


def copied(real: list[Path], folder: Path) -> list[Path]:
    """Copy the photos, each again and again: links to one file would be warmer than files of their own."""
    paths = []
    for number in range(FILES):
        path = folder / f"{number:04}.jpg"
        if number < len(real):
            shutil.copyfile(real[number], path)
        else:
            os.link(paths[number % len(real)], path)
        paths.append(path)
    return paths


def size_of(paths: list[Path]) -> str:
    return f"{sum(path.stat().st_size for path in paths) / len(paths) / 1e6:.1f} MB each"


def exiftool() -> list[str]:
    program = ROOT / "tests" / "peers" / "exiftool" / "node_modules" / "exiftool-vendored.pl" / "bin" / "exiftool"
    if program.is_file() and shutil.which("perl"):
        return ["perl", str(program)]
    return [found] if (found := shutil.which("exiftool")) else []


def peer_s(command: list[str], paths: list[Path]) -> float:
    """CPU seconds a file, in one process that reads them all."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    asked = [*command, "-j", "-n", "-G1", *map(str, paths[:PEER_FILES])]
    subprocess.run(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / PEER_FILES


def both_cores(paths: list[Path]) -> float:
    """Median of the rounds after the first, in which the processes start."""
    taken = []
    with ProcessPoolExecutor(WORKERS, get_context("fork")) as pool:
        for _ in range(1 + ROUNDS):
            began = time.perf_counter()
            read = sum(pool.map(counted, [paths[k::WORKERS] for k in range(WORKERS)]))
            taken.append(time.perf_counter() - began)
            assert read == len(paths)
    return statistics.median(taken[1:])


def counted(paths: list[Path]) -> int:
    return sum(each.photo is not None for each in read_photos(paths))
