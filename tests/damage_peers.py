"""Other programs, reading damaged files: what each gave before it gave up, if it did."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.damage import Found

FOLDER = Path(__file__).parent / "peers" / "dji-log-parser"
Peer = Callable[[Sequence[bytes], Path], list[Found]]


def _one_by_one(read: Callable[[Path, Found], None], suffix: str) -> Peer:
    """Make a reader of many files of one of a single file; what is raised ends that file."""

    def peer(contents: Sequence[bytes], scratch: Path) -> list[Found]:
        path, out = scratch / f"damaged{suffix}", list[Found]()
        for content in contents:
            path.write_bytes(content)
            out.append(Found())
            quiet = io.StringIO()
            with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet), contextlib.suppress(Exception):
                read(path, out[-1])
        return out

    return peer


def _dataflash(text: bool) -> Callable[[Path, Found], None]:
    def read(path: Path, found: Found) -> None:
        from pymavlink import DFReader

        reader = (DFReader.DFReader_text if text else DFReader.DFReader_binary)(str(path))
        with contextlib.closing(reader.filehandle), contextlib.closing(reader.data_map):
            while (message := reader.recv_msg()) is not None:
                names, kind = message.get_fieldnames(), message.get_type()
                clock = next((n for n in ("TimeUS", "TimeMS") if n in names), None)
                row = (kind, *(getattr(message, n) for n in names))
                found.add(None if clock is None else (kind, getattr(message, clock)), repr(row))

    return read


def _mavlink(path: Path, found: Found, timed: bool) -> None:
    for message in _messages(path, timed):
        kind, values = message.get_type(), message.to_dict()
        if kind == "BAD_DATA" or kind.startswith("UNKNOWN"):
            continue
        at = round(message._timestamp * 1e6) if timed else values.get("time_boot_ms")
        row = repr((kind, message.get_srcSystem(), message.get_srcComponent(), *values.values()))
        found.add(None if at is None else (kind, at), row)


def _messages(path: Path, timed: bool) -> Iterator[object]:
    os.environ["MAVLINK20"] = "1"
    from pymavlink import mavutil

    log = mavutil.mavlink_connection(str(path), dialect="all", robust_parsing=True, notimestamps=not timed)
    with contextlib.closing(log):
        while (message := log.recv_msg()) is not None:
            yield message


class _Impatient(io.BytesIO):
    """A file that ends a reader that never would: pyulog goes round and round in some damaged definitions."""

    patience = 400_000

    def read(self, size: int | None = -1, /) -> bytes:
        self.patience -= 1
        if self.patience < 0:
            raise EOFError
        return super().read(size)


def _ulog(path: Path, found: Found) -> None:
    import numpy as np
    from pyulog import ULog

    with np.errstate(all="ignore"):
        log = ULog(_Impatient(path.read_bytes()))
    for data in log.data_list:
        columns = [values.tolist() for values in data.data.values()]
        for moment, *row in zip(data.data["timestamp"].tolist(), *columns, strict=True):
            found.add((data.name, data.multi_id, moment), repr((data.name, data.multi_id, *row)))


def dji_log_parser(contents: Sequence[bytes], scratch: Path) -> list[Found]:
    """Read flight records up to version 12; those after it need keys from a service."""
    node = shutil.which("node")
    if node is None or not (FOLDER / "node_modules").is_dir():
        pytest.skip("dji-log-parser-js is not installed: run npm ci in tests/peers/dji-log-parser")
    folder = scratch / "records"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number, content in enumerate(contents):
        (folder / f"{number:06}").write_bytes(content)
    done = subprocess.run([node, str(FOLDER / "many.mjs"), str(folder)], capture_output=True, check=True)
    out = [Found() for _ in contents]
    for line in done.stdout.splitlines():
        told = json.loads(line)
        for lon, lat, fly_time in told["positions"]:
            key = (round(lon or 0.0, 8), round(lat or 0.0, 8), round(fly_time or 0.0, 1))
            out[int(told["file"])].add(key, key)
    return out


def _tlog(path: Path, found: Found) -> None:
    _mavlink(path, found, timed=True)


def _raw(path: Path, found: Found) -> None:
    _mavlink(path, found, timed=False)


dataflash = _one_by_one(_dataflash(text=False), ".bin")
dataflash_text = _one_by_one(_dataflash(text=True), ".log")
ulog = _one_by_one(_ulog, ".ulg")
tlog = _one_by_one(_tlog, ".tlog")
raw = _one_by_one(_raw, ".raw")
