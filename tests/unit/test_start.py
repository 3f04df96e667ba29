"""What a command loads before it does anything: its own module, and nothing that only others need."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.main import get_group

from groundside.archive.archive import Archive
from groundside.see.cli.commands import COMMANDS

FAMILIES = Path(import_module("groundside.see.cli").__path__[0])
LOADED = """
import sys
from groundside.see.cli.main import run
try:
    run()
except SystemExit as ended:
    print(*sys.modules, sep="\\n", file=sys.stderr)
    raise
"""
HEAVY = ("numpy", "scipy", "pyarrow", "pandas", "cv2", "PIL", "shapely", "rasterio", "pyogrio", "pyproj", "typst")
SERVERS = ("fastapi", "starlette", "uvicorn", "alembic", "psycopg", "sqlalchemy.dialects.postgresql", "distributed")
ROOMS = ("groundside.decode", "groundside.produce", "groundside.plan", "groundside.simulate", "groundside.workers")
NOUNS = tuple(f"groundside.model.{each}" for each in ("photo", "finding", "mission", "health", "agronomy", "fleet"))


def loaded(*words: str) -> set[str]:
    """Name the modules that a process has loaded when a command ends."""
    done = subprocess.run([sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines())


def test_listing_flights_loads_nothing_that_only_other_commands_need(tmp_path: Path):
    with Archive.open(tmp_path / "archive", create=True):
        pass
    found = loaded("flights", "--archive", str(tmp_path / "archive"))
    assert "groundside.archive.looking" in found, "or nothing was listed"
    assert found & {*HEAVY, *SERVERS, *ROOMS, *NOUNS} == set()
    assert {each for each in found if each.startswith("groundside.see.cli.")} <= {
        f"groundside.see.cli.{each}"
        for each in ("commands", "console", "context", "filters", "flights", "main", "on_demand", "words")
    }


def test_help_loads_no_command():
    found = loaded("--help")
    assert "groundside.see.cli.commands" in found
    assert found & {"groundside.see.cli.flights", "groundside.archive", "sqlalchemy", *HEAVY, *SERVERS, *ROOMS} == set()


@pytest.mark.parametrize("module", sorted({module for module, _ in COMMANDS.values()}))
def test_the_list_of_commands_says_what_the_modules_say(module: str):
    app = typer.Typer(rich_markup_mode=None)
    import_module(f"groundside.see.cli.{module}").add_to(app)
    brought = {name: command.get_short_help_str(10_000) for name, command in get_group(app).commands.items()}
    assert brought == {name: first for name, (of, first) in COMMANDS.items() if of == module}


def test_every_module_that_adds_commands_to_the_root_is_in_the_list():
    adding = {each.stem for each in FAMILIES.glob("*.py") if "def add_to(app: typer.Typer)" in each.read_text()}
    assert adding == {module for module, _ in COMMANDS.values()}
