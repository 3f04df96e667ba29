"""Videos in the archive: joined to flights by their own positions, and read by ranges over the API. Experimental."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from groundside.archive.archive import Archive
from groundside.model.caller import Caller, Scope
from groundside.model.kept_photo import PhotoQuery
from groundside.see.web.app import PREFIX, create_app
from groundside.see.web.session import new_token
from tests import photo_builders as made
from tests.filmed import LENGTH_S, LOG, began_us, film, log_of_flight
from tests.photo_flights import photo

WHO = Caller("tester", "test")
HOST = "127.0.0.1:8321"
TOKEN = new_token()
DAY_US = 86_400_000_000
LOCAL_S = -21600.0
"""A header that holds the local time of a place west of Greenwich."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    root = tmp_path_factory.mktemp("videos")
    card: Path = root / "card"
    card.mkdir()
    (card / LOG).write_bytes(log_of_flight())
    (card / "told.MP4").write_bytes(film(2.0))
    (card / "local.MP4").write_bytes(film(LOCAL_S))
    (card / "silent.MP4").write_bytes(film(subtitles=False))
    (card / "elsewhere.MOV").write_bytes(made.movie([("vide", "avc1", [b"frame"] * 3)]).replace(b"isom", b"qt  ", 1))
    (card / "a.jpg").write_bytes(photo(1, began_us() - DAY_US, None))
    with Archive.open(root / "archive", create=True) as it:
        it.ingest(WHO, [card], workers="0")
        yield it


@pytest.fixture(scope="module")
def api(archive: Archive) -> Iterator[TestClient]:
    app = create_app(archive, TOKEN, frozenset({HOST}), None, 1 << 20)
    headers = {"authorization": f"Bearer {TOKEN}", "x-groundside": "1"}
    with TestClient(app, base_url=f"http://{HOST}{PREFIX}", headers=headers) as client:
        yield client


def named(archive: Archive, name: str) -> str:
    return next(each.photo.id for each in archive.photos(WHO, PhotoQuery()).photos if each.photo.file == name)


@pytest.mark.parametrize(("name", "ahead_s"), [("told.MP4", 2.0), ("local.MP4", LOCAL_S)])
def test_a_video_is_laid_on_the_track_by_its_own_positions_whatever_its_clock_says(
    archive: Archive, name: str, ahead_s: float
):
    shown = archive.video(WHO, named(archive, name))
    join = shown.kept.join
    assert join.flight_id is not None
    assert "positions in this video" in join.why
    assert join.clock_error_s is not None and shown.starts_us is not None
    assert abs((join.clock_offset_s or 0.0) - ahead_s) < 1.0 + 3 * join.clock_error_s
    assert abs(shown.starts_us - began_us()) / 1e6 < 3 * join.clock_error_s
    assert len(shown.video.samples) == LENGTH_S


def test_a_video_without_telemetry_is_joined_by_its_clock_and_says_that_this_was_not_checked(archive: Archive):
    shown = archive.video(WHO, named(archive, "silent.MP4"))
    assert shown.kept.join.flight_id is not None
    assert shown.error_s is None
    assert "how wrong its clock is was not found" in shown.kept.join.why
    assert shown.time_zone


def test_a_player_is_told_what_it_shows(api: TestClient, archive: Archive):
    told = api.get(f"videos/{named(archive, 'told.MP4')}").json()
    assert told["starts"].endswith("Z") and told["error_s"] > 0 and told["codec"] == "vp09"
    assert told["samples"][3]["at_s"] == 3.0 and told["samples"][3]["height_m"] > 0
    alone = api.get(f"videos/{named(archive, 'elsewhere.MOV')}").json()
    assert (alone["photo"]["join"]["flight"], alone["samples"], alone["media_type"]) == (None, [], "video/quicktime")
    assert api.get(f"videos/{'0' * 32}").status_code == 404
    assert api.get(f"videos/{named(archive, 'a.jpg')}").status_code == 400


@pytest.mark.parametrize(
    ("header", "first", "end"),
    [("bytes=0-", 0, None), ("bytes=100-199", 100, 200), ("bytes=-50", -50, None), ("bytes=50000-9999999999", 50000, None)],
)  # fmt: skip
def test_a_range_gives_exactly_those_bytes_of_the_sealed_original(
    api: TestClient, archive: Archive, header: str, first: int, end: int | None
):
    whole = film(2.0)
    answer = api.get(f"videos/{named(archive, 'told.MP4')}/bytes", headers={"range": header})
    want = whole[first:end]
    begin = first % len(whole)
    assert (answer.status_code, answer.content == want) == (206, True)
    assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(want) - 1}/{len(whole)}"
    assert answer.headers["content-length"] == str(len(want))
    assert (answer.headers["content-type"], answer.headers["accept-ranges"]) == ("video/mp4", "bytes")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "header", ["", "bytes=", "bytes=-", "bytes=5-4", "bytes=0-1,4-5", "lines=1-2", "bytes=" + "9" * 40 + "-"]
)
def test_a_range_that_makes_no_sense_is_passed_over(api: TestClient, archive: Archive, header: str):
    answer = api.get(f"videos/{named(archive, 'told.MP4')}/bytes", headers={"range": header} if header else {})
    assert (answer.status_code, answer.content == film(2.0)) == (200, True)
    assert "content-range" not in answer.headers


@pytest.mark.parametrize("header", ["bytes=999999999-", "bytes=-0"])
def test_a_range_past_the_end_is_refused_with_the_size(api: TestClient, archive: Archive, header: str):
    answer = api.get(f"videos/{named(archive, 'told.MP4')}/bytes", headers={"range": header})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(film(2.0))}")
    assert answer.json()["error"]["what"]


def test_who_may_not_see_a_case_plays_nothing_of_it(archive: Archive):
    stranger = Caller("stranger", "test", scope=Scope(frozenset()))
    with pytest.raises(Exception, match="There is no video"):
        archive.video_bytes(stranger, named(archive, "told.MP4"))
    with pytest.raises(Exception, match="There is no video"):
        archive.video(stranger, named(archive, "told.MP4"))


def test_a_photo_is_no_video(api: TestClient, archive: Archive):
    answer = api.get(f"videos/{named(archive, 'a.jpg')}/bytes")
    assert answer.status_code == 400


def test_the_clock_of_a_name_decides_nothing_about_what_the_bytes_are(tmp_path: Path):
    with Archive.open(tmp_path / "archive", create=True) as it:
        it.receive(WHO, "page.html", [made.movie([("vide", "avc1", [b"<script>"])])])
        given = it.video_bytes(WHO, it.photos(WHO, PhotoQuery()).photos[0].photo.id)
    assert given.media_type == "video/mp4"
