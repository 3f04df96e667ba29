"""Growth stages: growing degrees by both methods, dates with their spread, and seasons from index maps."""

import json
import math
from datetime import date, timedelta

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from groundside.archive.crop_staging import grapevine_day, grapevine_sum, season_by_maps, stages
from groundside.errors import BadRequest
from groundside.model.agronomy import Day, NotEnough
from groundside.produce.crop.stages.crops import CROPS
from groundside.produce.crop.stages.heat import degree_days, sums
from groundside.produce.crop.stages.phenology import Season, double_logistic, season_of
from groundside.produce.crop.stages.scales import FEEKES_STAGES, NAMES, bbch_name, feekes_of
from groundside.produce.crop.stages.weather import weather_of
from groundside.see.cli import crop_staging as cli

SOWN = date(2026, 4, 20)


def weather(days=200, high=26.0, low=14.0, first=SOWN, skip=()):
    rows = [f"{first + timedelta(n)},{high},{low}" for n in range(days) if n not in skip]
    return "date,tmax_c,tmin_c\n" + "\n".join(rows)


def test_the_two_methods_differ_on_a_day_with_frost():
    frosty = Day(SOWN, 8.0, -4.0)
    assert [degree_days(frosty, 0.0, None, method) for method in (1, 2)] == [2.0, 4.0]
    with pytest.raises(BadRequest):
        degree_days(frosty, 0.0, None, 3)


def test_maize_days_are_those_of_the_worked_example():
    fahrenheit = [(90, 65), (72, 46), (63, 42)]
    days = [Day(SOWN + timedelta(n), (h - 32) / 1.8, (w - 32) / 1.8) for n, (h, w) in enumerate(fahrenheit)]
    maize = CROPS["maize"]
    each = [degree_days(day, maize.base_c, maize.ceiling_c, 2) * 1.8 for day in days]
    assert each == pytest.approx([25.5, 11.0, 6.5])
    assert sums(days, maize.base_c, maize.ceiling_c, 2)[-1] * 1.8 == pytest.approx(43.0)


def test_a_stage_is_reached_on_the_day_its_warmth_is_complete():
    found = stages("maize", SOWN, weather(), None)
    by_name = {stage.stage: stage for stage in found.report.stages}
    assert by_name["VT"].reached == SOWN + timedelta(math.ceil(1200 / 1.8 / 10) - 1)
    assert by_name["VT"].earliest < by_name["VT"].reached < by_name["VT"].latest
    assert by_name["V8"].earliest is None
    assert (found.report.method, found.report.base_c, found.report.ceiling_c) == (2, 10.0, 30.0)


def test_another_method_than_that_of_the_figures_is_said():
    found = stages("maize", SOWN, weather(), 1).report
    assert found.method == 1
    assert any("method 2" in note for note in found.notes)


def test_nothing_is_counted_behind_a_missing_day():
    found = stages("wheat", SOWN, weather(skip=(20,)), None).report
    assert found.until == SOWN + timedelta(19)
    assert found.stages[1].reached is None
    assert any("2026-05-10" in note for note in found.notes)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", weather(first=SOWN + timedelta(1))])
def test_weather_that_cannot_be_summed_from_sowing_on_is_refused(text):
    with pytest.raises(BadRequest):
        stages("maize", SOWN, text, None)


def test_rows_that_are_no_weather_are_told_and_left_out():
    days, problems = weather_of(
        "date,tmax_f,tmin_f\n2026-04-20,90,65\n2026-04-20,1,1\nx,1,1\n2026-04-21,50,60\n2026-04-22,nan,1\n"
    )
    assert [day.day for day in days] == [SOWN]
    assert days[0].high_c == pytest.approx(32.222, abs=1e-3)
    assert [problem.what.split()[1] for problem in problems] == ["3", "4", "5", "6"]


