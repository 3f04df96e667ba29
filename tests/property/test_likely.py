"""What is ruled out by outlines is nothing that comparing the tracks themselves would find, as it was done before."""

from itertools import combinations

import numpy as np
import pytest

from groundside.keep.paths import outlined, pack, path_bytes
from groundside.model.recording import TimeBasis
from groundside.model.track import Track
from groundside.native.outlines import are_far, may_wrap, outline_bytes, outline_in
from groundside.produce.flight import fit
from groundside.produce.flight.cut import cut
from groundside.produce.flight.likely import Sketch, may_match
from groundside.produce.flight.same import Telling, Verdict, compare
from groundside.reference.paths import NOWHERE
from groundside.simulate.fleets import flight
from tests.builders import FIELD, recording, track

FLIGHTS, FLIGHTS_IN_FULL = 10, 150
DAY_US = 24 * 3600 * 1_000_000


def apart_as_before(clip, flight, offsets):
    """The median distance at each offset as `fit._apart` worked it out before there was a kernel."""
    course_s, *course = flight.track
    t = clip[0][None, :] + offsets[:, None]
    inside = (t >= course_s[0]) & (t <= course_s[-1])
    east, north = (np.interp(t, course_s, there) - own for there, own in zip(course, clip[1:], strict=True))
    found = np.median(np.where(inside, np.hypot(east, north), np.inf), axis=1)
    found[inside.mean(axis=1) < fit.COVERED - 1e-9] = np.inf
    return found


def sketch_of(telling: Telling) -> Sketch:
    summary, of = telling.cut, telling.track
    known = None if of is None else outlined(path_bytes(of))
    start_us = summary.recording_start_us
    return Sketch(
        summary.time_basis,
        None if start_us is None else start_us / 1e6,
        summary.recording_s,
        summary.time_error_s,
        summary.local_start,
        of is not None,
        known[0] if known else None,
        known is not None and known[1],
    )


def told(of: Track, **stated: object) -> Telling:
    """Tell of the first flight in a track, by its part of the track alone, as it is kept."""
    first = cut(recording(of, **stated), of)[0]
    rows = of.table.slice(first.first_row, first.end_row - first.first_row)
    return Telling(first, Track(rows, of.time_basis, of.time_error_s), "log")


def tellings(number: int) -> list[Telling]:
    """One simulated flight, as several files tell it, all at one field: whole, resampled, rounded, in part, late."""
    truth = flight(11, number)
    rng = np.random.default_rng(number)
    lon = truth.lon - truth.field.home.lon + FIELD.lon
    lat = truth.lat - truth.field.home.lat + FIELD.lat
    columns = {"lon": lon, "lat": lat, "height_m": truth.height_m}
    whole = track(time_us=truth.time_us, **columns)
    size = truth.time_us.size
    first, last = sorted(rng.integers(0, size, 2).tolist())
    rows = slice(first, max(last, min(first + 200, size)))
    second = {name: np.round(each[rows][::5], 5) for name, each in columns.items()}
    clip_us = (truth.time_us[rows][::5] - truth.time_us[rows][0]).astype(np.int64)
    boot = {name: each + rng.normal(0.0, 2e-6, size) for name, each in columns.items()}
    away_us = int(rng.choice([3600, 7200, 45])) * 1_000_000
    return [
        told(whole),
        told(track(basis=TimeBasis.BOOT, time_us=truth.time_us - truth.time_us[0], **boot)),
        told(track(basis=TimeBasis.LOCAL, time_us=clip_us, **second), local_start="2026-08-01T12:00:00"),
        told(track(basis=TimeBasis.UTC_DEVICE, error_s=1.0, time_us=truth.time_us + away_us, **columns)),
        told(track(basis=TimeBasis.NONE, time_us=clip_us[:8], **{name: each[:8] for name, each in second.items()})),
    ]


def test_no_pair_that_comparing_tracks_would_find_is_ruled_out(full, figure, monkeypatch):
    monkeypatch.setattr(fit, "_apart", apart_as_before)
    all_of = [each for number in range(FLIGHTS_IN_FULL if full else FLIGHTS) for each in tellings(number)]
    sketches = [sketch_of(each) for each in all_of]
    rng, ruled_out, found = np.random.default_rng(1), 0, 0
    for n, one in enumerate(sketches):
        may = may_match(one, sketches[:n])
        for other, open_ in enumerate(may):
            akin = n // 5 == other // 5
            if open_ or (not akin and rng.random() > 0.15):  # what is open is compared anyway, so nothing can be lost
                continue
            ruled_out += 1
            match = compare(all_of[n], all_of[other])
            assert match.verdict is Verdict.DIFFERENT, (n, other, match)
        found += sum(may[other] for other in range(n - n % 5, n))
    pairs = len(list(combinations(sketches, 2)))
    figure("matching: pairs ruled out and compared all the same, of all", f"{ruled_out} of {pairs}")
    assert ruled_out > pairs / 20
    assert found > len(all_of) / 2


