"""Nitrogen: every model gives its published number, and none where the evidence is not enough."""

import json
import math
import re

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from groundside.archive.crop_feeding import NitrogenOrder, nitrogen, table_columns
from groundside.errors import BadRequest
from groundside.model.agronomy import Advice, Interval, Limits, NotEnough
from groundside.produce.crop.blocks.rating import measure
from groundside.produce.crop.nitrogen import nfoa
from groundside.produce.crop.nitrogen.balance import standard_dose
from groundside.produce.crop.nitrogen.calibration import fitted
from groundside.produce.crop.nitrogen.dilution import critical_n_percent
from groundside.produce.crop.nitrogen.eonr import economic_optimum
from groundside.produce.crop.nitrogen.known import MODELS, model_named
from groundside.produce.crop.nitrogen.limits import AS_COMPUTED, CAPPED, MACHINE, limited
from groundside.produce.crop.nitrogen.model import checked
from groundside.produce.crop.nitrogen.response import Trial
from groundside.produce.crop.products import amount, bill, product_named
from groundside.see.cli import crop_nitrogen as cli
from tests.crop_rasters import raster, stored


def ignore(step):
    """Progress that nobody looks at."""


def asked(model, **inputs):
    return nitrogen(NitrogenOrder(model, inputs), None, ignore).answer


def rate(model, **inputs):
    answer = asked(model, **inputs)
    assert isinstance(answer, Advice), answer
    return answer.rate_kg_ha


@pytest.mark.parametrize(("ndvi", "rich", "days", "kg_ha"), [(0.40, 0.55, 100, 49.59), (0.60, 0.70, 120, 44.16)])
def test_nfoa_gives_the_rates_of_its_equations(ndvi, rich, days, kg_ha):
    assert rate("nfoa", ndvi_field=ndvi, ndvi_rich=rich, days_gdd=days) == pytest.approx(kg_ha, abs=0.005)


def test_nfoa_shows_every_number_on_the_way():
    answer = asked("nfoa", ndvi_field=0.40, ndvi_rich=0.55, days_gdd=100)
    steps = {"insey": 0.004, "yp0_mg_ha": 1.77, "ri": 1.375, "ypn_mg_ha": 2.4338, "grain_n_percent": 2.3168}
    steps |= {"grain_n_kg_ha": 56.386, "forage_n_kg_ha": 21.673}
    for name, value in steps.items():
        assert answer.worked[name] == pytest.approx(value, rel=1e-4), name


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ndvi": -0.2}, "ndvi_field = -0.2"), ({"ndvi": 0.0}, "ndvi_field = 0"), ({"ndvi": 1.01}, "ndvi_field = 1.01"),
        ({"ndvi": 4000.0}, "ndvi_field = 4000"), ({"ndvi_rich": 55.0}, "ndvi_rich = 55"),
        ({"ndvi_rich": -0.5}, "ndvi_rich = -0.5"), ({"days_gdd": 0.0}, "days_gdd = 0"), ({"days_gdd": -9.0}, "days_gdd"),
    ],
)  # fmt: skip
def test_the_equations_of_nfoa_refuse_what_no_crop_has(wrong, said):
    given = {"ndvi": 0.4, "ndvi_rich": 0.55, "days_gdd": 100.0}
    whole = nfoa.worked(given, np.array([0.4, 0.6, np.nan]))["rate_kg_ha"]
    assert np.isnan(whole).tolist() == [False, False, True]
    given |= wrong
    with pytest.raises(BadRequest, match=re.escape(said) + ".*cannot be right"):
        nfoa.worked(given, np.array([0.4, given["ndvi"]]))


@pytest.mark.parametrize("model", ["nfoa", "osu", "cotton"])
def test_a_raster_that_is_no_ndvi_is_refused_and_a_pixel_that_is_none_gets_no_rate(tmp_path, model):
    inputs = {"ndvi_rich": 0.8, **{"nfoa": {"days_gdd": 100}, "osu": {"equation": "wheat-2007", "days_gdd": 100, "efficiency": 0.5}, "cotton": {"heat_units": 1000, "most_yield_kg_ha": 2000}}[model]}  # fmt: skip
    ndvi = np.full((1, 64, 64), 0.5, np.float32)
    ndvi[0, 0, :4] = (-0.1, 0.0, 1.2, np.nan)
    source = raster(tmp_path / "ndvi.tif", ndvi)
    made = nitrogen(NitrogenOrder(model, inputs, raster=source), tmp_path / "rates.tif", ignore)
    assert (stored(tmp_path / "rates.tif")[0, 0, :5] == -32768).tolist() == [True] * 4 + [False]
    assert made.map.rates.count == 64 * 64 - 4
    other = raster(tmp_path / "cire.tif", ndvi + 4)
    with pytest.raises(BadRequest, match="cannot be right"):
        nitrogen(NitrogenOrder(model, inputs, raster=other), None, ignore)