def test_a_cultivars_sum_is_found_from_a_day_that_was_seen_and_dates_it_again():
    text = weather(days=300, first=date(2026, 1, 1))
    seen = date(2026, 6, 10)
    needed = grapevine_sum(text, seen, False)
    assert needed == pytest.approx(20.0 * ((seen - date(2026, 3, 1)).days + 1))
    assert grapevine_day(text, 2026, needed, False) == seen
    assert grapevine_day(text, 2026, 1e9, False) is None


def test_every_stage_has_a_name_on_its_scale():
    for crop in CROPS.values():
        for stage in crop.stages:
            assert stage.bbch is None or bbch_name(crop.name, stage.bbch)
            assert stage.heat_c_days == tuple(sorted(stage.heat_c_days))
    assert [feekes_of(code) for code in (29, 30, 31, 38, 65, 9)] == ["4", "5", "6", "8", "10.5", ""]
    assert all(code is None or code in NAMES["wheat"] for _, code in FEEKES_STAGES.values())


TRUE = np.array([0.15, 0.85, 0.12, 130.0, 0.09, 250.0])


def test_a_season_is_found_again_within_a_day():
    days = np.linspace(90, 300, 20)
    found = season_of(days, double_logistic(days, TRUE) + np.random.default_rng(2).normal(0, 0.004, 20))
    assert isinstance(found, Season)
    assert found.rising_day == pytest.approx(130, abs=1)
    assert found.falling_day == pytest.approx(250, abs=1)
    assert found.start_day == pytest.approx(130 - math.log(4) / 0.12, abs=2)
    assert 0 < found.start_error < 2


def test_fewer_than_seven_dates_make_no_season():
    days = np.linspace(90, 300, 6)
    assert isinstance(season_of(days, double_logistic(days, TRUE)), NotEnough)
    rising = np.linspace(90, 160, 12)
    assert isinstance(season_of(rising, double_logistic(rising, TRUE)), NotEnough)
    table = "day,index\n" + "\n".join(f"{d},{v}" for d, v in zip(days, double_logistic(days, TRUE), strict=True))
    assert isinstance(season_by_maps(table), NotEnough)


def test_the_command_dates_stages_in_json(tmp_path):
    app = typer.Typer()
    cli.add_to(app)
    (tmp_path / "w.csv").write_text(weather())
    ran = CliRunner().invoke(
        app, ["stage", "--crop", "wheat", "--sown", "2026-04-20", "--weather", str(tmp_path / "w.csv"), "--json"]
    )
    said = json.loads(ran.stdout)
    assert [stage["reached"] for stage in said["stages"]] == ["2026-04-27", "2026-05-12"]
    assert said["stages"][1]["feekes"] == "2"
    (tmp_path / "s.csv").write_text("day,index\n1,0.2\n9,0.3\n")
    few = json.loads(CliRunner().invoke(app, ["season", str(tmp_path / "s.csv"), "--json"]).stdout)
    assert few["answer"] == "not enough evidence"


def test_the_command_calibrates_a_cultivar_on_a_day_and_dates_it_again(tmp_path):
    table = tmp_path / "days.csv"
    first = date(2025, 1, 1)
    rows = [f"{first + timedelta(n)},{20 if n < 365 else 30},10" for n in range(700)]
    table.write_text("date,tmax_c,tmin_c\n" + "\n".join(rows) + "\n")
    app = typer.Typer()
    cli.add_to(app)

    def ran(*more):
        return CliRunner().invoke(app, ["vine-date", "--weather", str(table), *more])

    said = json.loads(ran("--seen", "2025-04-10", "--year", "2026", "--json").stdout)
    assert said == {"warmth_c_days": 15.0 * 41, "year": 2026, "date": "2026-03-31"}
    assert "not yet" in ran("--warmth", "99999", "--year", "2026").stdout
    assert isinstance(ran().exception, BadRequest)
    assert isinstance(ran("--warmth", "600").exception, BadRequest)
