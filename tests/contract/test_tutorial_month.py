"""The tutorial from a folder of logs to a signed month: every step it shows is run, as it stands."""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import icalendar
import pytest
from typer.testing import CliRunner

from groundside.see.cli import main
from tests.conftest import REPOSITORY
from tests.reports import pages

PAGE = REPOSITORY / "docs" / "tutorial" / "a-signed-month.md"


def steps() -> list[list[str]]:
    return [shlex.split(line)[1:] for line in re.findall(r"^    (groundside .*)$", PAGE.read_text(), re.MULTILINE)]


def test_every_step_of_the_tutorial_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDSIDE_ARCHIVE", str(tmp_path / "archive"))
    monkeypatch.setenv("GROUNDSIDE_WORKERS", "0")
    said: dict[str, str] = {}
    for step in steps():
        done = CliRunner().invoke(main.app, step)
        assert done.exit_code == 0, (step, done.output, done.exception)
        name = " ".join(step[:2])
        said[name] = said.get(name, "") + done.output
    assert len(steps()) > 15
    assert "2026-06 is signed" in said["logbook sign"]
    assert "2026-06 signed by" in said["logbook --pilot"]
    assert "june.csv" in said["logbook --pilot"]
    printed = (tmp_path / "logbook.pdf").read_bytes()
    assert printed.startswith(b"%PDF")
    assert pages(printed) >= 2
    rows = list(csv.DictReader((tmp_path / "june.csv").read_text().splitlines()))
    assert {row["pilot"] for row in rows} == {"Ann"}
    assert len(rows) > 10
    assert [row["total_min"] for row in rows if row["aircraft"] == "Foam"] == ["12.000"]
    calendar = icalendar.Calendar.from_ical((tmp_path / "expiries.ics").read_bytes())
    assert len(calendar.walk("VEVENT")) == 2
