"""Indices: their published values, what each needs, and what a histogram says of them."""

import numpy as np
import pytest

from groundside.errors import BadRequest, Refused
from groundside.native.indices import FORMULAS, NAMES, Band, Storing, index, tally
from groundside.produce.crop.indices.known import INDICES, allow, named, storage_limits
from groundside.produce.crop.indices.spread import canopy_of, distribution, threshold_of

REFLECTANCE = {"blue": 0.04, "green": 0.08, "red": 0.05, "rededge": 0.20, "nir": 0.45}
ORACLE = {
    "ndvi": 0.8, "ndre": 0.384615, "gndvi": 0.698113, "savi": 0.6, "osavi": 0.606061, "msavi2": 0.629844,
    "evi": 0.689655, "evi2": 0.636943, "cire": 1.25, "cig": 4.625, "mcari": 0.504, "vari": 0.333333, "gli": 0.28,
    "bndvi": 0.836735,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_an_index_has_the_value_of_its_publication(name):
    values = {band: np.array([value]) for band, value in REFLECTANCE.items()}
    assert FORMULAS[name](values)[1][0] == pytest.approx(ORACLE[name], abs=6e-7)


@pytest.mark.parametrize("name", NAMES)
def test_an_index_is_stored_to_its_last_digit(name):
    what = named(name)
    bands = {band: Band(np.array([REFLECTANCE[band]])) for band in what.bands}
    out = np.empty(1, np.int16)
    index(name, bands, Storing(what.factor, *storage_limits(what)), out, tally(), None)
    assert out[0] / what.factor == pytest.approx(ORACLE[name], abs=0.51 / what.factor)


@pytest.mark.parametrize("what", INDICES, ids=lambda what: what.name)
def test_the_degree_says_whether_brightness_changes_the_index(what):
    values = {band: np.array([value]) for band, value in REFLECTANCE.items()}
    brighter = {band: 2.0 * value for band, value in values.items()}
    same = FORMULAS[what.name](values)[1][0] == pytest.approx(FORMULAS[what.name](brighter)[1][0])
    assert same == (what.degree == 0)


@pytest.mark.parametrize("what", INDICES, ids=lambda what: what.name)
def test_an_index_names_the_bands_that_its_formula_reads(what):
    read = set()

    class Noting(dict):
        def __getitem__(self, band):
            read.add(band)
            return np.array([0.3])

    with np.errstate(all="ignore"):
        FORMULAS[what.name](Noting())
    assert read == set(what.bands)
    assert what.source.title


def test_what_needs_a_panel_is_refused_without_one_and_the_reason_is_said():
    allow(named("ndvi"), reflectance=False)
    allow(named("SAVI"), reflectance=True)
    with pytest.raises(Refused, match="without a reflectance panel"):
        allow(named("savi"), reflectance=False)


def test_a_misspelt_index_is_answered_with_the_nearest():
    with pytest.raises(BadRequest) as error:
        named("ndvj")
    assert "ndvi" in error.value.try_this


def test_the_histogram_tells_mean_and_percentiles():
    histogram = np.zeros(65536, np.int64)
    histogram[0] = 99
    for value in range(1, 101):
        histogram[32768 + value * 10] = 1
    spread = distribution(histogram, 1000)
    assert (spread.count, spread.percentiles[95]) == (100, 0.95)
    assert spread.mean == pytest.approx(0.505)
    assert sum(spread.bars) == 100
    assert distribution(np.zeros(65536, np.int64), 1000).mean is None


def test_plant_and_soil_are_told_apart_where_there_are_two():
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(2000, 300, 3000), rng.normal(8000, 300, 7000)]).astype(int)
    histogram = np.bincount(values + 32768, minlength=65536)
    canopy = canopy_of(histogram, named("ndvi"))
    assert canopy is not None
    assert canopy.certain
    assert canopy.fraction == pytest.approx(0.7, abs=0.001)
    assert 0.3 < canopy.threshold < 0.7


def test_one_group_alone_is_not_called_plant_and_soil():
    values = np.random.default_rng(0).normal(6000, 500, 20_000).astype(int)
    canopy = canopy_of(np.bincount(values + 32768, minlength=65536), named("ndvi"))
    assert canopy is not None
    assert not canopy.certain
    assert canopy_of(np.zeros(65536, np.int64), named("ndvi")) is None
    assert threshold_of(np.array([0, 5, 0])) is None
