"""Trials that were published, with the optima and intervals that were published for them."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from groundside.archive.crop_feeding import NitrogenOrder, nitrogen
from groundside.model.agronomy import Advice, NotEnough
from groundside.produce.crop.nitrogen.eonr import economic_optimum
from groundside.produce.crop.nitrogen.optimum import optimum, wald
from groundside.produce.crop.nitrogen.response import Trial, plateau, quadratic

pytestmark = pytest.mark.corpus
PRICE_N, PRICE_GRAIN = 0.88, 0.157
RATIO = PRICE_N / PRICE_GRAIN


@pytest.fixture(scope="module")
def trials(corpus: Path) -> Path:
    folder = corpus / "crop" / "trials"
    if not folder.is_dir():
        pytest.skip("no crop trials in the corpus")
    return folder


@pytest.fixture(scope="module")
def minnesota(trials: Path) -> Trial:
    rows = list(csv.DictReader((trials / "eonr_minnesota_2012.csv").read_text().splitlines()))
    return trial(rows, "rate_n_applied_kgha", "yld_grain_dry_kgha")


def trial(rows, rate, yields):
    return Trial(np.array([float(r[rate]) for r in rows]), np.array([float(r[yields]) for r in rows]))


def test_the_minnesota_optimum_and_its_interval_are_those_of_eonr(minnesota):
    answer = economic_optimum(minnesota, RATIO, 0.9)
    assert isinstance(answer, Advice)
    assert answer.rate_kg_ha == pytest.approx(162.34, abs=0.005)
    assert (answer.interval.low, answer.interval.high) == (
        pytest.approx(130.46, abs=0.02),
        pytest.approx(207.83, abs=0.02),
    )
    assert answer.worked["return_over_none"] * PRICE_GRAIN == pytest.approx(767.93, abs=0.005)
    assert (answer.worked["a"], answer.worked["b"]) == (
        pytest.approx(7735.72, abs=0.05),
        pytest.approx(65.866, abs=0.005),
    )
    assert answer.worked["top_kg_ha"] == pytest.approx(177.44, abs=0.005)


def test_a_plateau_that_may_move_makes_the_interval_wider(minnesota):
    worked = economic_optimum(minnesota, RATIO, 0.9).worked
    assert worked["free_plateau_low"] < 130.46
    assert worked["free_plateau_high"] > 207.83


def test_the_minnesota_quadratic_and_wald_interval(minnesota):
    assert optimum(quadratic(minnesota), RATIO) == pytest.approx(174.24, abs=0.005)
    ends = wald(plateau(minnesota), RATIO, 0.95)
    assert (ends.low, ends.high) == (pytest.approx(107.47, abs=0.1), pytest.approx(217.21, abs=0.1))


@pytest.mark.parametrize(
    ("zone", "best", "low", "high"), [("low", 199.08, 173.10, 260.06), ("high", 239.76, 203.97, 328.29)]
)
def test_bachmaiers_zones_have_the_published_confidence_sets(trials, zone, best, low, high):
    rows = csv.DictReader((trials / "bachmaier.nitrogen.txt").read_text().splitlines(), delimiter="\t")
    answer = economic_optimum(
        trial([r for r in rows if r["zone"] == zone], "nitro", "yield"), 0.005454, 0.95, "quadratic"
    )
    assert isinstance(answer, Advice)
    assert answer.rate_kg_ha == pytest.approx(best, abs=0.005)
    assert (answer.interval.low, answer.interval.high) == (
        pytest.approx(low, abs=0.005),
        pytest.approx(high, abs=0.005),
    )


CASES = [(year, zone) for year in ("1999", "2001") for zone in ("E", "HT", "LO", "W")]


@pytest.mark.parametrize(("year", "zone"), CASES)
def test_las_rosas_by_year_and_topography(trials, corpus, year, zone):
    oracle = json.loads((corpus / "crop" / "reference" / "oracles.json").read_text())
    *coefficients, count = oracle[f"lasrosas {year} {zone} quad [c0,c1,c2], n"]
    rows = csv.DictReader((trials / "lasrosas.corn.txt").read_text().splitlines(), delimiter="\t")
    plots = trial([r for r in rows if (r["year"], r["topo"]) == (year, zone)], "nitro", "yield")
    fit = quadratic(plots)
    assert len(plots.nitrogen) == count
    assert [round(v, 6) for v in (fit.a, fit.b, fit.c)] == coefficients
    answer = economic_optimum(plots, 0.05, 0.9, "quadratic")
    if (year, zone) == ("2001", "LO"):
        assert isinstance(answer, NotEnough)
        assert "no optimum" in answer.what
    else:
        assert isinstance(answer, Advice)
        assert 0 < answer.rate_kg_ha < plots.most


def test_a_trial_is_run_from_its_table(trials):
    text = (trials / "eonr_minnesota_2012.csv").read_text()
    text = text.replace("rate_n_applied_kgha", "nitrogen").replace("yld_grain_dry_kgha", "yield")
    order = NitrogenOrder("eonr", {}, table=text, prices=(PRICE_N, PRICE_GRAIN))
    assert nitrogen(order, None, lambda step: None).answer.rate_kg_ha == pytest.approx(162.34, abs=0.005)
