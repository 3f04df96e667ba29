"""IGC: the example of the specification, every type of record, midnight, and damage."""

from __future__ import annotations

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.igc import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis
from tests.damaging import KINDS, damaged, place

HEAD = ("AXXXABC FLIGHT:1", "HFFXA035", "HFDTE160701", "HFGTYGLIDERTYPE: Schleicher ASH-25", "HFGIDGLIDERID: ABCD-1234")
EXTENSIONS = "I033638FXA3940SIU4143ENL"


def fix(
    time: str = "160240",
    lat: str = "5407121N",
    lon: str = "00249342W",
    rest: str = "A0028000421",
    more: str = "20509950",
) -> str:
    return f"B{time}{lat}{lon}{rest}{more}"


def igc(*lines: str, head: tuple[str, ...] = (*HEAD, EXTENSIONS)) -> bytes:
    return "".join(f"{line}\r\n" for line in (*head, *lines)).encode()


def decode(content: bytes) -> Decoded:
    decoded = FORMAT.decode(memoryview(content), Options())
    account = decoded.account
    assert account.decoded + account.skipped == account.total == len(content)
    assert sum(p.length for p in decoded.problems) == account.skipped
    offsets = [p.offset for p in decoded.problems if p.offset is not None]
    assert offsets == sorted(offsets)
    return decoded


def test_the_example_of_the_specification_is_read():
    decoded = decode(igc(fix(), fix("160245", "5107126N", "00149300W", "A0028800429", "19509020")))
    first, second = decoded.tables["fixes"].to_pylist()
    assert first["lat"] == pytest.approx(54 + 7.121 / 60)
    assert first["lon"] == pytest.approx(-(2 + 49.342 / 60))
    assert (first["pressure_altitude_m"], first["gnss_altitude_m"], first["valid"]) == (280, 421, True)
    assert (first["fxa_m"], first["siu"], first["enl"]) == (205, 9, 950)
    assert second["time_us"] - first["time_us"] == 5_000_000
    assert np.datetime64(first["time_us"], "us") == np.datetime64("2001-07-16T16:02:40")
    recording = FORMAT.recording(decoded)
    assert recording.time_basis is TimeBasis.UTC_GNSS
    assert (recording.aircraft.name, recording.aircraft.model) == ("ABCD-1234", "Schleicher ASH-25")


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("HFDTE160701", "2001-07-16"),
        ("HFDTEDATE:160701,01", "2001-07-16"),
        ("HFDTEDATE: 010280", "1980-02-01"),
        ("HODTE311299", "1999-12-31"),
    ],
)
def test_the_date_is_read_in_both_forms(line: str, day: str):
    decoded = decode(igc(line, fix(), head=("AXXX", EXTENSIONS)))
    start = FORMAT.recording(decoded).start_us
    assert start is not None
    assert str(np.datetime64(start, "us"))[:10] == day


def test_without_a_date_times_count_but_are_no_utc():
    decoded = decode(igc(fix(), fix("160250"), head=("AXXX", EXTENSIONS)))
    recording = FORMAT.recording(decoded)
    assert (recording.time_basis, recording.start_us, recording.duration_s) == (TimeBasis.BOOT, None, 10)
    assert any("no date" in p.what for p in decoded.problems)


def test_times_go_on_past_midnight_and_one_damaged_time_does_not_make_a_day():
    track = FORMAT.track(decode(igc(*(fix(t) for t in ("235958", "235959", "000000", "120000", "000002")))))
    assert track is not None
    assert np.diff(track.time_us).tolist() == [1_000_000, 1_000_000, 2_000_000]


def test_fractions_of_seconds_and_of_minutes_are_added():
    head = (*HEAD, "I033638TDS3939LAD4040LOD")
    row = decode(igc(fix(more="25069"), head=head)).tables["fixes"].to_pylist()[0]
    assert row["time_us"] % 1_000_000 == 250_000
    assert row["lat"] == pytest.approx(54 + 7.1216 / 60, abs=1e-9)
    assert row["lon"] == pytest.approx(-(2 + 49.3429 / 60), abs=1e-9)


def test_satellite_altitude_is_above_the_ellipsoid_unless_the_file_states_the_geoid():
    ellipsoid = FORMAT.track(decode(igc(fix(), fix("160241"))))
    geoid = decode(igc("HFALGALTGPS:GEO", fix(), fix("160241", rest="A0030000441")))
    track = FORMAT.track(geoid)
    assert ellipsoid is not None
    assert track is not None
    assert np.isnan(ellipsoid.floats("altitude_m")).all()
    assert track.floats("altitude_m").tolist() == [421, 441]
    assert track.floats("height_m").tolist() == [0, 20]
    assert any("ellipsoid" in text for text in FORMAT.recording(decode(igc(fix()))).inferences)


