"""The timeline: bars of time count what the same question lists."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from groundside.archive.archive import Archive
from groundside.archive.photo_times import MOST_BARS, STEPS_US, step_us
from groundside.model.caller import Caller, Scope
from groundside.model.kept_photo import PhotoQuery
from groundside.model.place import LonLat
from groundside.model.query import Near
from tests.photo_builders import jpeg, tiff
from tests.photo_flights import photo

WHO = Caller("tester", "test")
START_US = 1_777_777_777_000_000
HOUR_US = 3_600_000_000
HERE = LonLat(11.5, 48.25)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.open(tmp_path_factory.mktemp("times") / "archive", create=True) as it:
        for number, hours in enumerate((0, 0.1, 0.2, 5, 5.5, 30, 31, 400)):
            where = (HERE.lon, HERE.lat) if number % 2 else (12.0, 48.5)
            model = "First" if number < 5 else "Second"
            content = photo(number, START_US + round(hours * HOUR_US), where, model=model)
            it.receive(WHO, f"{number}.jpg", [content])
        it.receive(WHO, "undated.jpg", [jpeg(tiff({0x010F: "DJI", 0x0110: "First"}, {}))])
        yield it


@pytest.mark.parametrize(
    "asked",
    [
        PhotoQuery(),
        PhotoQuery(camera="first"),
        PhotoQuery(from_us=START_US, to_us=START_US + 6 * HOUR_US),
        PhotoQuery(near=Near(HERE, 500.0)),
        PhotoQuery(seeing=HERE),
        PhotoQuery(camera="nobody"),
    ],
)
def test_the_bars_of_a_question_count_what_it_lists(archive: Archive, asked: PhotoQuery):
    told = archive.photo_times(WHO, replace(asked, limit=1, offset=3))
    listed = [each.photo for each in archive.photos(WHO, asked).photos]
    times = [each.taken_us or each.clock_us for each in listed]
    counted = Counter(at // told.step_us * told.step_us for at in times if at is not None)
    assert dict(told.bars) == counted
    assert told.undated == times.count(None)
    assert sum(count for _, count in told.bars) + told.undated == len(listed)


def test_steps_grow_with_what_is_asked_and_bars_stay_few():
    for hours in (0.01, 1, 7, 48, 24 * 40, 24 * 4000, 24 * 36_000):
        last = START_US + round(hours * HOUR_US)
        step = step_us(START_US, last)
        assert last // step - START_US // step < MOST_BARS or step == STEPS_US[-1]
        finer = STEPS_US[max(0, STEPS_US.index(step) - 1)]
        assert step == STEPS_US[0] or last // finer - START_US // finer >= MOST_BARS


def test_who_may_not_see_a_case_counts_nothing_of_it(archive: Archive):
    stranger = Caller("stranger", "test", scope=Scope(frozenset()))
    for asked in (PhotoQuery(), PhotoQuery(seeing=HERE)):
        told = archive.photo_times(stranger, asked)
        assert (told.bars, told.undated) == ((), 0)