@pytest.mark.parametrize(("values", "mean"), [((0.5, 0.7), 0.6), ((0.5, 7.5), 4.0), ((0.5, 3.25), 1.875), ((-40.0, 60.0), 10.0)])  # fmt: skip
def test_every_value_of_a_wide_index_counts(tmp_path, values, mean):
    cire = np.full((1, 256, 1100), values[0], np.float32)
    cire[0, 128:] = values[1]
    cire[0, 0, 0] = np.nan
    found = measure(raster(tmp_path / "cire.tif", cire), 1, ignore)
    assert found.count == cire.size - 1
    assert found.mean == pytest.approx(mean, rel=1e-4)
    assert found.percentiles[99] == pytest.approx(values[1], abs=1e-9)


def test_the_library_gives_the_rates_of_its_equations():
    wheat = {"equation": "wheat-2007", "ndvi_field": 0.40, "ndvi_rich": 0.55, "days_gdd": 100, "efficiency": 0.5}
    answer = asked("osu", **wheat)
    assert answer.rate_kg_ha == pytest.approx(49.41, abs=0.005)
    assert answer.worked["yp0_kg_ha"] == pytest.approx(1657.3, abs=0.05)
    assert answer.worked["response_index"] == pytest.approx(1.6238, abs=5e-5)
    assert answer.worked["ypn_kg_ha"] == pytest.approx(2691.0, abs=0.05)
    cotton = {"ndvi_field": 0.5, "ndvi_rich": 0.6, "heat_units": 1000, "most_yield_kg_ha": 2500}
    assert rate("cotton", **cotton) == pytest.approx(36.729, abs=0.0005)


def test_the_library_does_not_fill_in_what_it_does_not_say():
    inputs = {"equation": "corn-2004", "ndvi_field": 0.5, "ndvi_rich": 0.6, "days_gdd": 50, "efficiency": 0.5}
    answer = asked("osu", **inputs)
    assert isinstance(answer, NotEnough)
    assert answer.would_help == ("grain_n_percent: nitrogen in the grain, in %",)
    assert rate("osu", **inputs, grain_n_percent=1.25) > 0
    with pytest.raises(BadRequest, match="no equation"):
        asked("osu", **{**inputs, "equation": "corn-1999"})


@pytest.mark.parametrize(
    ("crop", "weight", "percent"),
    [
        ("wheat", 1.0, 4.4079), ("wheat", 1.55, 4.4079), ("wheat", 2.5, 3.5683), ("wheat", 5, 2.6267), ("wheat", 10, 1.9335),
        ("maize", 0.5, 3.4), ("maize", 1, 3.4), ("maize", 2, 2.6309), ("maize", 4, 2.0357), ("maize", 10, 1.4504),
        ("maize", 22, 1.0834),
    ],
)  # fmt: skip
def test_critical_nitrogen_follows_its_curve(crop, weight, percent):
    assert critical_n_percent(crop, weight) == pytest.approx(percent, abs=5e-5)


def test_a_curve_is_not_used_where_it_was_not_published():
    assert critical_n_percent("maize", 22.1) is None
    assert critical_n_percent("rice", 0.9) is None
    assert isinstance(asked("nni", crop="maize", biomass_t_ha=30.0, n_percent=1.0), NotEnough)


def test_the_nutrition_index_tells_status_and_what_is_missing():
    answer = asked("nni", crop="wheat", biomass_t_ha=2.5, n_percent=3.2)
    assert isinstance(answer, NotEnough)
    assert answer.worked["nni"] == pytest.approx(0.8968, abs=5e-5)
    assert answer.worked["deficit_kg_ha"] == pytest.approx(9.208, abs=5e-4)
    assert answer.worked["status"] == "deficient"
    assert rate("nni", crop="wheat", biomass_t_ha=2.5, n_percent=3.2, recovery=0.6) == pytest.approx(
        9.208 / 0.6, abs=1e-3
    )
    assert asked("nni", crop="maize", biomass_t_ha=4, n_percent=2.8).worked["nni"] == pytest.approx(1.3754, abs=5e-5)


