"""The one way to a PDF: data in, nothing else; the same in gives the same out."""

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst

from groundside.errors import TooLarge
from groundside.see.report import compile as compiling
from groundside.see.report.compile import STANDARDS, TEMPLATES, pdf, pictures
from groundside.see.report.drawing import round_down, round_step, svg, text, ticks
from groundside.see.report.lettering import BREAK, NO_GLYPH, lettered
from groundside.see.report.logbook import logbook_pdf, logbook_told
from groundside.see.report.map_picture import Area, Dot, Line, map_svg
from tests.reports import HOSTILE, MADE_US, book, entries, entry, pages

HOME = Path(__file__).resolve().parents[2]
WHEN = datetime(2026, 5, 1, 18, tzinfo=UTC)


def test_the_same_data_and_time_give_the_same_bytes_and_another_time_gives_others():
    of = book(entries(5))
    assert logbook_pdf(of, MADE_US) == logbook_pdf(of, MADE_US)
    assert logbook_pdf(of, MADE_US) != logbook_pdf(of, MADE_US + 60_000_000)


def test_a_report_says_that_it_is_tagged_archivable_and_accessible():
    made = logbook_pdf(book(entries(2)), MADE_US)
    assert set(STANDARDS) == {"a-2a", "ua-1"}
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"/StructTreeRoot" in made or b"/Marked true" in made


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_that_looks_like_markup_is_only_shown(hostile: str):
    line = entry(1, WHEN, 600.0, place=hostile, aircraft=hostile, type=hostile, notes=(hostile,))
    assert pages(logbook_pdf(book([line]), MADE_US)) == 2


def test_markup_reaches_the_page_as_it_was_written():
    found = _extracted(entry(1, WHEN, 600.0, notes=(HOSTILE[0],)))
    for part in ('#read("/etc/passwd")', "*bold*", "@cite", "<label>", '#eval("1+1")'):
        assert part in found
    assert "root:" not in found


def _extracted(line: object) -> str:
    """What typst lays out as text, out of its own answer to a question."""
    told, fonts = lettered({"text": logbook_told(book([line]), MADE_US)["notes"][0][1]})  # type: ignore[list-item]
    asked = b'#let told = json(bytes(sys.inputs.at("told")))\n#metadata(told.text) <it>\n#told.text'
    found = typst.query(asked, "<it>", field="value", one=True, font_paths=fonts, sys_inputs={"told": json.dumps(told)})
    return str(json.loads(found)).replace(BREAK, "")


def test_characters_without_a_glyph_are_replaced_and_direction_and_control_are_written_out():
    told, _ = lettered({"a": ["x\ue000y", "abc\u202etxt.exe", "bell\x07", "plain äöü Жβ א"]})
    plain = [each.replace(BREAK, "") for each in told["a"]]
    assert plain == [f"x{NO_GLYPH}y", "abc\\u202etxt.exe", "bell\\x07", "plain äöü Жβ א"]


def test_a_character_that_no_font_has_does_not_take_its_neighbours_with_it(monkeypatch: pytest.MonkeyPatch):
    from groundside.see.report import lettering

    monkeypatch.setattr(lettering, "_shown", lambda some, *, machine: "東" not in some)
    told, _ = lettered({"name": "東京ж"})
    assert told["name"] == f"{NO_GLYPH}京ж"


def test_a_long_word_may_be_broken_but_a_picture_a_digest_and_a_key_are_left_as_they_are():
    picture = svg((10.0, 10.0), [text((1.0, 1.0), "w" * 40)])
    key = "groundside/0123456789abcdef+33ab906e+AZAokj/nVL6MThIhKFBI6vLEINLfWTpLWsm"
    told, _ = lettered({"word": "w" * 40, "picture": picture, "digest": "ab" * 32, "key": key})
    assert (told["digest"], told["key"]) == ("ab" * 32, key)
    assert BREAK in told["word"]
    assert told["word"].replace(BREAK, "") == "w" * 40
    assert told["picture"] == picture


def test_no_template_reads_a_file_or_a_package():
    found = sorted(TEMPLATES.glob("*.typ"))
    assert {each.stem for each in found} >= {"page", "logbook", "flight", "briefing", "prescription"}
    for each in found:
        written = each.read_text()
        assert "@preview" not in written and "read(" not in written and "eval(" not in written
        assert '#import "page.typ"' in written or each.stem == "page"


def test_a_template_cannot_reach_beyond_the_templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "inside" / "bad.typ").write_text('#set document(title: "x")\n#read("../secret.txt")')
    monkeypatch.setattr(compiling, "TEMPLATES", tmp_path / "inside")
    with pytest.raises(typst.TypstError):
        pdf("bad", {"title": "x"}, MADE_US)


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no unshare here")
def test_a_report_is_made_without_a_network():
    code = (
        "import sys; sys.path.insert(0, '.');"
        "from tests.reports import *; from groundside.see.report.logbook import logbook_pdf;"
        "print(len(logbook_pdf(book(entries(3)), MADE_US)))"
    )
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-c", code],
        capture_output=True, cwd=HOME, text=True, check=False,
    )  # fmt: skip
    if "unshare failed" in done.stderr or "Operation not permitted" in done.stderr:
        pytest.skip("this machine gives no namespace of its own")
    assert int(done.stdout) == len(logbook_pdf(book(entries(3)), MADE_US)), done.stderr


def test_too_much_for_one_document_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compiling, "MOST_BYTES", 100)
    with pytest.raises(TooLarge):
        logbook_pdf(book(entries(2)), MADE_US)


def test_pages_can_be_looked_at_as_pictures():
    told = logbook_told(book(entries(2)), MADE_US)
    shown = pictures("logbook", told, MADE_US, 20.0)
    assert len(shown) == 2
    assert all(each.startswith(b"\x89PNG") for each in shown)


def test_steps_are_round():
    assert round_step(87.0, 5) == 20.0
    assert round_step(0.0031, 4) == 0.001
    assert round_step(float("nan"), 4) == 1.0
    assert round_down(187.0) == 100.0
    assert ticks(0.0, 10.0, 5) == ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], 0)


def test_a_map_keeps_proportion_north_and_scale():
    here, there = (8.0, 47.0), (8.01, 47.0)
    found = map_svg([Area([[here, there, (8.0, 47.005)]])], [Line([here, there])], [Dot(here, '<start> & "end"')])
    assert "&lt;start&gt; &amp;" in found
    assert ">N</text>" in found
    assert ">200 m</text>" in found  # 759 m wide
    assert found.count("°</text>") >= 4


def test_a_map_of_one_place_and_one_across_the_antimeridian_are_drawn_small():
    assert ">10 m</text>" in map_svg(dots=[Dot((8.0, 47.0))])
    across = map_svg(lines=[Line([(179.999, 10.0), (-179.999, 10.0)])])
    assert "km</text>" not in across
    assert map_svg(lines=[Line([(float("nan"), 1.0)])]) == ""
