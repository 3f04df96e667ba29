"""Real binary logs written out as text: the same log as from their bytes, and the values that pymavlink reads in it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from groundside.decode.formats.dataflash import FORMAT as BINARY
from groundside.decode.formats.dataflash_text import FORMAT
from groundside.model.table import unit_of
from tests.dataflash_builder import decoded, decoded_text, text_of_log

pytestmark = [pytest.mark.corpus, pytest.mark.peer]

NAMES = (
    "ardupilot-log-diagnosis__sample.bin",
    "autonomous-soaring__00000001.BIN",
    "dataflash_logs__2014-10-18_21-19-07.bin",
    "pymavlink__test.BIN",
    "uav-sysid__00000002.BIN",
)
NOT_TEXT = {"FILE": {"Data"}}
"""Pieces of files: bytes in a binary log, which no text can hold."""


@cache
def text_of(corpus: Path, name: str) -> str:
    return text_of_log((corpus / "flights" / "bin" / name).read_bytes())


def rows_of(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Make NaN equal to itself."""
    return {name: ["nan" if v != v else v for v in values] for name, values in columns.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_text_log_holds_the_tables_of_the_binary_log_it_was_made_of(corpus: Path, name: str):
    ours = decoded_text(text_of(corpus, name)).tables
    theirs = decoded((corpus / "flights" / "bin" / name).read_bytes()).tables
    assert list(ours) == list(theirs)
    for table, binary in theirs.items():
        text = ours[table]
        assert text.column_names == binary.column_names
        same = [column for column in text.column_names if column not in NOT_TEXT.get(table.split("[")[0], ())]
        assert [text[c].type for c in same] == [binary[c].type for c in same], table
        assert [unit_of(text, c) for c in same] == [unit_of(binary, c) for c in same], table
        assert rows_of(text.select(same).to_pydict()) == rows_of(binary.select(same).to_pydict()), table


@pytest.mark.parametrize("name", NAMES)
def test_a_text_log_tells_of_the_same_flight(corpus: Path, name: str):
    data = (corpus / "flights" / "bin" / name).read_bytes()
    text, binary = decoded_text(text_of(corpus, name)), decoded(data)
    assert FORMAT.recording(text) == BINARY.recording(binary)
    one, other = FORMAT.track(text), BINARY.track(binary)
    assert one is not None and other is not None
    assert rows_of(one.table.to_pydict()) == rows_of(other.table.to_pydict())
    assert FORMAT.log is not None and BINARY.log is not None
    says, said = FORMAT.log(text), BINARY.log(binary)
    assert rows_of(says.parameters.to_pydict()) == rows_of(said.parameters.to_pydict())
    assert says.messages.equals(said.messages)
    assert says.events.equals(said.events)
    assert says.identity == said.identity
    assert text.account.skipped == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_read_as_pymavlink_reads_it(corpus: Path, name: str, tmp_path: Path):
    from pymavlink.DFReader import DFReader_text

    text = text_of(corpus, name)
    (tmp_path / "text.log").write_text(text)
    expected: dict[str, dict[str, list[Any]]] = {}
    reader = DFReader_text(str(tmp_path / "text.log"))
    while (message := reader.recv_msg()) is not None:
        table = expected.setdefault(message.get_type(), {})
        for column in message.get_fieldnames():
            table.setdefault(column, []).append(getattr(message, column))
    reader.filehandle.close()
    tables = decoded_text(text).tables
    compared = 0
    for message, columns in expected.items():
        rows = len(next(iter(columns.values())))
        assert sum(t.num_rows for name, t in tables.items() if name.split("[")[0] == message) >= rows
        # pymavlink leaves lines out whose last text is empty, and numbers no definition of its own.
        if message in tables and message not in {"FMT", *NOT_TEXT} and tables[message].num_rows == rows:
            compared += rows
            for column, values in columns.items():
                assert all(map(alike, tables[message][column].to_pylist(), values)), f"{message}.{column}"
    assert compared > 1_000


def alike(ours: object, theirs: object) -> bool:
    if not isinstance(ours, float) or not isinstance(theirs, float):
        return str(ours) == str(theirs)
    return ours != ours or ours == pytest.approx(theirs, rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_text_log_is_recognised_as_nothing_else(corpus: Path, name: str):
    head = text_of(corpus, name)[:65536].encode()
    assert FORMAT.recognises(head)
    assert not BINARY.recognises(head)


def test_no_file_of_the_corpus_is_taken_for_a_text_log(corpus: Path):
    for path in sorted((corpus / "flights").rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                assert not FORMAT.recognises(file.read(65536)), path.name


@pytest.mark.parametrize("name", NAMES)
def test_real_logs_state_their_parameters_and_what_happened(corpus: Path, name: str):
    assert BINARY.log is not None
    found = BINARY.log(decoded((corpus / "flights" / "bin" / name).read_bytes()))
    assert found.parameters.num_rows >= 300
    assert found.messages.num_rows >= 3
    assert found.events.num_rows >= 1
    assert {"firmware", "firmware_hash", "vehicle"} <= set(found.identity)
    assert found.identity["firmware_hash"] in found.identity["firmware"]