def plots(count, noise=0.0, seed=1):
    rng = np.random.default_rng(seed)
    index = np.linspace(0.2, 0.6, count)
    weight = 2.0 + 4.0 * index
    critical = np.array([critical_n_percent("wheat", w) for w in weight])
    percent = critical * (0.5 + 0.8 * index) + rng.normal(0, 1, count) * noise
    rows = [f"{i},{w},{n}" for i, w, n in zip(index, weight, percent, strict=True)]
    return "index,biomass_t_ha,n_percent\n" + "\n".join(rows)


def test_lines_of_the_owners_plots_turn_an_index_into_a_rate():
    order = NitrogenOrder("nni", {"crop": "wheat", "recovery": 0.5, "index": 0.4}, table=plots(8))
    answer = nitrogen(order, None, ignore).answer
    weight = 2.0 + 4.0 * 0.4
    missing = 10 * weight * critical_n_percent("wheat", weight) * (1 - 0.82)
    assert isinstance(answer, Advice)
    assert answer.rate_kg_ha == pytest.approx(missing / 0.5, rel=1e-6)
    assert answer.worked["nni_r2"] == pytest.approx(1.0)
    assert answer.worked["nni_slope"] == pytest.approx(0.8)


@pytest.mark.parametrize(
    ("table", "index"),
    [(plots(7), 0.4), (plots(8), 0.9), (plots(12, noise=5.0), 0.4)],
    ids=["too few plots", "beyond the plots", "plots that the index does not predict"],
)
def test_plots_that_say_nothing_make_no_rate(table, index):
    order = NitrogenOrder("nni", {"crop": "wheat", "recovery": 0.5, "index": index}, table=table)
    assert isinstance(nitrogen(order, None, ignore).answer, NotEnough)


def test_a_line_is_judged_by_plots_that_it_has_not_seen():
    x = np.arange(10.0)
    line = fitted(x, 2.0 * x + 1.0 + np.array([1, -1] * 5))
    assert line is not None
    others = [np.polyfit(np.delete(x, n), np.delete(2.0 * x + 1.0 + np.array([1, -1] * 5), n), 1) for n in range(10)]
    measured = 2.0 * x + 1.0 + np.array([1, -1] * 5)
    apart = [np.polyval(p, x[n]) - measured[n] for n, p in enumerate(others)]
    assert line.loo_rmse == pytest.approx(math.sqrt(np.mean(np.square(apart))))
    assert line.loo_rmse > line.rmse


def test_a_response_that_bends_up_has_no_optimum():
    n = np.repeat([0.0, 50, 100, 150], 4)
    assert isinstance(economic_optimum(Trial(n, 10 + 0.01 * n + 0.0001 * n * n), 0.02), NotEnough)
    assert isinstance(economic_optimum(Trial(n[:12], n[:12] * 0.1), 0.02), NotEnough)


def test_an_optimum_beyond_what_was_tried_is_not_given():
    n = np.repeat([0.0, 50, 100, 150], 4)
    rng = np.random.default_rng(0)
    answer = economic_optimum(Trial(n, 10 + 0.1 * n - 0.0001 * n * n + rng.normal(0, 0.01, 16)), 0.01, kind="quadratic")
    assert isinstance(answer, NotEnough)
    assert answer.worked["beyond_kg_ha"] == pytest.approx(450, rel=0.1)


def test_nitrogen_that_is_dearer_than_what_it_brings_is_not_advised():
    n = np.repeat([0.0, 50, 100, 150, 200], 4)
    rng = np.random.default_rng(0)
    answer = economic_optimum(Trial(n, 10 + 0.02 * n - 0.0001 * n * n + rng.normal(0, 0.05, 20)), 1.0, kind="quadratic")
    assert isinstance(answer, Advice)
    assert answer.rate_kg_ha == 0.0


def test_a_known_plateau_is_found_again_and_lies_in_its_interval():
    n = np.repeat(np.arange(0.0, 280, 40), 6)
    bent = np.minimum(n, 160)
    yields = 6.0 + 0.064 * bent - 0.0002 * bent**2 + np.random.default_rng(5).normal(0, 0.2, len(n))
    answer = economic_optimum(Trial(n, yields), 0.008)
    assert isinstance(answer, Advice)
    assert answer.worked["curve"] == "quadratic-plateau"
    assert answer.interval is not None
    assert answer.interval.low < 140 < answer.interval.high
    assert answer.rate_kg_ha == pytest.approx(140, abs=15)


def test_the_mass_balance_gives_the_worked_example():
    given = {"demand_kg_ha": 186.6, "soil_kg_ha": 73.84, "losses_kg_ha": 39.536, "natural_kg_ha": 10.05}
    assert rate("balance", **given) == pytest.approx(142.246, abs=5e-4)
    assert standard_dose(160.0, (30.0, 10.0)) == 200.0
    assert standard_dose(160.0, (30.0, 30.0), 40.0) == 200.0


