"""What a log says besides its track is kept as one object of the vault, and comes back as it was."""

import math
from pathlib import Path

import pytest

from groundside.errors import Tampered
from groundside.keep.logs import MOST_AS_TEXT, get_log, put_log
from groundside.model.log import EVENTS, MESSAGES, PARAMETERS, Log, rows_of
from groundside.model.recording import TimeBasis
from tests.keep_builders import open_vault

FULL = Log(
    TimeBasis.BOOT,
    rows_of(PARAMETERS, [(None, "RTL_ALT", 1500.0, math.nan, ""), (7, "RTL_ALT", 2000.0, 1500.0, "1/1")]),
    rows_of(MESSAGES, [(3, 6, "ready", ""), (None, None, "größer", "1/1")]),
    rows_of(EVENTS, [(4, "armed", "Armed", "EV.Id")]),
    {"firmware": "ArduCopter V4.5.7", "board": "CubeOrange"},
)


def test_a_log_comes_back_as_it_was(tmp_path: Path):
    vault = open_vault(tmp_path)
    found = get_log(vault, put_log(vault, FULL).object_id)
    assert found.time_basis is FULL.time_basis
    assert found.identity == FULL.identity
    for name in ("messages", "events"):
        assert getattr(found, name).equals(getattr(FULL, name)), name
    assert found.parameters.drop(["default"]).equals(FULL.parameters.drop(["default"]))
    assert math.isnan(found.parameters["default"][0].as_py())
    assert found.parameters["default"][1].as_py() == 1500.0


def test_a_log_of_many_rows_comes_back_as_it_was(tmp_path: Path):
    vault = open_vault(tmp_path)
    messages = rows_of(MESSAGES, [(n, n % 8, f"text {n}", "") for n in range(MOST_AS_TEXT)])
    given = Log(TimeBasis.BOOT, FULL.parameters, messages, FULL.events, FULL.identity)
    kept = put_log(vault, given)
    assert vault.read(kept.object_id)[:4] == b"PAR1"
    found = get_log(vault, kept.object_id)
    assert found.messages.equals(messages)
    assert found.events.equals(FULL.events)
    assert found.identity == FULL.identity


def test_a_bit_flipped_anywhere_is_noticed_on_reading(tmp_path: Path):
    vault = open_vault(tmp_path)
    whole = vault.read(put_log(vault, FULL).object_id)
    for place in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << (place % 8)
        with pytest.raises(Tampered):
            get_log(vault, vault.put([bytes(flipped)]).object_id)
    for content in (whole[:-1], whole[:20], whole[:10], whole[:4]):
        with pytest.raises(Tampered):
            get_log(vault, vault.put([content]).object_id)


def test_an_empty_log_comes_back_empty(tmp_path: Path):
    vault = open_vault(tmp_path)
    found = get_log(vault, put_log(vault, Log(TimeBasis.NONE)).object_id)
    assert not found.says_anything
    assert found.parameters.schema.names == list(PARAMETERS)


def test_the_same_log_gives_the_same_bytes(tmp_path: Path):
    vault = open_vault(tmp_path)
    assert put_log(vault, FULL).digest == put_log(vault, FULL).digest


def test_an_object_that_is_no_log_is_refused(tmp_path: Path):
    vault = open_vault(tmp_path)
    kept = vault.put([b"no log"])
    with pytest.raises(Tampered):
        get_log(vault, kept.object_id)


def test_rows_without_a_time_come_first():
    table = rows_of(MESSAGES, [(9, 6, "b", ""), (None, 6, "a", ""), (2, 6, "c", "")])
    assert table["text"].to_pylist() == ["a", "c", "b"]
