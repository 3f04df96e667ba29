"""The tutorial from raw RedEdge captures to a prescription and a PDF: every step it shows is run, as it stands."""

from __future__ import annotations

import json
import re
import shlex
import zipfile
from pathlib import Path

import numpy as np
import pytest
from isoxml.util.isoxml_io import isoxml_from_path
from typer.testing import CliRunner

from groundside.see.cli import main
from tests import geopandas_peer
from tests.conftest import REPOSITORY

pytestmark = [pytest.mark.corpus]
PAGE = REPOSITORY / "docs" / "tutorial" / "from-leaf-to-rate.md"
IMAGE = ((7.0, 47.0012), (7.0024, 47.0012), (7.0024, 47.0), (7.0, 47.0))
FIELD = ((7.0003, 47.0002), (7.002, 47.0001), (7.0021, 47.001), (7.0004, 47.0011))


def steps() -> list[list[str]]:
    return [shlex.split(line)[1:] for line in re.findall(r"^    (groundside .*)$", PAGE.read_text(), re.MULTILINE)]


def drawn(path: Path, corners: tuple[tuple[float, float], ...]) -> None:
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]}))


def run(step: list[str]) -> str:
    words, _, file = " ".join(step).partition(" > ")
    asked = step[: step.index(">")] if file else step
    done = CliRunner().invoke(main.app, asked)
    assert done.exit_code == 0, (words, done.output, done.exception)
    if file:
        Path(file).write_text(done.stdout)
    return done.stdout


def test_every_step_of_the_tutorial_does_what_it_says(corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "flight").symlink_to(corpus / "crop" / "rededge2019")
    drawn(tmp_path / "image.geojson", IMAGE)
    drawn(tmp_path / "mead.geojson", FIELD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROUNDSIDE_ARCHIVE", str(tmp_path / "archive"))
    said = [run(step) for step in steps()]
    assert len(said) == len(steps()) > 10
    assert "not enough evidence for a rate; here is what would be" in said[2]
    assert json.loads(said[4])["outcome"] == "not enough evidence for a rate"
    assert all((tmp_path / name).read_bytes().startswith(b"%PDF") for name in ("missing.pdf", "mead.pdf"))
    the_task_on_the_stick_is_the_field_with_rates_in_steps(tmp_path)
    the_shapefile_has_the_same_rates_in_the_same_places(tmp_path)


def the_task_on_the_stick_is_the_field_with_rates_in_steps(folder: Path) -> None:
    data, binaries = isoxml_from_path(folder / "usb" / "TASKDATA")
    [task] = data.tasks
    [grid] = task.grids
    rates = np.frombuffer(binaries["GRD00001"], "<i4").reshape(grid.maximum_row, grid.maximum_column)
    assert set(np.unique(rates % 1000)) == {0}, "steps of 10 kg/ha"
    assert 20 * 100 <= rates.max() <= 170 / 0.46 * 100
    assert data.partfields[0].designator == "Mead"
    south, west = float(grid.minimum_north_position), float(grid.minimum_east_position)
    assert (south, west) == pytest.approx((min(lat for _, lat in FIELD), min(lon for lon, _ in FIELD)))


def the_shapefile_has_the_same_rates_in_the_same_places(folder: Path) -> None:
    with zipfile.ZipFile(folder / "rx.zip") as archive:
        archive.extractall(folder / "rx")
    table = geopandas_peer.read(folder / "rx" / "Rx" / "MEAD.shp")
    data, binaries = isoxml_from_path(folder / "usb" / "TASKDATA")
    [grid] = data.tasks[0].grids
    rates = np.frombuffer(binaries["GRD00001"], "<i4").reshape(grid.maximum_row, grid.maximum_column) / 100
    assert sorted(set(table["RATE"])) == sorted(set(rates[rates > 0]))
    for shape, rate in zip(table.shapes, table["RATE"], strict=True):
        at = shape.representative_point()
        column = int((at.x - float(grid.minimum_east_position)) / grid.cell_east_size)
        line = int((at.y - float(grid.minimum_north_position)) / grid.cell_north_size)
        assert rates[line, column] == rate
