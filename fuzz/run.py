"""
Fuzz every decoder for some minutes: python -m fuzz.run [--seconds 300] [--formats NAME,NAME] [--json FILE].

Each run begins with the seeds in fuzz/seeds/FORMAT and with what earlier runs found worth keeping (.fuzz/, not in
git). What breaks a decoder is written to fuzz/finds/FORMAT, is to be kept, and is replayed by every `make test`.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from groundside.decode.known import formats

ROOT = Path(__file__).parent.parent
MEMORY_MB = 1024
HANG_S = 20
AT_ONCE_S = 60
"""
One process fuzzes for so long: the fuzzer itself keeps some 30 kB for each input of some formats, which on a fast
machine came to `MEMORY_MB` in five minutes, while decoding the same inputs without it takes no more than one does.
"""
LONGEST_INPUT = 1 << 17
_STAT = re.compile(r"stat::(\w+):\s+(\d+)")
_COVERED = re.compile(r"cov: (\d+)")


@dataclass(frozen=True, slots=True)
class Ran:
    """How one run ended; `finds` are the files that broke the decoder."""

    format: str
    seconds: float
    runs: int
    edges: int
    peak_mb: int
    finds: list[str]
    ended: int


def main() -> int:
    asked = _arguments()
    names = asked.formats.split(",") if asked.formats else [f.name for f in formats()]
    with ThreadPoolExecutor(asked.jobs) as pool:
        ran = list(pool.map(lambda name: run(name, asked.seconds), names))
    for each in ran:
        print(
            f"{each.format:<28} {each.runs:>9,} inputs  {each.edges:>6} edges  {each.peak_mb:>5} MB  {_verdict(each)}"
        )
    if asked.json:
        asked.json.write_text(json.dumps([asdict(each) for each in ran], indent=2))
    return int(any(each.finds or each.ended for each in ran))


def run(name: str, seconds: int) -> Ran:
    """Fuzz one decoder, in one process after another; see `AT_ONCE_S`."""
    kept, finds, seeds = (ROOT / where / name for where in (".fuzz", "fuzz/finds", "fuzz/seeds"))
    for folder in (kept, finds, seeds):
        folder.mkdir(parents=True, exist_ok=True)
    before, start, log = set(finds.iterdir()), time.monotonic(), kept.parent / f"{name}.log"
    runs = edges = peak_mb = ended = number = 0
    while not ended and (left := round(seconds - (time.monotonic() - start))) > 0:
        number += 1
        command = _command(name, min(left, AT_ONCE_S), number, (kept, seeds), finds)
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        said, ended = done.stderr.decode("utf-8", "replace"), done.returncode
        log.write_text(said)
        stats = {key: int(value) for key, value in _STAT.findall(said)}
        runs += stats.get("number_of_executed_units", 0)
        edges = max([edges, *map(int, _COVERED.findall(said))])
        peak_mb = max(peak_mb, stats.get("peak_rss_mb", 0))
    new = sorted(str(f.relative_to(ROOT)) for f in set(finds.iterdir()) - before)
    return Ran(name, round(time.monotonic() - start, 1), runs, edges, peak_mb, new, ended)


def _command(name: str, seconds: int, seed: int, corpora: Sequence[Path], finds: Path) -> list[str]:
    options = {
        "max_total_time": seconds,
        "rss_limit_mb": MEMORY_MB,
        "timeout": HANG_S,
        "max_len": LONGEST_INPUT,
        "artifact_prefix": f"{finds}/",
        "print_final_stats": 1,
        "seed": seed,
    }
    return [
        sys.executable, "-m", "fuzz.decoder", name, *(f"-{k}={v}" for k, v in options.items()), *map(str, corpora),
    ]  # fmt: skip


def _verdict(ran: Ran) -> str:
    if ran.finds:
        return "BROKEN by " + ", ".join(ran.finds)
    return "no crash, hang or excess" if ran.ended == 0 else f"ended with {ran.ended}: see .fuzz/{ran.format}.log"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzz every decoder.")
    parser.add_argument("--seconds", type=int, default=300, help="for each decoder")
    parser.add_argument("--formats", default="", help="names, separated by commas; all by default")
    parser.add_argument("--jobs", type=int, default=2, help="decoders at a time")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