def test_a_position_repeated_without_satellites_is_unknown():
    lines = (fix(), fix("160241", rest="V0028000000"), fix("160242", "5407125N", rest="V0028000000"))
    track = FORMAT.track(decode(igc(*lines)))
    assert track is not None
    assert np.isfinite(track.floats("lat")).tolist() == [True, False, True]
    assert track.table.column("fix").to_pylist() == [3, 0, 2]


def test_events_and_comments_are_the_log_and_the_signature_is_kept_unverified():
    decoded = decode(
        igc(fix(), "E160245PEV", fix("160245"), "LXXXHello", "K16024800090", "F1602400406", "GABCDEF", "E160246LOV")
    )
    log = FORMAT.log(decoded) if FORMAT.log else None
    assert log is not None
    kinds = log.events.column("kind").to_pylist()
    start = FORMAT.recording(decoded).start_us
    assert kinds == ["other", "battery_low"]
    assert start is not None
    assert log.events.column("time_us").to_pylist() == [start + 5_000_000, start + 6_000_000]
    assert log.messages.column("text").to_pylist() == ["XXXHello"]
    assert log.identity["recorder_id"] == "XXXABC FLIGHT:1"
    assert decoded.tables["signature"].column("text").to_pylist() == ["ABCDEF"]
    assert any("not verified" in text for text in FORMAT.recording(decoded).inferences)


def test_a_record_that_ran_into_the_one_before_is_kept_and_the_broken_one_is_not():
    lines = [fix(f"1602{n:02}") for n in range(20)]
    content = igc(*lines)
    broken = content.replace(lines[7].encode() + b"\r\n", lines[7][:20].encode())
    decoded = decode(broken)
    seconds = (decoded.tables["fixes"].column("time_us").to_numpy() // 1_000_000 % 60).tolist()
    assert seconds == [n for n in range(20) if n != 7]
    assert [p.length for p in decoded.problems] == [20]


def test_records_out_of_range_are_refused():
    bad = [fix("250000"), fix(lat="5460000N"), fix(lat="9100000N"), fix(lon="18100000W"), fix(rest="X0028000421")]
    decoded = decode(igc(*[fix(f"1602{n:02}") for n in range(30)], *bad))
    assert decoded.tables["fixes"].num_rows == 30
    assert len([p for p in decoded.problems if p.length]) == 5


def test_a_type_that_nobody_describes_is_counted_as_unknown():
    decoded = decode(igc(fix(), "Zsomething"))
    assert decoded.account.unknown == len("Zsomething\r\n")


@pytest.mark.parametrize("content", [b"", b"\n\n", b"A", b"B" * 100, b"\xff" * 300, b"I01\nB", b"\xef\xbb\xbf"])
def test_next_to_nothing_is_a_problem_and_no_failure(content: bytes):
    decoded = decode(content)
    assert FORMAT.track(decoded) is None
    assert FORMAT.log is not None
    assert FORMAT.log(decoded).events.num_rows == 0
    assert FORMAT.recording(decoded).start_us is None
    assert decoded.problems


def test_only_igc_is_recognised():
    assert FORMAT.recognises(igc(fix()))
    assert FORMAT.recognises(b"\xef\xbb\xbf" + igc(fix()))
    assert FORMAT.recognises(igc(fix(), head=("HFDTE160701",)))
    assert not FORMAT.recognises(b"ABCD some text\nBut no fix\n")
    assert not FORMAT.recognises(b"")


@pytest.mark.parametrize("kind", KINDS)
def test_every_fix_that_was_left_whole_is_kept_where_it_lies(kind: str):
    lines = [fix(f"16{n // 60:02}{n % 60:02}", f"5407{n:03}N", f"00249{n:03}W") for n in range(300)]
    content = igc(*lines)
    low = len(igc())
    spans = [(at, at + len(lines[0])) for at in range(low, len(content), len(lines[0]) + 2)]
    table = decode(content).tables["fixes"]
    clean = {row["offset"]: (row["lon"], row["lat"], row["time_us"]) for row in table.to_pylist()}
    assert sorted(clean) == [start for start, _ in spans]
    for seed in range(25):
        broken, pieces = damaged(content, kind, str(seed), low=low)
        found_table = decode(broken).tables.get("fixes")
        rows = [] if found_table is None else found_table.to_pylist()
        found = {row["offset"]: (row["lon"], row["lat"], row["time_us"]) for row in rows}
        for start, stop in spans:
            now = place(pieces, start, stop)
            assert now is None or found.get(now) == clean[start], (seed, start)
        assert len(set(found.values()) - set(clean.values())) <= 4, "only rows whose own bytes were damaged"
