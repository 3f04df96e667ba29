"""Real subtitles: every cue of every dialect, and the same flight told in three ways."""

import re
from pathlib import Path

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.dji_srt import FORMAT
from groundside.model.decoded import Decoded
from tests.plain_kernels import same_by_both

pytestmark = pytest.mark.corpus

CUES = {
    "DJI_SRT_Parser__MAVIC3.srt": 12_318,
    "DJI_SRT_Parser__air2s.srt": 17,
    "DJI_SRT_Parser__broken_incomplete.SRT": 20,
    "DJI_SRT_Parser__mavic_2_style.SRT": 468,
    "DJI_SRT_Parser__mavic_2pro_new.SRT": 8_952,
    "DJI_SRT_Parser__mavic_air.SRT": 2,
    "DJI_SRT_Parser__mavic_mini.SRT": 117,
    "DJI_SRT_Parser__mavic_pro.SRT": 468,
    "DJI_SRT_Parser__mix_p4rtk_mavic2pro.srt": 12,
    "DJI_SRT_Parser__old_format.SRT": 468,
    "DJI_SRT_Parser__p4p_sample.SRT": 5,
    "dji-drone-metadata-embedder__DJI_sample.SRT": 5,
    "embedder_Avata360_clip.SRT": 5,
    "embedder_air3S_clip.SRT": 5,
    "embedder_air3_clip.SRT": 2,
    "embedder_avata2_clip.SRT": 2,
    "embedder_mini4pro_clip.SRT": 2,
    "embedder_neo2_clip_nogps.SRT": 6,
}
NOT_SUBTITLES = {"DJI_SRT_Parser__broken_empty.SRT", "DJI_SRT_Parser__broken_empty2.SRT"}


def raw_of(corpus: Path, name: str) -> bytes:
    return (corpus / "flights" / "srt" / name).read_bytes()


def read(corpus: Path, name: str) -> Decoded:
    return FORMAT.decode(memoryview(raw_of(corpus, name)), Options())


def test_the_list_of_files_is_complete(corpus):
    assert {p.name for p in (corpus / "flights" / "srt").iterdir()} == set(CUES) | NOT_SUBTITLES


@pytest.mark.parametrize("name", CUES)
def test_every_cue_is_read_and_every_byte_accounted_for(corpus, name):
    raw = raw_of(corpus, name)
    assert FORMAT.recognises(raw[:65536])
    decoded = FORMAT.decode(memoryview(raw), Options())
    assert decoded.tables["cues"].num_rows == CUES[name]
    assert decoded.account.skipped == 0 and decoded.account.total == len(raw)
    lat = decoded.tables["cues"].column("lat").to_numpy()
    assert not (np.abs(lat[np.isfinite(lat)]) > 90).any()


@pytest.mark.parametrize("name", CUES)
def test_named_positions_equal_a_plain_reading_of_the_lines(corpus, name):
    text = raw_of(corpus, name).decode("utf-8-sig")
    cues = read(corpus, name).tables["cues"]
    for key, column in (("latitude", "lat"), ("longt?itude", "lon")):
        plain = [float(v) for v in re.findall(rf"\[{key} ?: ?([-\d.]+)\]", text)]
        if plain:
            ours = cues.column(column).to_numpy()
            known = np.array([v for v in plain if v != 0.0])
            np.testing.assert_array_equal(ours[np.isfinite(ours)][-len(known) :], known)


@pytest.mark.parametrize("name", sorted(NOT_SUBTITLES))
def test_files_with_nothing_in_them_are_not_recognised(corpus, name):
    assert not FORMAT.recognises(raw_of(corpus, name))


def test_mavic_pro_and_mini_are_not_swapped(corpus):
    for name in ("DJI_SRT_Parser__mavic_pro.SRT", "DJI_SRT_Parser__mavic_mini.SRT"):
        decoded = read(corpus, name)
        assert decoded.facts["coordinate_order"] == "lon,lat"
        assert (np.abs(decoded.tables["cues"].column("lon").to_numpy()) > 90).all()


def test_one_flight_written_in_three_dialects_has_one_track(corpus):
    """One of the three names its coordinates, so it is the truth for the order of the two others."""
    named = read(corpus, "DJI_SRT_Parser__mavic_2_style.SRT")
    assert named.facts["coordinate_order_basis"] == "named"
    truth = FORMAT.track(named)
    for name in ("DJI_SRT_Parser__mavic_pro.SRT", "DJI_SRT_Parser__old_format.SRT"):
        track = FORMAT.track(read(corpus, name))
        for column in ("lon", "lat"):
            np.testing.assert_array_equal(track.floats(column), truth.floats(column))


def test_barometer_and_hb_are_the_same_thing(corpus):
    ours, older = (
        read(corpus, n).tables["cues"].column("barometer_m").to_numpy()
        for n in ("DJI_SRT_Parser__mavic_pro.SRT", "DJI_SRT_Parser__old_format.SRT")
    )
    assert np.mean(ours == older) > 0.99  # one of 468 differs in the published files


def test_the_file_cut_inside_a_cue_says_so(corpus):
    decoded = read(corpus, "DJI_SRT_Parser__broken_incomplete.SRT")
    assert "cut short" in decoded.problems[-1].what


def test_real_subtitles_say_the_same_with_and_without_the_kernels(corpus):
    for name in CUES:
        raw = raw_of(corpus, name)[:200_000]
        same_by_both(lambda raw=raw: FORMAT.decode(memoryview(raw), Options()))
