"""Published numbers that no other test holds, and the table of all of them."""

import re

import pytest

from groundside.archive.crop_feeding import NitrogenOrder, nitrogen
from groundside.produce.crop.stages.crops import CROPS
from tests.conftest import REPOSITORY

PAGE = REPOSITORY / "docs" / "reference" / "crop-oracles.md"
MAIZE_F = {"V8": 600, "V13": 900, "VT": 1200, "R3": 1550, "R4": 1900, "R5": 2200, "R6": 2500}
VINE_C = {"flowering": (400, 500), "fruit set": (600, 800), "veraison": (1200, 1400), "harvest": (1600, 1800)}


def test_every_test_that_the_table_names_is_there():
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text()))
    tests = [*REPOSITORY.glob("tests/unit/*.py"), *REPOSITORY.glob("tests/corpus/*.py")]
    text = "\n".join(path.read_text() for path in [*tests, *REPOSITORY.glob("tests/property/*indices*.py")])
    assert len(named) > 30
    assert sorted(name for name in named if f"def {name}(" not in text) == []


def test_the_demand_of_vines_in_the_plain_is_the_published_one():
    order = NitrogenOrder("vineyard", {"kind": "wine-plain", "yield_t_ha": 20.0, "soil_kg_ha": 0.0})
    answer = nitrogen(order, None, lambda step: None).answer
    assert answer.worked["demand_kg_ha"] == pytest.approx(124.0)


def test_stages_need_the_warmth_of_the_published_tables():
    found = {stage.name: stage.heat_c_days for stage in CROPS["maize"].stages}
    for name, fahrenheit in MAIZE_F.items():
        assert found[name][1] * 9 / 5 == pytest.approx(fahrenheit)
    early, _, late = found["VT"]
    assert (early / found["VT"][1], late / found["VT"][1]) == pytest.approx((1144 / 1200, 1272 / 1200))
    vine = {stage.name: stage.heat_c_days for stage in CROPS["grapevine"].stages}
    assert {name: (heat[0], heat[2]) for name, heat in vine.items()} == VINE_C
    wheat = [stage.heat_c_days[1] for stage in CROPS["wheat"].stages]
    assert wheat == [270 * 5 / 9, (270 + 540) * 5 / 9]