VINES = {"kind": "wine-hill", "yield_t_ha": 10.0, "soil_kg_ha": 20.0}


def test_vines_get_no_rate_without_an_analysis():
    answer = asked("vineyard", **VINES)
    assert isinstance(answer, NotEnough)
    assert answer.worked["demand_kg_ha"] == pytest.approx(57.0)
    assert any("blade" in each for each in answer.would_help)


def test_tissue_decides_over_the_balance_and_the_cap_over_both():
    assert rate("vineyard", **VINES, yan_mg_l=120) == pytest.approx(37.0)
    assert rate("vineyard", **VINES, yan_mg_l=120, vigour_factor=0.5) == pytest.approx(18.5)
    assert rate("vineyard", **VINES, yan_mg_l=120, petiole_no3_ppm=1500) == 0.0
    assert rate("vineyard", **VINES, blade_n_percent=3.4) == 0.0
    much = asked("vineyard", **{**VINES, "yield_t_ha": 20.0}, yan_mg_l=120, vigour_factor=1.2)
    assert much.rate_kg_ha == 70.0
    assert "most allowed" in much.limited


def test_a_sufficiency_index_says_where_and_not_how_much():
    answer = asked("sufficiency", index_field=0.4, index_reference=0.5, reference="strip")
    assert isinstance(answer, NotEnough)
    assert answer.worked["sufficiency_index"] == pytest.approx(0.8)
    assert answer.worked["response_index"] == pytest.approx(1.25)


def test_with_one_date_no_trial_and_no_strip_there_is_not_enough_evidence():
    answer = asked("")
    assert isinstance(answer, NotEnough)
    assert answer.what.startswith("Not enough evidence for a rate")
    assert len(answer.would_help) >= 4


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_a_model_that_is_given_nothing_says_what_it_needs(model):
    answer = checked(model, {})
    assert isinstance(answer, NotEnough)
    assert len(answer.would_help) == sum(not need.optional for need in model.needs)
    assert answer.sources


@pytest.mark.parametrize(("name", "value"), [("ndvi_field", 1.5), ("days_gdd", -3), ("ndvi_rich", "x"), ("colour", 1), ("days_gdd", float("nan"))])  # fmt: skip
def test_an_input_that_cannot_be_right_is_refused(name, value):
    given = {"ndvi_field": 0.4, "ndvi_rich": 0.5, "days_gdd": 100}
    with pytest.raises(BadRequest):
        asked("nfoa", **{**given, name: value})
    with pytest.raises(BadRequest, match="no nitrogen model"):
        model_named("guess")


def test_rates_stay_within_law_and_machine():
    rates = np.array([10.0, 42.0, 90.0, 200.0, np.nan])
    found, why = limited(rates, Limits(cap_kg_ha=86.0, least_kg_ha=15.0, most_kg_ha=150.0, step_kg_ha=5.0))
    assert found[:4].tolist() == [0.0, 40.0, 85.0, 85.0]
    assert np.isnan(found[4])
    assert np.isnan(why[4])
    assert limited(np.array([50.0, 90.0]), Limits(cap_kg_ha=80.0))[1].tolist() == [AS_COMPUTED, CAPPED]
    assert limited(np.array([52.0]), Limits(step_kg_ha=5.0))[1].tolist() == [MACHINE]


@pytest.mark.parametrize(("name", "amount_"), [("urea", 100 / 0.46), ("an", 100 / 0.335), ("can", 100 / 0.27), ("uan30", 100 / 0.39)])  # fmt: skip
def test_nitrogen_becomes_product(name, amount_):
    assert amount(product_named(name), 100.0) == pytest.approx(amount_)


def test_a_saving_carries_the_interval_of_the_rate():
    made = bill(product_named("urea"), 460.0, 0.5, 920.0, Interval(400.0, 600.0, 0.9, "x"))
    assert (made.amount, made.cost, made.saving) == (pytest.approx(1000), pytest.approx(500), pytest.approx(500))
    assert made.saving_interval is not None
    assert made.saving_interval.low == pytest.approx((920 - 600) / 0.46 * 0.5)
    assert bill(product_named("urea"), 460.0, None, 920.0, None).cost is None
    with pytest.raises(BadRequest):
        product_named("gold")


def index_map(path):
    values = np.full((1, 100, 100), 4000, np.int16)
    values[0, :, 50:] = 6000
    values[0, 0, 0] = -32768
    source = raster(path, values, nodata=-32768)
    import rasterio

    with rasterio.open(source, "r+") as target:
        target.scales = (0.0001,)
    return source


