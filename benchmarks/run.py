"""
Run every benchmark against its named peer in the same run, and print a table and JSON.

    python benchmarks/run.py [--only dataflash,ulog] [--full] [--json FILE]

A benchmark is a module here with `rows(corpus, median_s)` or `rows(corpus, median_s, full)`. Each row says "what" it
is, what was measured (keys below), and "peer" with "times_peer": how many times the speed of the peer.
"""

import argparse
import importlib
import inspect
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROUNDS, MOST_ROUNDS, LONG_ENOUGH_S = 5, 101, 0.5
CORPUS = Path(os.environ.get("GROUNDSIDE_CORPUS", HERE.parents[1] / "shared" / "corpus"))
MEASURED = {
    "MB_per_s": "{:,.1f} MB/s",
    "files_per_s": "{:,.0f} files/s",
    "images_per_s": "{:,.1f} images/s",
    "p95_ms": "p95 {:,.1f} ms",
    "p95_wall_ms": "p95 on the wall {:,.1f} ms",
    "blank_ms": "longest blank {:,.0f} ms",
    "median_ms": "median {:,.2f} ms",
    "peak_mb": "peak {:,.0f} MB",
}


def median_s(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """
    Median CPU seconds; CPU time, because the machine is shared.

    What takes milliseconds is done for half a second in all: five rounds of it would fall into one bad moment.
    """
    taken: list[float] = []
    while len(taken) < rounds or (sum(taken) < LONG_ENOUGH_S and len(taken) < MOST_ROUNDS):
        began = time.process_time()
        work()
        taken.append(time.process_time() - began)
    return statistics.median(taken)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="names of benchmarks, with commas between them")
    parser.add_argument(
        "--full", action="store_true", help="the sizes that the issues name, where the usual ones are reduced"
    )
    parser.add_argument("--json", type=Path, help="write the figures into this file")
    parser.add_argument("--rows", help="run this benchmark in this process, and print each row as JSON")
    asked = parser.parse_args()
    if not (CORPUS / "flights").is_dir():
        print(f"no real files at {CORPUS}: set GROUNDSIDE_CORPUS", file=sys.stderr)
        return 1
    if asked.rows:
        print_rows(asked.rows, asked.full)
        return 0
    before = os.getloadavg()
    print(f"{platform.machine()}, {os.cpu_count()} cores, load before {before[0]:.1f}", flush=True)
    rows = []
    for name in asked.only.split(",") if asked.only else known():
        for row in rows_apart(name, asked.full):
            rows.append({"benchmark": name, **row})
            print(shown(row), flush=True)
    after = os.getloadavg()
    print(f"load after {after[0]:.1f} (the benchmarks' own work counts in it)")
    if asked.json:
        told = {"machine": platform.machine(), "cores": os.cpu_count(), "load_before": before, "load_after": after}
        asked.json.write_text(json.dumps({**told, "full": asked.full, "rows": rows}, indent=2) + "\n")
    return 0


def known() -> list[str]:
    """Name the benchmarks: the modules here that have rows."""
    return sorted(f.stem for f in HERE.glob("*.py") if f.stem != "run" and "\ndef rows(" in f.read_text())


def rows_apart(name: str, full: bool) -> Iterator[dict[str, object]]:
    """Measure in a process of its own: what one leaves in memory would slow the next."""
    command = [sys.executable, __file__, "--rows", name, *(["--full"] if full else [])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield from map(json.loads, process.stdout)
    if process.returncode:
        sys.exit(f"the benchmark {name} ended with {process.returncode}")


def print_rows(name: str, full: bool) -> None:
    with redirect_stdout(sys.stderr):  # whatever else a benchmark says
        for row in rows_of(name, full):
            print(json.dumps(row), file=sys.__stdout__, flush=True)


def rows_of(name: str, full: bool) -> Iterator[dict[str, object]]:
    rows = importlib.import_module(name).rows
    more = {"full": full} if "full" in inspect.signature(rows).parameters else {}
    yield from rows(CORPUS / "flights", median_s, **more)


def shown(row: dict[str, object]) -> str:
    figures = [form.format(row[key]) for key, form in MEASURED.items() if isinstance(row.get(key), int | float)]
    assert figures or "times_peer" in row, f"none of {sorted(row)} is in MEASURED"
    if isinstance(row.get("times_peer"), int | float):
        figures.append(f"{row['times_peer']:,.1f} x {row['peer']}")
    return f"{row['what']:<66} {'   '.join(figures)}"


if __name__ == "__main__":
    sys.exit(main())
