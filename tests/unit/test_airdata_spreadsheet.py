"""AirData CSV that a spreadsheet saved again, with semicolons and perhaps decimal commas."""

import math

import pytest

from groundside.decode.format import Options
from groundside.decode.formats.airdata_csv import FORMAT
from groundside.model.decoded import Decoded

NAMES = ("time(millisecond)", "datetime(utc)", "latitude", "longitude", "ascent(feet)", "satellites", "message")
ROWS = (
    ("0", "2031-02-03 04:05:06", "10.5", "-20.25", "100.5", "12", ""),
    ("100", "2031-02-03 04:05:06", "10.125", "-20.125", "1e2", "12", "Careful, wind"),
    ("200", "2031-02-03 04:05:06", "10.25", "-20.5", "101", "13", ""),
)


def table(*rows: tuple[str, ...], separator: str = ";") -> bytes:
    return "\r\n".join(separator.join(row) for row in (NAMES, *rows, ())).encode()


def with_commas(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(c if ":" in c else c.replace(".", ",") for c in row) for row in rows)


def read(raw: bytes) -> Decoded:
    assert FORMAT.recognises(raw[:65536])
    return FORMAT.decode(memoryview(raw), Options())


def said(decoded: Decoded) -> str:
    return " ".join(decoded.facts["inferences"])


def column(decoded: Decoded, name: str) -> list:
    return decoded.tables["rows"].column(name).to_pylist()


PLAIN = [(*row[:-1], "") for row in ROWS]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("commas", [False, True])
def test_semicolons_give_the_same_table_as_commas_and_it_is_said(commas, mark):
    rows = with_commas(ROWS) if commas else ROWS
    ours, plain = read(mark + table(*rows)), read(table(*PLAIN, separator=","))
    for name in ("time_ms", "datetime_utc", "latitude", "longitude", "ascent_m", "satellites"):
        assert column(ours, name) == column(plain, name), name
    assert column(ours, "message") == [None, "Careful, wind", None]
    assert ours.account.skipped == 0 and not ours.problems
    assert "semicolons" in said(ours) and ("decimal commas" in said(ours)) == commas
    assert not plain.facts["inferences"]
    assert FORMAT.recording(ours).start_us == FORMAT.recording(plain).start_us


def test_a_short_row_and_a_quoted_semicolon_spoil_no_other_row():
    rows = [ROWS[0], ("100", "x"), (*ROWS[1][:-1], '"Careful; wind\nand ""rain"""'), ROWS[2]]
    raw = table(*rows)
    decoded = read(raw)
    assert column(decoded, "message") == [None, 'Careful; wind\nand "rain"', None]
    (problem,) = decoded.problems
    assert raw[problem.offset : problem.offset + problem.length] == b"100;x\r\n"


def test_a_stray_quote_between_semicolons_costs_no_row():
    decoded = read(table(ROWS[0], (*ROWS[1][:-1], '"never closed'), ROWS[2]))
    assert column(decoded, "time_ms") == [0, 100, 200]


def test_degrees_tell_a_decimal_comma_even_before_three_digits():
    decoded = read(table(("0", "", "10,125", "-20,250", "1,500", "12", "")))
    assert column(decoded, "latitude") == [10.125]
    assert column(decoded, "ascent_m") == [pytest.approx(1.5 * 0.3048)]


def test_a_point_among_decimal_commas_is_no_number_because_it_may_group_thousands():
    decoded = read(table(*with_commas(ROWS), ("300", "", "10,5", "20,5", "1.234", "12", "")))
    assert math.isnan(column(decoded, "ascent_m")[-1]) and not math.isnan(column(decoded, "ascent_m")[0])
    assert any("'1.234'" in p.what for p in decoded.problems)


def test_points_and_commas_in_one_file_are_a_problem_and_only_points_are_read():
    decoded = read(table(ROWS[0], with_commas(ROWS)[1]))
    assert column(decoded, "latitude")[0] == 10.5 and math.isnan(column(decoded, "latitude")[1])
    assert any("some a decimal point" in p.what for p in decoded.problems)
    assert any("'10,125'" in p.what for p in decoded.problems)


def test_commas_that_may_group_thousands_are_a_problem_and_not_read():
    decoded = read(table(("0", "", "10", "20", "1,234", "12", "")))
    assert math.isnan(column(decoded, "ascent_m")[0]) and column(decoded, "latitude") == [10]
    assert any("group thousands" in p.what for p in decoded.problems)


def test_other_tables_with_semicolons_are_not_taken_for_airdatas():
    assert not FORMAT.recognises(b"time;latitude;longitude\n0;1;2\n")
    assert not FORMAT.recognises(b"time(millisecond);latitude,longitude\n0;1;2\n")