def test_no_two_flights_are_merged_however_long_both_were_over_one_pad(full, figure):
    flights = [tellings(number) for number in range(FLIGHTS_IN_FULL if full else FLIGHTS)]
    sketches = [[sketch_of(each) for each in told] for told in flights]
    pairs = 0
    for n, (own, others) in enumerate(zip(flights, sketches, strict=True)):
        for one, sketch in zip(own, others, strict=True):
            for m in range(n):
                may = may_match(sketch, sketches[m])
                for other, open_ in zip(flights[m], may, strict=True):
                    if open_ and not (one.cut.local_start and other.cut.local_start):  # all walls show one time here
                        assert compare(one, other).verdict is not Verdict.SAME, (n, m)
                pairs += len(may)
    figure("matching: pairs of two flights, none merged", pairs)


def test_the_kernel_gives_the_verdicts_that_were_given_before_it(monkeypatch):
    pairs = [pair for number in range(3) for pair in combinations(tellings(number), 2)]
    now = [compare(*pair) for pair in pairs]
    monkeypatch.setattr(fit, "_apart", apart_as_before)
    before = [compare(*pair) for pair in pairs]
    assert [match.verdict for match in now] == [match.verdict for match in before]
    assert {match.verdict for match in now} == set(Verdict)
    for one, other in zip(now, before, strict=True):
        assert (one.clock_offset_s is None) == (other.clock_offset_s is None)
        assert one.clock_offset_s is None or abs(one.clock_offset_s - other.clock_offset_s) < 1e-6


def test_an_outline_follows_the_path_of_a_track_and_says_how_far_off_it_is():
    of = tellings(0)[0].track
    lon, lat = of.floats("lon"), of.floats("lat")
    outline, is_utc = outlined(path_bytes(of))
    assert is_utc
    assert outline.count <= lon.size
    assert outline.bounds == pytest.approx((lon.min(), lat.min(), lon.max(), lat.max()), abs=1e-5)
    assert outline.rounding_deg == 0.0
    assert outlined(path_bytes(tellings(0)[2].track))[0].rounding_deg == 1e-5


@pytest.mark.parametrize(
    ("lon", "time_us"),
    [
        ([np.nan, 1.0, np.nan], [0, 1, 2]),
        ([1.0, 1.0, 1.0], [5, 5, 5]),
        ([1.0, 500.0, 1.0], [0, 1, 2]),
        ([1.0, 1.0, 1.0], [0, 1, 50 * DAY_US]),
        ([], []),
    ],
)
def test_a_track_that_cannot_be_outlined_has_a_path_all_the_same(lon, time_us):
    size = len(lon)
    assert outline_bytes(np.array(time_us, dtype=np.int64), np.array(lon, dtype=float), np.full(size, 2.0)) == b""
    assert outlined(pack(NOWHERE)) is None


def test_bytes_that_are_no_outline_are_refused():
    whole = outline_bytes(np.arange(5) * 1_000_000, np.linspace(1.0, 1.1, 5), np.full(5, 2.0))
    for wrong in (b"", whole[:-1], whole[:20], whole + b"\0"):
        with pytest.raises(ValueError, match="no outline"):
            outline_in(wrong)


def test_a_leap_of_the_receiver_makes_no_outline_vague():
    east = np.linspace(0.0, 3000.0, 3000)
    east[1234] += 1e6
    of = track(east=east, north=0.0)
    outline, _ = outlined(path_bytes(of))
    assert outline.band is not None
    assert outline.slack_m < 3.0


def outline(lon, lat):
    time_us = np.arange(len(lon)) * 1_000_000
    return outline_in(outline_bytes(time_us, np.array(lon, dtype=float), np.array(lat, dtype=float)))


def test_where_degrees_say_little_of_metres_nothing_is_ruled_out():
    here = outline(np.linspace(10.0, 10.001, 20), np.linspace(50.0, 50.001, 20))
    assert here.band == 500
    assert outline([10.0] * 20, [89.0] * 20).band is None
    assert may_wrap(outline(np.linspace(179.999, 180.0, 20).tolist() + [-180.0] * 9, [50.0] * 29), here)
    east, west = outline([179.9999] * 20, [50.0] * 20), outline([-179.9999] * 20, [50.0] * 20)
    assert may_wrap(east, west)
    assert not are_far(east, west)
    assert not may_wrap(here, here)
    assert are_far(here, outline([10.2] * 20, [50.0] * 20))
