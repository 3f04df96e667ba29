"""ISOXML: valid by the standard's own schemas, read back by another program to the same grid, north up."""

from __future__ import annotations

import math
import zipfile
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import isoxml.models.base.v3 as iso3
import isoxml.models.base.v4 as iso4
import numpy as np
import pytest
from isoxml.converter.np_grid import to_numpy_array
from isoxml.models.ddi_entities import DDEntity
from isoxml.util.isoxml_io import isoxml_from_path
from lxml import etree
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

from groundside.errors import BadRequest, Conflict
from groundside.model.prescription import Prescription
from groundside.produce.crop.products import PRODUCTS
from groundside.see.exports.prescriptions.isoxml import isoxml_files
from groundside.see.exports.prescriptions.writing import write_files
from tests.prescriptions import SOUTH, WEST, prescription

ORACLE = [[0.0, 50.0, 100.0], [80.5, 120.0, 40.0]]
COUNTS = [0, 5000, 10000, 8050, 12000, 4000]
XML, BIN = "TASKDATA/TASKDATA.XML", "TASKDATA/GRD00001.bin"
HOLED = [[math.nan, 20.0, 20.0, 20.0], [30.0, 20.0, math.nan, 20.0], [30.0, 20.0, 20.0, 20.0]]


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(files("isoxml_writer") / "ISOXML_schema" / "ISO11783_TaskFile_V4-3.xsd")))


def grid_of(folder: Path) -> tuple[iso3.Grid | iso4.Grid, bytes, object]:
    data, binaries = isoxml_from_path(folder / "TASKDATA")
    [grid] = data.tasks[0].grids
    return grid, binaries["GRD00001"], data


@pytest.mark.parametrize("grid_type", [1, 2])
@pytest.mark.parametrize(
    "made", [prescription(ORACLE), prescription(HOLED, PRODUCTS["uan30"], "Ä <&> \"Mead\" 'x'" * 4)]
)
def test_what_is_written_is_valid_by_the_schemas_of_the_standard(
    schema: etree.XMLSchema, made: Prescription, grid_type: int
):
    for version in ("4.3", "3.3"):
        written = etree.fromstring(isoxml_files(made, version, grid_type)[XML])
        written.set("VersionMajor", "4")  # the schema is that of 4.3; every element and attribute is in both
        assert schema.validate(written), schema.error_log


@pytest.mark.parametrize("version", ["4.3", "3.3"])
def test_each_version_has_only_elements_and_attributes_that_it_knows(version: str):
    kind = iso4 if version == "4.3" else iso3
    strict = XmlParser(ParserConfig(fail_on_unknown_properties=True, fail_on_unknown_attributes=True))
    for grid_type in (1, 2):
        written = isoxml_files(prescription(HOLED, PRODUCTS["urea"]), version, grid_type)[XML]
        data = strict.from_bytes(written, kind.Iso11783TaskData)
        assert (data.version_major.value, data.version_minor.value) == tuple(version.split("."))


def test_a_zone_with_a_letter_in_its_code_would_not_be_valid(schema: etree.XMLSchema):
    written = etree.fromstring(isoxml_files(prescription(ORACLE))[XML])
    written.find("TSK/TZN").set("A", "TZN1")
    assert not schema.validate(written)


def test_rates_are_whole_hundredths_of_a_kilogram_and_rows_run_from_south_to_north():
    files_made = isoxml_files(prescription(ORACLE))
    assert len(files_made[BIN]) == 24
    assert np.frombuffer(files_made[BIN], "<i4").tolist() == COUNTS[3:] + COUNTS[:3]


def test_a_grid_of_one_row_is_the_oracle_as_it_stands():
    made = prescription([[rate for row in ORACLE for rate in row]])
    assert np.frombuffer(isoxml_files(made)[BIN], "<i4").tolist() == COUNTS


