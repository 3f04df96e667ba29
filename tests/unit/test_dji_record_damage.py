"""Damaged flight records: what is whole is kept, what is not is said, and nothing is made up."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from groundside.decode.format import Keychains, Options
from groundside.decode.formats.dji_record import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import Aircraft
from groundside.simulate.missions import Area
from groundside.simulate.places import SALT_FLAT
from groundside.simulate.scenario import Scenario, simulate
from groundside.simulate.writers.dji_record import Record, Recorder, write

PEER = Path(__file__).resolve().parents[1] / "peers" / "dji-log-parser"
KINDS = ("truncate", "overwrite", "delete", "insert", "swap")
VERSIONS = (4, 6, 11, 12)
Row = tuple[float, float, float]
Pieces = list[tuple[int, int, int]]


@cache
def written(version: int) -> Record:
    area = Area(east_m=20, north_m=20, width_m=30, depth_m=20, height_m=25)
    aircraft = Aircraft(name="Simulated", model="Mavic 3", serial="SIM0001")
    scenario = Scenario(
        name="s", field=SALT_FLAT, mission="survey", area=area, start_us=1_750_000_000_000_000, aircraft=aircraft
    )
    return write(simulate(scenario, seed=4), Recorder(version=version), seed=6)


def keys_of(version: int) -> Keychains:
    assert FORMAT.keys_from_answer is not None
    answer = written(version).answer
    return FORMAT.keys_from_answer(answer) if answer else ()


def decode(content: bytes, version: int) -> Decoded:
    decoded = FORMAT.decode(memoryview(content), Options(keys_of(version)))
    account = decoded.account
    assert account.decoded + account.skipped == account.total == len(content)
    assert sum(p.length for p in decoded.problems) == account.skipped
    return decoded


def rows_of(decoded: Decoded) -> list[tuple[int, int, Row]]:
    """Offset, size of the next gap-free record and content of each position record."""
    osd = decoded.tables.get("OSD")
    if osd is None:
        return []
    values = [osd.column(n).to_pylist() for n in ("offset", "lon", "lat", "fly_time_s")]
    return [(o, 0, (round(x, 8), round(y, 8), round(t, 1))) for o, x, y, t in zip(*values, strict=True)]


@cache
def clean(version: int) -> tuple[tuple[int, Row], ...]:
    return tuple((offset, row) for offset, _, row in rows_of(decode(written(version).content, version)))


def damaged(content: bytes, kind: str, rng: random.Random) -> tuple[bytes, Pieces]:
    """Damage the middle of a file; with the pieces left whole: from, to, and where each is now."""
    low, high, size = 700, len(content) - 1500, rng.randint(1, 300)
    at, end = rng.randrange(low, high), len(content)
    if kind == "truncate":
        return content[:at], [(0, at, 0)]
    if kind == "overwrite":
        return content[:at] + rng.randbytes(size) + content[at + size :], [(0, at, 0), (at + size, end, at + size)]
    if kind == "delete":
        return content[:at] + content[at + size :], [(0, at, 0), (at + size, end, at)]
    if kind == "insert":
        return content[:at] + rng.randbytes(size) + content[at:], [(0, at, 0), (at, end, at + size)]
    a, b = sorted((at, rng.randrange(low, high)))
    size = min(size, b - a)
    swapped = content[:a] + content[b : b + size] + content[a + size : b] + content[a : a + size] + content[b + size :]
    return swapped, [(0, a, 0), (b, b + size, a), (a + size, b, a + size), (a, a + size, b), (b + size, end, b + size)]


def whole(version: int, pieces: Pieces, longest: int = 80) -> list[tuple[int, Row]]:
    """Position records that lie with room to spare in a piece that was left whole, and where each is now."""
    kept: list[tuple[int, Row]] = []
    for offset, row in clean(version):
        for start, end, now in pieces:
            if start <= offset and offset + longest <= end:
                kept.append((offset - start + now, row))
                break
    return kept


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
def test_every_position_record_that_was_left_whole_is_kept_where_it_lies(version: int, kind: str):
    lost, made_up = 0, 0
    known = {row for _, row in clean(version)}
    for seed in range(12):
        content, pieces = damaged(written(version).content, kind, random.Random(f"{version} {kind} {seed}"))
        found = {offset: row for offset, _, row in rows_of(decode(content, version))}
        lost += sum(found.get(offset) != row for offset, row in whole(version, pieces))
        made_up += sum(row not in known for row in found.values())
    assert lost == 0
    assert made_up <= 1, "a record whose own bytes were overwritten has no checksum that would tell"


@pytest.mark.parametrize("kind", KINDS)
def test_an_encrypted_record_with_its_keys_loses_only_what_chains_to_the_damage(kind: str):
    for seed in range(6):
        content, pieces = damaged(written(14).content, kind, random.Random(f"14 {kind} {seed}"))
        found = {offset: row for offset, _, row in rows_of(decode(content, 14))}
        kept = whole(14, pieces, longest=100)
        places = 0 if kind == "truncate" else 4 if kind == "swap" else 1
        assert sum(found.get(offset) != row for offset, row in kept) <= places
        assert set(found.values()) <= {row for _, row in clean(14)}


def test_details_that_moved_are_found_and_said():
    content = written(11).content
    moved = FORMAT.decode(memoryview(content[:5000] + content[5100:]), Options())
    assert any("The details should be at" in p.what for p in moved.problems)
    assert FORMAT.recording(moved).aircraft.serial == "SIM0001"


def test_a_damaged_length_that_reaches_over_a_record_does_not_swallow_it():
    version = 6
    offsets = [offset for offset, _ in clean(version)]
    content = bytearray(written(version).content)
    at = offsets[40]
    after = content.index(b"\xff", offsets[41] - at + at)
    content[at + 1] = min(after - at - 2, 255)
    found = {offset for offset, _, _ in rows_of(decode(bytes(content), version))}
    assert set(offsets) - found <= {at}


def test_hostile_records_inside_records_are_read_in_linear_work():
    """Each long record holds short common ones; without a bound every break would look through 64 KiB again."""
    content = bytearray(written(14).content)
    start = int.from_bytes(content[:8], "little")
    short = b"\x01\x02\x00ab\xff"
    hostile = bytes(content[:start]) + short * 6 + (b"\x05\xff\xff" + short * 3) * 20_000
    decoded = decode(hostile, 14)
    assert decoded.account.skipped > 0


@pytest.mark.peer
@pytest.mark.parametrize("version", VERSIONS)
def test_no_fewer_undamaged_records_are_recovered_than_by_dji_log_parser(version: int, tmp_path: Path):
    node = shutil.which("node")
    if node is None or not (PEER / "node_modules").is_dir():
        reason = "dji-log-parser-js is not installed: run npm ci in tests/peers/dji-log-parser"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    ours = theirs = 0
    for kind in KINDS:
        content, pieces = damaged(written(version).content, kind, random.Random(f"peer {version} {kind}"))
        path = tmp_path / f"{kind}.txt"
        path.write_bytes(content)
        done = subprocess.run([node, str(PEER / "records.mjs"), str(path)], capture_output=True, check=False)
        wanted = Counter(row for _, row in whole(version, pieces))
        read = [json.loads(line) for line in done.stdout.splitlines()]
        osd = [r["content"] for r in read if r["type"] == "OSD"]
        peer = Counter((round(c["longitude"], 8), round(c["latitude"], 8), round(c["flyTime"], 1)) for c in osd)
        mine = Counter(row for _, _, row in rows_of(decode(content, version)))
        ours, theirs = ours + (mine & wanted).total(), theirs + (peer & wanted).total()
        assert (mine & wanted).total() >= (peer & wanted).total(), kind
    assert ours > theirs > 0


@pytest.mark.parametrize("stated", [0, 1 << 40])
@pytest.mark.parametrize("version", [13, 14])
def test_where_the_prefix_says_a_wrong_beginning_no_byte_is_counted_twice(version: int, stated: int):
    content = stated.to_bytes(8, "little") + written(version).content[8:]
    found = decode(content, version)
    assert any(p.offset == 0 and p.length == 0 for p in found.problems)
    assert rows_of(found) == rows_of(decode(written(version).content, version))
