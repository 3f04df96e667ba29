"""Subtitles that are cut, damaged, or not DJI's at all."""

from groundside.decode.format import Options
from groundside.decode.formats.dji_srt import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.recording import TimeBasis


def cue(n: int, lat: str = "1.500000") -> str:
    return f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n[iso: 100] [latitude: {lat}] [longitude: 2.500000] [rel_alt: 5.0 abs_alt: 6.0]\n\n"


def read(raw: bytes) -> Decoded:
    return FORMAT.decode(memoryview(raw), Options())


def covered(decoded: Decoded) -> int:
    return sum(problem.length for problem in decoded.problems)


def test_a_file_cut_inside_a_cue_keeps_what_came_before_and_says_where_it_broke():
    whole = "".join(cue(n) for n in range(1, 6)).encode()
    cut = whole[: whole.rindex(b"[longitude") + 6]
    decoded = read(cut)
    assert decoded.tables["cues"].num_rows == 5
    assert decoded.facts["positions"] == 4
    broken = decoded.problems[0]
    assert cut[broken.offset : broken.offset + broken.length] == b"[longi"
    assert "cut short" in broken.what
    assert covered(decoded) == decoded.account.skipped == 6


def test_a_file_cut_between_two_fields_is_noticed_though_no_byte_looks_wrong():
    whole = "".join(cue(n) for n in range(1, 6)).encode()
    decoded = read(whole[: whole.rindex(b"[longitude")])
    assert decoded.account.skipped == 0
    assert "lacks longitude" in decoded.problems[-1].what


def test_a_cue_whose_header_is_damaged_does_not_leak_into_the_one_before():
    raw = (
        "".join(cue(n, f"{n}.5") for n in range(1, 6))
        .encode()
        .replace(b"3\n00:00:03,000 -->", b"\xff\xfe\x00\xff?\x01:03,000 -->")
    )
    decoded = read(raw)
    assert decoded.tables["cues"].column("lat").to_pylist() == [1.5, 2.5, 4.5, 5.5]
    assert decoded.facts["missing_cue_numbers"] == 1
    assert covered(decoded) == decoded.account.skipped > 0
    assert all(p.offset is not None for p in decoded.problems)


def test_rubbish_in_a_cue_is_skipped_as_unknown_and_the_rest_of_the_cue_read():
    raw = (cue(1) + cue(2).replace("[latitude", "\x00\x01rubbish? [latitude") + cue(3)).encode()
    decoded = read(raw)
    assert decoded.facts["positions"] == 3
    problem = decoded.problems[0]
    assert raw[problem.offset : problem.offset + problem.length].startswith(b"\x00\x01rubbish")
    assert decoded.account.unknown == decoded.account.skipped == problem.length


def test_cues_with_nothing_in_them_are_skipped_whole():
    raw = (cue(1) + "2\n00:00:02,000 --> 00:00:03,000\n\n" + cue(3)).encode()
    decoded = read(raw)
    assert decoded.tables["cues"].column("index").to_pylist() == [1, 3]
    assert [p.what for p in decoded.problems] == ["A cue in which nothing was understood."]


def test_what_comes_before_the_first_cue_is_a_problem_of_its_own():
    front = b"tail of an older cue]\n"
    decoded = read(front + cue(1).encode())
    assert (decoded.problems[0].offset, decoded.problems[0].length) == (0, len(front))


def test_thousands_of_problems_are_summed_up_and_still_cover_every_byte():
    raw = "".join(cue(1).replace("[iso", "what? [iso") for _ in range(500)).encode()
    decoded = read(raw)
    assert len(decoded.problems) < 250
    assert covered(decoded) == decoded.account.skipped


def test_no_more_than_a_bounded_number_of_columns_comes_out_of_hostile_keys():
    keys = " ".join(f"[key{chr(97 + i % 26)}{chr(97 + i // 26)}: 1]" for i in range(500))
    decoded = read(f"1\n00:00:01,000 --> 00:00:02,000\n[latitude: 1.5] {keys}\n".encode())
    assert decoded.tables["cues"].num_columns < 130
    assert decoded.account.skipped > 0


def test_an_empty_file_and_one_with_a_number_only_are_results_not_errors():
    for raw in (b"", b"1\n"):
        assert not FORMAT.recognises(raw)
        decoded = read(raw)
        assert decoded.tables["cues"].num_rows == 0 and decoded.problems
        assert FORMAT.track(decoded) is None
        assert FORMAT.recording(decoded).time_basis is TimeBasis.NONE


def test_the_subtitles_of_a_film_are_not_taken_for_djis():
    film = "1\n00:00:01,000 --> 00:00:04,000\n<i>Shutter: open the [door].</i>\n\n2\n00:00:05,000 --> 00:00:06,000\n- GPS? ISO 9001!\n"
    assert not FORMAT.recognises(film.encode())


def test_other_kinds_of_files_are_not_taken_for_subtitles():
    for raw in (
        b"\xa3\x95\x80" * 100,
        b"PK\x03\x04" + bytes(500),
        b"time(millisecond),latitude\n1,2\n",
        b"[latitude: 1.5] [iso: 100]\n",
    ):
        assert not FORMAT.recognises(raw)


def test_a_bracket_repeated_thousands_of_times_is_read_once_and_the_rest_accounted_for():
    raw = ("1\n00:00:01,000 --> 00:00:02,000\n[latitude: 1.5] " + "[x: 7] " * 20_000).encode()
    decoded = read(raw)
    assert decoded.tables["cues"].column("x").to_pylist() == [7.0]
    assert covered(decoded) == decoded.account.skipped > 0


def test_words_nobody_here_knows_are_one_problem_not_one_a_word():
    raw = cue(1).replace("\n\n", "\nsome words of somebody\n\n").encode()
    decoded = read(raw)
    (problem,) = decoded.problems
    assert raw[problem.offset : problem.offset + problem.length].strip() == b"some words of somebody"


def test_the_mark_of_a_simulator_is_read_and_handed_on():
    decoded = read(cue(1).replace("\n\n", "\nSIMULATED by somebody\n\n").encode())
    assert decoded.facts["marks"] == ["SIMULATED by somebody"]
    assert not decoded.problems
