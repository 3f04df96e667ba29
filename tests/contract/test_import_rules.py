"""The rules of the house hold, and a deliberate violation of each is shown to fail."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

LINT = Path(sys.executable).with_name("lint-imports")

VIOLATIONS = {
    "layers: a noun knows the hallway": (
        "model/digest.py",
        "import groundside.archive.verb",
        "Rooms meet only",
    ),
    "layers: settings know a room": ("settings.py", "import groundside.keep.rows", "Rooms meet only"),
    "layers: a room knows another room": (
        "decode/known.py",
        "import groundside.produce.flight.cut",
        "Rooms meet only",
    ),
    "exhaustive: a drawer called utils": ("utils/__init__.py", "", "Rooms meet only"),
    "protected: the page knows a room": (
        "see/shapes.py",
        "import groundside.keep.vault",
        "Only the archive imports",
    ),
    "formats: one knows another": (
        "decode/formats/dataflash/__init__.py",
        "import groundside.decode.formats.dji_srt",
        "Formats are independent",
    ),
    "exports: one knows another": (
        "see/exports/formats/gpx.py",
        "import groundside.see.exports.formats.kml",
        "Exports are independent",
    ),
    "pure: a decoder asks the clock": ("decode/known.py", "import time", "Pure rooms"),
    "pure: a product opens a socket": ("produce/flight/cut.py", "import socket", "Pure rooms"),
    "pure: a noun knows the web framework": ("model/digest.py", "import fastapi", "Pure rooms"),
    "simulator: an encoder borrows a decoder's table": (
        "simulate/truth.py",
        "import groundside.decode.format",
        "Encoders share no table",
    ),
    "sql: the hallway speaks SQL": ("archive/store.py", "import sqlalchemy", "SQL stays in keep"),
    "uplink: something can command a vehicle": (
        "archive/store.py",
        "import pymavlink",
        "Nothing can command",
    ),
}


def lint(source: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--config", REPOSITORY / ".importlinter", "--no-cache"],
        cwd=source,
        env={**os.environ, "PYTHONPATH": str(source), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_rules_of_the_house_hold():
    result = lint(REPOSITORY / "src")
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_violation_is_found(name: str, tmp_path: Path):
    file, line, contract = VIOLATIONS[name]
    copy = tmp_path / "src"
    shutil.copytree(REPOSITORY / "src", copy, ignore=shutil.ignore_patterns("static", "__pycache__", "*.egg-info"))
    target = copy / "groundside" / file
    target.parent.mkdir(exist_ok=True)
    before = target.read_text() if target.exists() else ""
    target.write_text(before + f"\n{line}\n")
    result = lint(copy)
    assert result.returncode != 0
    broken = [text for text in result.stdout.splitlines() if "BROKEN" in text or "not listed" in text.lower()]
    assert any(contract in text for text in broken), result.stdout


RASTERS = ("decode/surface.py", "produce/crop/blocks/", "produce/crop/prescribe/cells.py")
"""What reads rasters block by block, which GDAL does by their path."""


def test_pure_rooms_never_ask_what_time_it_is_and_open_no_file_but_a_raster():
    """The clock can also be asked without importing `time`; no import rule sees that."""
    rooms = [REPOSITORY / "src" / "groundside" / room for room in ("decode", "produce", "plan", "model")]
    asking = [
        f"{file.relative_to(REPOSITORY)}: {word}"
        for room in rooms
        for file in room.rglob("*.py")
        for word in (".now(", ".today(", ".utcnow(", "perf_counter", "monotonic(", " open(", "pathlib import Path\n")
        if word in file.read_text() and not ("pathlib" in word and any(each in str(file) for each in RASTERS))
    ]
    assert asking == []
