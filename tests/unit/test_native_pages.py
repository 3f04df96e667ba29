"""Pages of a mapped file are let go of after they were read, and nothing else is."""

import mmap
from pathlib import Path

import numpy as np
import pytest

import groundside
from groundside.decode.format import Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.native import dji_columns
from groundside.native.pages import is_mapped, let_go
from tests.dji_record_builders import flown
from tests.plain_kernels import assert_same_table

SIZE = 1 << 24


def resident_bytes() -> int:
    """Count the bytes of files that this process holds in memory."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("RssFile:")[1].split()[0])


@pytest.fixture
def mapped(tmp_path: Path) -> memoryview:
    path = tmp_path / "log"
    path.write_bytes(bytes(range(256)) * (SIZE // 256))
    with path.open("rb") as stream:
        return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))


def test_pages_that_were_read_leave_memory_and_come_back_the_same(mapped: memoryview):
    bytes_ = np.frombuffer(mapped, np.uint8)[256:]
    total = int(bytes_.sum())
    held = resident_bytes()
    let_go(bytes_)
    assert held - resident_bytes() > SIZE // 2
    assert int(bytes_.sum()) == total


def test_only_maps_that_cannot_be_written_to_are_let_go_of(mapped: memoryview):
    assert is_mapped(mapped) and is_mapped(mapped[10:20]) and is_mapped(np.frombuffer(mapped, np.uint8)[5:])
    writable = mmap.mmap(-1, 4096)
    writable[:3] = b"log"
    for kept in (
        memoryview(b"log"),
        memoryview(bytearray(b"log")),
        np.frombuffer(b"log", np.uint8),
        memoryview(writable),
    ):
        let_go(kept)
        assert not is_mapped(kept) and bytes(kept[:3]) == b"log"


def test_a_mapped_record_gives_the_tables_that_its_bytes_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    data = flown(11, rows=700).build()
    path = tmp_path / "record.txt"
    path.write_bytes(data)
    monkeypatch.setattr(dji_columns, "WINDOW_BYTES", len(data) // 5)
    tables = groundside.read(data).tables
    with path.open("rb") as stream:
        held = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    mapped_tables = FORMAT.decode(memoryview(held), Options()).tables
    assert list(mapped_tables) == list(tables)
    for name in tables:
        assert_same_table(mapped_tables[name], tables[name])
