"""Wall clocks of subtitles at the ends of the calendar."""

import pytest

from groundside.decode.format import Options
from groundside.decode.formats.dji_srt import FORMAT
from groundside.model.recording import TimeBasis


def read(*walls: str, arrows: bool = True):
    cues = [
        f"{n}\n"
        + (f"00:00:0{n},000 --> 00:00:0{n + 1},000\n" if arrows else "")
        + f"{wall}\nGPS(149.5,-20.25,16) BAROMETER:1.9\n"
        for n, wall in enumerate(walls, start=1)
    ]
    return FORMAT.decode(memoryview("\n".join(cues).encode()), Options())


@pytest.mark.parametrize(
    "walls",
    [
        ("", "0001.01.01 00:00:00"),
        ("0000.01.01 00:00:00", "0001.01.01 00:00:00"),
        ("0001.01.01 00:00:00",),
        ("9999.12.31 23:59:59", "9999.12.31 23:59:60"),
        ("9999.12.31 23:59:60",),
    ],
)
def test_a_start_outside_the_calendar_is_left_empty(walls):
    decoded = read(*walls)
    assert FORMAT.recording(decoded).local_start == ""
    assert FORMAT.track(decoded).table.num_rows == len(walls)


def test_a_leap_second_after_the_last_second_of_the_calendar_is_no_clock():
    decoded = read("9999.12.31 23:59:60")
    assert decoded.tables["cues"].column("wall_clock").to_pylist() == [None]
    assert FORMAT.recording(decoded).time_basis is TimeBasis.BOOT


def test_a_clock_first_seen_in_a_later_cue_still_gives_the_start():
    assert FORMAT.recording(read("", "2031.01.01 00:00:00")).local_start == "2030-12-31T23:59:59.000000"


def test_where_cues_have_only_clocks_the_start_is_the_earliest_as_in_the_track():
    recording = FORMAT.recording(read("2031.01.01 00:00:05", "2031.01.01 00:00:02", arrows=False))
    assert recording.local_start == "2031-01-01T00:00:02.000000" and recording.duration_s == 3.0


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_clocks_alone_that_jump_to_an_end_of_the_calendar_do_not_raise(year):
    decoded = read("2031.01.01 00:00:00", f"{year}.01.01 00:00:00", f"{year}.12.31 23:59:59", arrows=False)
    assert FORMAT.recording(decoded).local_start == ""
    assert FORMAT.track(decoded).table.num_rows == 3


def test_cues_of_one_time_are_a_microsecond_apart_in_the_order_of_the_file():
    by_clock = read("2031.01.01 00:00:01", "2031.01.01 00:00:00", "2031.01.01 00:00:01", arrows=False)
    assert (FORMAT.track(by_clock).time_us - FORMAT.track(by_clock).time_us[0]).tolist() == [0, 1_000_000, 1_000_001]
    twice = (
        "".join(
            f"{n}\n00:00:01,000 --> 00:00:02,000\nGPS(149.5,-20.25,16) BAROMETER:{height}\n\n"
            for n, height in ((1, 1.5), (2, 2.5))
        )
    ).encode()
    track = FORMAT.track(FORMAT.decode(memoryview(twice), Options()))
    assert track.time_us.tolist() == [1_000_000, 1_000_001] and track.floats("height_m").tolist() == [1.5, 2.5]