def test_a_rate_map_has_the_models_rate_in_every_pixel_and_nothing_where_there_was_nothing(tmp_path):
    source = index_map(tmp_path / "ndvi.tif")
    order = NitrogenOrder(
        "nfoa", {"ndvi_rich": 0.7, "days_gdd": 120.0}, source, limits=Limits(cap_kg_ha=45.0, cap_source="the law"),
        product="urea", product_price=0.4, flat_kg_ha=60.0,
    )  # fmt: skip
    report = nitrogen(order, tmp_path / "rate.tif", ignore)
    found, why = stored(tmp_path / "rate.tif")
    assert found[0, 0] == why[0, 0] == -32768
    assert found[5, 80] == 4416
    assert (found[5, 5], why[5, 5], why[5, 80]) == (4500, CAPPED, AS_COMPUTED)
    assert report.map is not None
    assert report.map.without == 1
    assert report.map.pixel_ha == pytest.approx(0.5 * 0.5 / 10_000)
    assert report.bill is not None
    assert report.bill.nitrogen_kg == pytest.approx(found[found >= 0].sum() / 100 * 0.25 / 10_000)


def test_the_map_says_its_model_inputs_and_sources(tmp_path):
    import rasterio

    order = NitrogenOrder("nfoa", {"ndvi_rich": 0.7, "days_gdd": 120.0}, index_map(tmp_path / "ndvi.tif"))
    nitrogen(order, tmp_path / "rate.tif", ignore)
    with rasterio.open(tmp_path / "rate.tif") as made:
        tags = made.tags()
        assert made.scales == (0.01, 1.0)
        assert made.descriptions == ("rate", "why")
    assert tags["model"] == "nfoa"
    assert json.loads(tags["inputs"])["days_gdd"] == 120
    assert "Raun" in tags["sources"]
    assert tags["confidence"].startswith("low")


def test_plots_make_a_map_and_leave_out_what_lies_beyond_them(tmp_path):
    table = plots(10)
    order = NitrogenOrder("nni", {"crop": "wheat", "recovery": 0.5}, index_map(tmp_path / "i.tif"), table=table)
    report = nitrogen(order, tmp_path / "rate.tif", ignore)
    assert report.map is not None
    assert (stored(tmp_path / "rate.tif")[0, 5] > 0).all()
    beyond = NitrogenOrder(
        "nni", {"crop": "wheat", "recovery": 0.5}, order.raster, table=table.replace("0.6,", "0.59,")
    )
    nitrogen(beyond, tmp_path / "less.tif", ignore)
    assert (stored(tmp_path / "less.tif")[0, 5, 50:] == -32768).all()


def test_a_model_of_one_place_refuses_a_raster(tmp_path):
    order = NitrogenOrder("balance", {"demand_kg_ha": 1.0, "soil_kg_ha": 0.0, "losses_kg_ha": 0.0, "natural_kg_ha": 0.0}, index_map(tmp_path / "i.tif"))  # fmt: skip
    with pytest.raises(BadRequest, match="one place"):
        nitrogen(order, None, ignore)


def test_tables_are_read_by_their_column_names_and_bad_rows_are_left_out():
    read = table_columns('yield;"Nitrogen"\n5;0\nx;3\n6;nan\n7;40\n', ("nitrogen", "yield"))
    assert [column.tolist() for column in read] == [[0.0, 40.0], [5.0, 7.0]]
    for wrong in ("", "nitrogen\n1\n", "nitrogen,yield\n"):
        with pytest.raises(BadRequest):
            table_columns(wrong, ("nitrogen", "yield"))


def command(*words):
    app = typer.Typer()
    cli.add_to(app)
    return CliRunner().invoke(app, list(words))


def test_the_command_answers_one_date_with_not_enough_evidence(tmp_path):
    ran = command("nitrogen", str(index_map(tmp_path / "i.tif")), "--json")
    said = json.loads(ran.stdout)
    assert said["outcome"] == "not enough evidence for a rate"
    assert said["answer"]["would_help"]
    assert said["map"] is None


def test_the_command_runs_a_model_from_a_file_and_from_words(tmp_path):
    (tmp_path / "in.toml").write_text("ndvi_field = 0.4\nndvi_rich = 0.5\ndays_gdd = 100\n")
    ran = command("nitrogen", "nfoa", "--inputs", str(tmp_path / "in.toml"), "--set", "ndvi_rich=0.55", "--json")
    assert json.loads(ran.stdout)["outcome"] == "rate"
    names = command("nitrogen-models", "--json")
    assert {model["name"] for model in json.loads(names.stdout)} == {model.name for model in MODELS}
