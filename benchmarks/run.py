"""Run every benchmark against its named peer in the same run, and print a table and JSON."""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dataflash

ROUNDS = 5
CORPUS = Path(os.environ.get("GROUNDSIDE_CORPUS", Path(__file__).resolve().parents[2] / "shared" / "corpus"))


def median_s(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median CPU seconds; CPU time, because the machine is shared."""
    taken = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    if not (CORPUS / "flights").is_dir():
        print(f"no real files at {CORPUS}: set GROUNDSIDE_CORPUS", file=sys.stderr)
        return 1
    asked = parser.parse_args()
    rows = [row for bench in (dataflash,) for row in bench.rows(CORPUS / "flights", median_s)]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, medians of {ROUNDS}, CPU time")
    for row in rows:
        print(f"{row['what']:<44} {row['MB_per_s']:>8.1f} MB/s   {row['times_peer']:>6.1f} x {row['peer']}")
    if asked.json:
        asked.json.write_text(json.dumps({"load": os.getloadavg()[0], "rows": rows}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