@pytest.mark.parametrize("version", ["4.3", "3.3"])
def test_another_program_reads_the_same_rates_back_north_up(tmp_path: Path, version: str):
    write_files(isoxml_files(prescription(ORACLE), version), tmp_path, single=False)
    grid, raw, data = grid_of(tmp_path)
    assert str(data.version_major.value) == version[0]
    entity = DDEntity.from_id(6)
    back = to_numpy_array(raw, grid, [entity])[::-1, :, 0] * 0.01 / entity.bit_resolution
    assert back == pytest.approx(np.array(ORACLE))
    assert (grid.minimum_north_position, grid.minimum_east_position) == (Decimal(str(SOUTH)), Decimal(str(WEST)))
    assert (grid.maximum_row, grid.maximum_column) == (2, 3)
    made = prescription(ORACLE).grid
    assert (grid.cell_north_size, grid.cell_east_size) == pytest.approx((made.cell_lat, made.cell_lon), rel=1e-9)


@pytest.mark.parametrize("version", ["4.3", "3.3"])
def test_another_program_reads_zones_back_and_the_rate_of_each(tmp_path: Path, version: str):
    made = prescription(HOLED)
    write_files(isoxml_files(made, version, 1), tmp_path / "usb.zip", single=False)
    with zipfile.ZipFile(tmp_path / "usb.zip") as archive:
        archive.extractall(tmp_path)
    data, binaries = isoxml_from_path(tmp_path / "TASKDATA")
    [task] = data.tasks
    rate_of = {zone.code: zone.process_data_variables[0].process_data_value / 100 for zone in task.treatment_zones}
    codes = to_numpy_array(binaries["GRD00001"], task.grids[0])[::-1]
    back = np.vectorize(rate_of.get)(codes)
    assert back.tolist() == [[0.0 if math.isnan(rate) else rate for rate in row] for row in HOLED]
    outside = (
        task.default_treatment_zone_code,
        task.position_lost_treatment_zone_code,
        task.out_of_field_treatment_zone_code,
    )
    assert {rate_of[code] for code in outside} == {0.0}


def test_a_task_names_customer_farm_and_field_with_its_boundary_and_holes():
    root = etree.fromstring(isoxml_files(prescription(HOLED))[XML])
    task = root.find("TSK")
    assert [task.get(letter) for letter in "CDE"] == [root.find(kind).get("A") for kind in ("CTR", "FRM", "PFD")]
    assert [line.get("A") for line in root.findall("PFD/PLN/LSG")] == ["1", "2"]
    north = {float(point.get("C")) for point in root.iterfind("PFD//PNT")}
    assert min(north) == pytest.approx(SOUTH)


def test_a_liquid_is_in_hundredths_of_a_cubic_millimetre_for_a_square_metre():
    files_made = isoxml_files(prescription([[150.5]], PRODUCTS["uan30"]))
    assert np.frombuffer(files_made[BIN], "<i4").tolist() == [1_505_000]
    assert b'A="0001"' in files_made[XML]


def test_a_rate_beyond_four_bytes_and_an_unknown_version_are_refused():
    with pytest.raises(BadRequest, match="beyond"):
        isoxml_files(prescription([[30_000_000.0]]))
    with pytest.raises(BadRequest, match=r"5\.0"):
        isoxml_files(prescription(ORACLE), "5.0")


def test_a_task_that_is_on_the_stick_already_is_not_written_over(tmp_path: Path):
    (tmp_path / "TASKDATA").mkdir()
    (tmp_path / XML).write_text("somebody's")
    with pytest.raises(Conflict):
        write_files(isoxml_files(prescription(ORACLE)), tmp_path, single=False)
    assert (tmp_path / XML).read_text() == "somebody's"
    assert [path.name for path in tmp_path.iterdir()] == ["TASKDATA"]


def test_the_same_prescription_gives_the_same_archive(tmp_path: Path):
    for name in ("one.zip", "two.zip"):
        write_files(isoxml_files(prescription(ORACLE)), tmp_path / name, single=False)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
