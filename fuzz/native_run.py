"""
Fuzz the compiled kernels: python -m fuzz.native_run [--seconds 60] [--kernels NAME,NAME] [--replay] [--json FILE].

Each harness `fuzz/native/NAME.c` is built with the kernels whose headers it includes, under the address and
undefined-behaviour sanitizers, and run from the seeds; `--replay` only runs all seeds and finds once, and needs no
clang. What breaks a kernel is written to fuzz/finds/native-NAME, is to be kept, and is replayed by every `make test`.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
HARNESSES = ROOT / "fuzz" / "native"
KERNELS = ROOT / "src" / "groundside" / "native"
SEEDS_OF = {
    "dataflash": ("ardupilot-dataflash",),
    "decimals": ("airdata-csv", "dji-csv", "litchi-csv", "dji-srt"),
    "dji": ("dji-flight-record",),
    "mavlink": ("mavlink-tlog", "mavlink-raw"),
    "srt": ("dji-srt",),
    "ulog": ("px4-ulog",),
    "xml": ("gpx", "kml"),
}
"""Formats whose seeds and finds a kernel is fed with too; each kernel also has its own, under native-NAME."""
MEMORY_MB = 1024
HANG_S = 20
LONGEST_INPUT = 1 << 14
_CHECKS = "address,undefined"
_FLAGS = ("-g", "-O1", "-std=c11", "-Wall", "-Wextra", "-fno-omit-frame-pointer", "-fno-sanitize-recover=all")
_INCLUDED = re.compile(r'#include "(\w+)\.h"')
_STAT = re.compile(r"stat::(\w+):\s+(\d+)")
_COVERED = re.compile(r"cov: (\d+)")


@dataclass(frozen=True, slots=True)
class Ran:
    """How one run ended; `finds` are the files that broke the kernel."""

    kernel: str
    seconds: float
    runs: int
    edges: int
    peak_mb: int
    finds: list[str]
    ended: int


def main() -> int:
    asked = _arguments()
    names = asked.kernels.split(",") if asked.kernels else harnesses()
    work = replayed if asked.replay else lambda name: fuzzed(name, asked.seconds)
    if not asked.replay and shutil.which("clang") is None:
        print("clang is needed (Debian: clang, libclang-rt-14-dev); --replay does without", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(asked.jobs) as pool:
        ran = list(pool.map(work, names))
    for each in ran:
        print(
            f"{each.kernel:<16} {each.runs:>11,} inputs  {each.edges:>5} edges  {each.peak_mb:>5} MB  {_verdict(each)}"
        )
    if asked.json:
        asked.json.write_text(json.dumps([asdict(each) for each in ran], indent=2))
    return int(any(each.finds or each.ended for each in ran))


def harnesses() -> list[str]:
    """Name every kernel that has a harness."""
    return sorted(path.stem for path in HARNESSES.glob("*.c"))


def inputs(name: str) -> list[Path]:
    """List all seeds and finds of a kernel."""
    return [path for folder in _folders(name) for path in sorted(folder.glob("*")) if path.is_file()]


def fuzzed(name: str, seconds: int) -> Ran:
    """Fuzz one kernel in a process of its own."""
    program = built(
        HARNESSES / f"{name}.c", ROOT / ".fuzz" / "native" / name, ("clang", f"-fsanitize=fuzzer,{_CHECKS}")
    )
    kept, finds = ROOT / ".fuzz" / f"native-{name}", ROOT / "fuzz" / "finds" / f"native-{name}"
    for folder in (kept, finds):
        folder.mkdir(parents=True, exist_ok=True)
    before, start = set(finds.iterdir()), time.monotonic()
    seeds = [folder for folder in _folders(name) if folder.is_dir()]
    done = subprocess.run(_command(program, seconds, [kept, *seeds], finds), capture_output=True, check=False)
    said = done.stderr.decode("utf-8", "replace")
    (kept.parent / f"native-{name}.log").write_text(said)
    stats = {key: int(value) for key, value in _STAT.findall(said)}
    new = sorted(str(f.relative_to(ROOT)) for f in set(finds.iterdir()) - before)
    return Ran(
        name,
        round(time.monotonic() - start, 1),
        stats.get("number_of_executed_units", 0),
        max(map(int, _COVERED.findall(said)), default=0),
        stats.get("peak_rss_mb", 0),
        new,
        done.returncode,
    )


def replayed(name: str) -> Ran:
    """Run one kernel on every seed and find, once, under the same sanitizers."""
    start = time.monotonic()
    done = replay(HARNESSES / f"{name}.c", ROOT / ".fuzz" / "native-replay" / name, inputs(name))
    if done.returncode:
        sys.stderr.write(done.stderr.decode("utf-8", "replace"))
    return Ran(name, round(time.monotonic() - start, 1), len(inputs(name)), 0, 0, [], done.returncode)


def replay(harness: Path, program: Path, files: Sequence[Path]) -> subprocess.CompletedProcess[bytes]:
    """Build a harness with any C compiler, and run it on files; it says each before it begins with it."""
    compiler = shutil.which("gcc") or shutil.which("clang") or "cc"
    built(harness, program, (compiler, f"-fsanitize={_CHECKS}"), (ROOT / "fuzz" / "replay.c",))
    return subprocess.run([program, *files], capture_output=True, check=False, timeout=HANG_S * 5)


def built(harness: Path, program: Path, compiler: Sequence[str], more: Sequence[Path] = ()) -> Path:
    """
    Compile a harness with the kernels whose headers it includes, where it is not there yet or older than they are.

    Raises:
        subprocess.CalledProcessError: it cannot be compiled; the compiler has said why on stderr.
    """
    sources = [harness, *more, *kernels_of(harness)]
    needed = [*sources, *KERNELS.glob("*.h")]
    if program.exists() and program.stat().st_mtime > max(path.stat().st_mtime for path in needed):
        return program
    program.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=program.parent) as folder:
        made = Path(folder) / program.name
        subprocess.run([*compiler, *_FLAGS, f"-I{KERNELS}", *sources, "-lm", "-o", made], check=True)
        made.replace(program)
    return program


def kernels_of(harness: Path) -> list[Path]:
    """List the kernels whose headers a harness includes, and those that they include in turn."""
    found: list[Path] = []
    waiting = [harness]
    while waiting:
        for word in _INCLUDED.findall(waiting.pop().read_text()):
            kernel = KERNELS / f"{word}.c"
            if kernel.exists() and kernel not in found:
                found.append(kernel)
                waiting.append(kernel)
    return found


def _folders(name: str) -> list[Path]:
    wanted = [f"native-{name}", *SEEDS_OF.get(name, ())]
    return [ROOT / "fuzz" / kind / each for kind in ("seeds", "finds") for each in wanted]


def _command(program: Path, seconds: int, corpora: Sequence[Path], finds: Path) -> list[str | Path]:
    options = {
        "max_total_time": seconds,
        "rss_limit_mb": MEMORY_MB,
        "timeout": HANG_S,
        "max_len": LONGEST_INPUT,
        "artifact_prefix": f"{finds}/",
        "print_final_stats": 1,
        "seed": 1,
    }
    return [program, *(f"-{key}={value}" for key, value in options.items()), *corpora]


def _verdict(ran: Ran) -> str:
    if ran.finds:
        return "BROKEN by " + ", ".join(ran.finds)
    return (
        "no crash, hang or excess" if ran.ended == 0 else f"ended with {ran.ended}: see .fuzz/native-{ran.kernel}.log"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz the compiled kernels.")
    parser.add_argument("--seconds", type=int, default=60, help="for each kernel")
    parser.add_argument("--kernels", default="", help="names, separated by commas; all by default")
    parser.add_argument("--replay", action="store_true", help="only run seeds and finds once; needs no clang")
    parser.add_argument("--jobs", type=int, default=2, help="kernels at a time")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
