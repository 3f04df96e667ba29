"""
Write docs/explanation/performance.md from the figures of a run of the benchmarks.

    python benchmarks/run.py --json docs/explanation/performance.json && python tools/make_performance_page.py
"""

from __future__ import annotations

import json
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "docs" / "explanation"
FIGURES, PAGE = FOLDER / "performance.json", FOLDER / "performance.md"
TITLES = {
    "dataflash": "ArduPilot DataFlash",
    "dji": "DJI flight records",
    "ingest": "Taking files in",
    "keeping": "Keeping bytes, tracks and logs",
    "listing": "Lists of flights",
    "spatial": "Flights near a point",
    "srt": "DJI subtitles",
    "tlog": "MAVLink telemetry",
    "ulog": "PX4 ULog",
}
HEAD = """# How fast it is

Made by `tools/make_performance_page.py` from `benchmarks/run.py --json`; `make bench` measures it anew on your
machine.

**Machine.** {machine}, {cores} cores, shared with others; load {before:.1f} when the run began and {after:.1f} when
it ended, its own work included. Python 3.11, one process, one core unless a row says otherwise.

**Method.** Files are in memory. Times are medians of CPU time, of 5 to 100 rounds, ours and the named peer's in the
same run, each benchmark in a process of its own: the ratio is what holds on another machine, the absolute figure
belongs to this one. A table counts as read when every column of it stands in memory, scaled and with its unit. Peers do
the same work through their public interface. Memory is the most that a fresh process ever held (VmHWM), Python and
libraries included. Where a file of 32 MB or more was needed, its definitions were kept once and its data repeated with
the time moved on; such rows say so.

**What grows with what.** Reading walks all records of a file, at about a gigabyte a second and more, for no byte is
left unaccounted; a table then costs what it holds, and nothing else is worked out until it is asked for. Small
files are bound by what each kind of record costs once (its columns' names, units and types): these are kept for the
next file of the same layout, which is why the first file of a process is slower, and has a row of its own.

Taking files in costs what reading them does, on as many cores as there are workers, and a part for each file in the
one process that commits. A log whose clock is not UTC is compared with those that lie at the same place, a hundred at
the most, and nearly all of them are ruled out by outlines: so that part hardly grows with how many flights there are.
Of simulated small logs at eight fields a file took 6.1 ms among 100 once the workers ran, 7.3 among 20,000, and 6.2
and 8.3 among 1,000 before and after those; committing took 2.1, 4.5, and 2.3 and 3.1 ms of CPU of it. Of large logs
committing is a tenth of the work, of small ones a fifth and more: a second worker speeds up large logs more than
small ones. In full (`benchmarks/ingest.py --full`, load 0.9 to 1.7): 1 GB of mixed simulated logs took 217 MB/s from
the start of a process and 315 in one that goes on, 2.33 and 1.71 times one worker; 2,000 logs of 20 to 200 kB took 195
and 209 files/s, 1.55 and 1.58 times one worker. The rows below are of 100 MB and 200 logs, where starting the processes
weighs more.
"""


def main() -> None:
    PAGE.write_text(page(json.loads(FIGURES.read_text())))


def page(told: dict) -> str:
    head = HEAD.format(
        machine=told["machine"], cores=told["cores"], before=told["load_before"][0], after=told["load_after"][0]
    )
    names = sorted({row["benchmark"] for row in told["rows"]}, key=lambda name: TITLES.get(name, name))
    return head + "".join(section(name, [r for r in told["rows"] if r["benchmark"] == name]) for name in names)


def section(name: str, rows: list[dict]) -> str:
    lines = [f"\n## {TITLES.get(name, name)}\n", "| what | measured | beside |", "|---|---|---|"]
    return "\n".join([*lines, *(line(row) for row in rows)]) + "\n"


def line(row: dict) -> str:
    forms = {
        "MB_per_s": "{:,.0f} MB/s",
        "files_per_s": "{:,.0f} files/s",
        "p95_ms": "p95 {:,.1f} ms",
        "median_ms": "median {:,.2f} ms",
        "peak_mb": "peak {:,.0f} MB",
    }
    measured = [form.format(row[key]) for key, form in forms.items() if isinstance(row.get(key), int | float)]
    peer = f"{row['times_peer']:,.1f} x {row['peer']}" if isinstance(row.get("times_peer"), int | float) else ""
    return f"| {row['what']} | {', '.join(measured)} | {peer} |"


if __name__ == "__main__":
    main()
