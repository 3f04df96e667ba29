"""The demonstration archive holds what it promises, says everywhere that it is simulated, and is always the same."""

import hashlib
import json
from functools import cache
from itertools import islice

import pytest

from groundside.simulate.fleet import PLAN, DemoFile, demo_files

MARK = b"SIMULATED"


@cache
def files() -> tuple[DemoFile, ...]:
    return tuple(demo_files(1))


def named(ending: str) -> list[DemoFile]:
    return [f for f in files() if f.name.endswith(ending)]


def digest(of) -> str:
    return hashlib.sha256(b"".join(f.name.encode() + f.content for f in of)).hexdigest()


def test_the_same_seed_gives_the_same_archive():
    assert digest(islice(demo_files(1), 12)) == digest(files()[:12])


def test_another_seed_gives_other_flights_under_the_same_promises():
    first = next(f for f in demo_files(2) if f.truth is not None)
    assert first.content != files()[1].content


def test_it_is_small_enough_to_be_made_anywhere():
    assert sum(len(f.content) for f in files()) < 60_000_000


def test_every_name_and_aircraft_and_all_text_says_that_it_is_simulated():
    assert len({f.name for f in files()}) == len(files())
    for f in files():
        assert f.name.startswith("SIMULATED_")
        if f.truth is not None:
            assert f.truth.aircraft.name.startswith("SIMULATED ") and f.truth.aircraft.serial.startswith("SIM")
        if not f.name.endswith((".keys.json", ".txt")):
            assert MARK in f.content


def test_records_whose_details_are_in_the_clear_name_the_simulated_aircraft():
    clear = [f for f in named(".txt") if f.truth is not None and f.content[10] <= 12]
    assert len(clear) >= 5 and all(MARK in f.content for f in clear)


def test_there_are_27_flights_of_three_to_sixteen_minutes():
    truths = {f.truth.name: f.truth for f in files() if f.truth is not None}
    assert len(truths) == len(PLAN) == 27
    flying = [s for t in truths.values() for s in t.sorties]
    assert len(flying) == 27
    minutes = [(s.landing_us - s.takeoff_us) / 6e7 for s in flying]
    assert min(minutes) > 3.0 and max(minutes) < 16.0
    assert all(t.battery_percent.min() > 15 for t in truths.values())


def test_it_has_each_of_the_difficulties_promised():
    truths = [f.truth for f in files() if f.truth is not None]
    assert sum(not t.sorties for t in {t.name: t for t in truths}.values()) == 1
    assert any(len(t.sorties) == 2 for t in truths)
    assert any(f.truth is None and f.name.endswith("README.txt") for f in files())
    per_flight = [sum(t.name == x.name for x in truths) for t in truths]
    assert max(per_flight) == 3
    assert {f.content[10] for f in named(".txt") if f.truth is not None} == {6, 11, 12, 13, 14}


def test_keys_lie_beside_the_records_they_open():
    keys = named(".keys.json")
    assert len(keys) == 2
    for f in keys:
        assert f.name.replace(".keys.json", ".txt") in {x.name for x in files()}
        for group in json.loads(f.content):
            assert all(set(e) == {"featurePoint", "aesKey", "aesIv"} for e in group)
    assert [len(json.loads(f.content)) for f in keys] == [1, 2]


@pytest.mark.parametrize("extension", [".txt", ".BIN", ".SRT", ".csv"])
def test_no_two_files_are_the_same(extension):
    contents = [f.content for f in named(extension)]
    assert len(set(contents)) == len(contents) >= 5
