"""The shell: every command is documented, and every piece of advice names commands and options that exist."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

import groundside
from groundside.see.cli import main
from groundside.see.cli.grouping import ShowsByDefault
from groundside.see.cli.words import bytes_words, local_words, metres_words, seconds_words
from tests.conftest import REPOSITORY
from tests.shell import shell

GROUNDSIDE = Path(sys.executable).with_name("groundside")
ADVICE = re.compile(r"groundside ((?:[a-z]+(?:-[a-z]+)* ?)+)((?:[^\"'`\n]*))")


def commands() -> dict[str, set[str]]:
    """Every command, with sub-commands as "jobs resume", and its options."""
    found: dict[str, set[str]] = {}

    def walk(command: object, name: str) -> None:
        shown = command.commands["show"].params if isinstance(command, ShowsByDefault) else []
        options = {o for p in [*command.params, *shown] for o in p.opts if o.startswith("--")}
        found[name] = options | {"--help"}
        for sub, inner in getattr(command, "commands", {}).items():
            walk(inner, f"{name} {sub}".strip())

    walk(get_command(main.app), "")
    return found


def test_every_command_is_in_the_reference():
    text = (REPOSITORY / "docs" / "reference" / "commands.md").read_text()
    assert [name for name in commands() if name and f"`groundside {name}" not in text] == []


def test_every_command_says_what_it_does():
    def helped(command: object) -> list[str]:
        inner = getattr(command, "commands", {})
        return [n for n, c in inner.items() if not c.help] + [x for c in inner.values() for x in helped(c)]

    commands()
    assert helped(get_command(main.app)) == []


def advised() -> list[tuple[str, str, str]]:
    known = commands()
    found = []
    files = [*(REPOSITORY / "src").rglob("*.py"), *(REPOSITORY / "docs").rglob("*.md"), REPOSITORY / "README.md"]
    for file in files:
        for words, rest in ADVICE.findall(file.read_text()):
            parts = words.split()
            longest = max((i for i in range(len(parts) + 1) if " ".join(parts[:i]) in known), default=0)
            name = " ".join(parts[:longest]) if longest else parts[0]
            found += [(str(file.relative_to(REPOSITORY)), name, o) for o in re.findall(r"--[a-z-]+", rest) or [""]]
    return found


def test_every_command_and_option_named_in_advice_exists():
    known = commands()
    prose = {"", "page", "is", "and", "the", "formats", "exports", "import"}
    wrong = [
        (file, name, option)
        for file, name, option in advised()
        if (name not in known and name not in prose and "groundside" not in name)
        or (option and name in known and option not in known[name] | known[""])
    ]
    assert wrong == []
    assert len(advised()) > 20


@pytest.mark.parametrize("name", ["flights", "files", "jobs"])
def test_every_listing_takes_json(name: str, tmp_path: Path):
    (tmp_path / "x.txt").write_text("no log")
    archive = ["--archive", str(tmp_path / "a")]
    shell("ingest", tmp_path / "x.txt", *archive)
    told = json.loads(shell(name, *archive, "--json").stdout)
    assert isinstance(told, list)
    assert len(told) == {"flights": 0, "files": 1, "jobs": 1}[name]


def test_the_archive_may_be_named_before_or_after_the_command_or_in_the_environment(tmp_path: Path):
    (tmp_path / "x.txt").write_text("no log")
    folder = str(tmp_path / "a")
    assert run([GROUNDSIDE, "--archive", folder, "ingest", tmp_path / "x.txt"], GROUNDSIDE_WORKERS="0").returncode == 0
    assert shell("files", "--archive", folder).returncode == 0
    assert run([GROUNDSIDE, "files"], GROUNDSIDE_ARCHIVE=folder).returncode == 0


def test_a_spelling_mistake_is_answered_with_usage_and_no_traceback():
    done = run([GROUNDSIDE, "flihgts"])
    assert done.returncode == 2
    assert "flights" in done.stderr
    assert "Traceback" not in done.stderr


def run(command: list[object], **environment: str) -> subprocess.CompletedProcess[str]:
    import os

    kept = {k: v for k, v in os.environ.items() if not k.startswith("GROUNDSIDE_")}
    return subprocess.run(
        [str(c) for c in command], capture_output=True, text=True, check=False, env={**kept, **environment}
    )


def test_numbers_are_said_with_units_and_times_with_their_zone():
    assert local_words(1_600_000_000_000_000, "Europe/Zurich") == "2020-09-13 14:26:40 CEST"
    assert local_words(None) == "–"
    assert seconds_words(3725.4) == "1:02:05"
    assert (metres_words(9999.4), metres_words(10_500)) == ("9,999 m", "10.5 km")
    assert (bytes_words(999), bytes_words(2_500_000)) == ("999 B", "2.5 MB")


def test_the_version_is_told():
    told = subprocess.run([GROUNDSIDE, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout == f"groundside {groundside.__version__}\n"
