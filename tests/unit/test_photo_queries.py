"""`groundside photos` on a folder."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from groundside.errors import BadRequest, NotFound
from groundside.see.cli.photo_queries import Catalogue, photos
from tests import geopandas_peer


def test_a_file_is_no_folder_and_the_right_command_is_named(tmp_path: Path) -> None:
    one = tmp_path / "one.jpg"
    one.write_bytes(b"")
    with pytest.raises(NotFound, match="groundside photo FILE"):
        photos(one)


@pytest.mark.parametrize("place", ["north", "200,10", "1", "1,2,3", "nan,1"])
def test_a_place_that_is_none_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises(BadRequest, match="longitude first"):
        photos(tmp_path, seeing=place)


def test_the_ground_is_given_once(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="--terrain or --ground"):
        photos(tmp_path, terrain=Path("a.tif"), ground=3.0)


def test_what_cannot_be_read_is_named_and_the_listing_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "torn.jpg").write_bytes(b"no photo at all")
    with pytest.raises(typer.Exit) as ended:
        photos(tmp_path, as_json=True)
    said = capsys.readouterr()
    assert ended.value.exit_code == 13
    assert json.loads(said.out) == []
    assert "torn.jpg" in said.err


@pytest.mark.corpus
def test_photos_that_see_a_place_are_listed_with_the_best_view_first(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def listed(**asked: Any) -> list[dict[str, Any]]:
        photos(corpus / "imagery" / "brighton_beach", as_json=True, **asked)
        return json.loads(capsys.readouterr().out)

    everything = listed()
    assert len(everything) == 10
    lon, lat = everything[0]["footprint"]["centre"]["lon_lat"]
    seen = listed(seeing=f"{lon},{lat}")
    assert seen[0]["file"] == everything[0]["file"]
    assert 1 < len(seen) < 10
    assert [each["seen_off_nadir_deg"] for each in seen] == sorted(each["seen_off_nadir_deg"] for each in seen)
    close = listed(near=f"{lon},{lat}", within=30.0)
    assert [each["away_m"] for each in close] == sorted(each["away_m"] for each in close)
    assert max(each["away_m"] for each in close) <= 30.0
    photos(corpus / "imagery" / "brighton_beach", near=f"{lon},{lat},30", to=Catalogue.GEOPARQUET, out=tmp_path)
    frame = geopandas_peer.read(tmp_path / "photos.parquet")
    assert sorted(frame["name"]) == sorted(each["file"] for each in close)
    assert (tmp_path / frame["href"][0]).resolve().is_file()
