"""
Write the seeds that fuzzing begins with: python -m fuzz.make_seeds.

One small simulated recording of each kind in every format, cut to a few kilobytes, so that mutations hit something.
"""

from __future__ import annotations

from pathlib import Path

from groundside.simulate.formats import FORMATS
from tests.seeds import seeds_of

SEEDS = Path(__file__).parent / "seeds"


def main() -> None:
    for name in (entry.name for entry in FORMATS):
        folder = SEEDS / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds_of(name)):
            (folder / f"{number:02}").write_bytes(seed)


if __name__ == "__main__":
    main()
