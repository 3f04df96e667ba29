"""Subtitles that an editor on Windows saved as UTF-16."""

import pytest

from groundside.decode.format import Options
from groundside.decode.formats.dji_srt import FORMAT
from groundside.model.decoded import Decoded

ENCODINGS = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
both = pytest.mark.parametrize("encoding", ENCODINGS)


def cue(n: int, more: str = "") -> str:
    return f"{n}\n00:00:{n:02},000 --> 00:00:{n + 1:02},000\n{more}[latitude: {n}.5] [longitude: 2.5] [rel_alt: 5.0 abs_alt: 6.0]\n\n"


def saved(text: str, encoding: str) -> bytes:
    return ENCODINGS[encoding] + text.encode(encoding, "surrogatepass")


def read(raw: bytes) -> Decoded:
    assert FORMAT.recognises(raw[:65536])
    return FORMAT.decode(memoryview(raw), Options())


@both
def test_utf_16_gives_the_same_table_as_utf_8_and_says_so(encoding):
    text = "".join(cue(n, "[place: Zürich] ") for n in range(1, 5))
    ours, plain = read(saved(text, encoding)), read(text.encode())
    assert str(ours.tables["cues"].to_pylist()) == str(plain.tables["cues"].to_pylist())
    assert ours.tables["cues"].column("place").to_pylist() == ["Zürich"] * 4
    assert ours.account.total == ours.account.decoded == len(saved(text, encoding)) and not ours.problems
    assert any(encoding.upper() in said for said in ours.facts["inferences"])
    assert not any("UTF-16" in said for said in plain.facts["inferences"])


@both
@pytest.mark.parametrize("before", ["", "é", "日本", "\U0001f681", "\udc00", "aé日\U0001f681b"])
def test_offsets_are_those_in_the_file_whatever_characters_come_before(encoding, before):
    text = cue(1, f"[place: x{before}] ") + cue(2, "what? ") + cue(3, f"{before} again? ") + cue(4)
    raw = saved(text, encoding)
    decoded = read(raw)
    found = [raw[p.offset : p.offset + p.length].decode(encoding, "surrogatepass").strip() for p in decoded.problems]
    assert found == ["what?", f"{before} again?".strip()]
    assert sum(p.length for p in decoded.problems) == decoded.account.skipped == decoded.account.unknown
    assert decoded.facts["positions"] == 4


@both
def test_a_file_cut_inside_a_character_accounts_for_the_byte_left_over(encoding):
    raw = saved(cue(1) + cue(2), encoding) + b"\n"
    (problem,) = read(raw).problems
    assert (problem.offset, problem.length) == (len(raw) - 1, 1)
    assert "Half a character" in problem.what and "cut short" in problem.what


@both
def test_impossible_positions_are_placed_at_their_cue_in_the_file(encoding):
    text = cue(1, "é? ") + cue(2).replace("2.5] [longitude", "99.5] [longitude")
    raw = saved(text, encoding)
    problem = next(p for p in read(raw).problems if "no place on Earth" in p.what)
    assert raw[problem.offset :].decode(encoding).startswith("2\n00:00:02")


@both
def test_a_film_in_utf_16_is_not_taken_for_djis_and_marks_alone_are_results(encoding):
    assert not FORMAT.recognises(saved("1\n00:00:01,000 --> 00:00:04,000\nOpen the [door].\n", encoding))
    for raw in (ENCODINGS[encoding], ENCODINGS[encoding] + b"1"):
        assert not FORMAT.recognises(raw)
        decoded = FORMAT.decode(memoryview(raw), Options())
        assert decoded.account.total == len(raw) and decoded.problems
