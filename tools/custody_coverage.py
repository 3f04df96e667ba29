"""
Whether every branch of what custody rests on is run by its tests: ledger, keys, sealing, the vault, erasure.

    python tools/custody_coverage.py [--report FILE]

Ends with 1 where a test fails, or where a line or a branch of them is not run. Some minutes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = (
    "keep/ledger/*",
    "keep/keys/*",
    "keep/sealing/*",
    "keep/store_vault.py",
    "keep/small_files.py",
    "keep/erasing.py",
    "archive/erasing.py",
    "archive/discarding.py",
)
TESTS = (
    "tests/unit/test_ledger_*.py",
    "tests/unit/test_keys_*.py",
    "tests/unit/test_sealing*.py",
    "tests/unit/test_vault_*.py",
    "tests/unit/test_errand_keys.py",
    "tests/unit/test_custody_forms.py",
    "tests/contract/test_keys_*.py",
    "tests/contract/test_erasing.py",
    "tests/contract/test_evidence.py",
    "tests/contract/test_evidence_verifier.py",
    "tests/contract/test_backup_hostile.py",
    "tests/contract/test_keep_vault.py",
    "tests/contract/test_ledger_archive.py",
    "tests/contract/test_ledger_cli.py",
    "tests/property/test_ledger_properties.py",
    "tests/property/test_sealing_properties.py",
)
WHOLE = 100


def configured(folder: Path) -> Path:
    """Write what coverage is told, with its data in a folder of its own; gives the file."""
    patterns = "\n  ".join(f"*/groundside/{each}" for each in PARTS)
    file = folder / "coverage.ini"
    file.write_text(
        f"[run]\nbranch = True\ndata_file = {folder / 'data'}\ninclude =\n  {patterns}\n"
        f"[report]\nfail_under = {WHOLE}\nskip_covered = True\nshow_missing = True\n"
    )
    return file


def main() -> int:
    """Run the tests under coverage and say what they leave out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, help="write the report into this file as well", metavar="FILE")
    asked = parser.parse_args()
    tests = [str(path) for pattern in TESTS for path in sorted(ROOT.glob(pattern))]
    with tempfile.TemporaryDirectory() as folder:
        coverage = [sys.executable, "-m", "coverage"]
        told = ["--rcfile", str(configured(Path(folder)))]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
        ran = subprocess.run(
            [*coverage, "run", *told, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests],
            cwd=ROOT, env=environment, check=False,
        )  # fmt: skip
        found = subprocess.run(
            [*coverage, "report", *told], cwd=ROOT, env=environment, check=False, capture_output=True, text=True
        )
    sys.stdout.write(found.stdout + found.stderr)
    if asked.report:
        asked.report.write_text(found.stdout)
    return 1 if ran.returncode or found.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
