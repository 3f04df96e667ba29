"""The logbook on paper: what is printed adds up, on every page and from page to page."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from groundside.archive.people import PersonRecord
from groundside.errors import TooLarge
from groundside.model.assignment import Field
from groundside.model.logbook import Basis, LogbookLine
from groundside.see.report import logbook as printing
from groundside.see.report.logbook import LIMITS, logbook_pdf, logbook_told, spans
from groundside.see.report.logbook_lines import ROWS_A_PAGE, Seconds, lines_of, pages_of
from tests.logbooks import certificate
from tests.reports import ANN, BOB, MADE_US, before, book, entries, entry, pages, signed

WHEN = datetime(2026, 5, 1, 18, tzinfo=UTC)
TIMES = slice(10, 17)


def seconds_of(words: str) -> int:
    if words in {"", "–"}:
        return 0
    hours, minutes, rest = words.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def columns(cells: list[str]) -> list[int]:
    return [seconds_of(each) for each in cells]


@pytest.mark.parametrize(("count", "seed"), [(0, 1), (1, 2), (ROWS_A_PAGE, 3), (ROWS_A_PAGE + 1, 4), (133, 5)])
def test_every_printed_total_is_the_sum_of_what_is_printed_and_is_carried_to_the_next_page(count: int, seed: int):
    told = logbook_told(book(entries(count, seed), [before()]), MADE_US)
    carried = columns(told["before"][0][1:])
    assert carried[0] == 7230 * 60
    for page in told["pages"]:
        brought, here, to_date = (columns(each[2:]) for each in page["sums"])
        assert brought == carried
        assert here == [sum(column) for column in zip(*(columns(row[TIMES]) for row in page["rows"]), strict=True)] or (
            not page["rows"] and not any(here)
        )
        assert to_date == [a + b for a, b in zip(brought, here, strict=True)]
        carried = to_date
    assert columns(told["whole"]) == carried
    assert len(told["pages"]) == max(1, -(-count // ROWS_A_PAGE))


def test_each_line_is_day_twilight_night_and_unknown_and_simulated_time_is_in_no_other_column():
    told = logbook_told(book(entries(120)), MADE_US)
    rows = [columns(row[TIMES]) for page in told["pages"] for row in page["rows"]]
    assert any(row[-1] for row in rows)
    for total, *parts, beyond, simulated in rows:
        assert total == sum(parts)
        assert beyond in {0, total}
        assert not (simulated and total)


def test_printed_sums_are_as_near_to_the_exact_ones_as_rounding_to_seconds_allows():
    of = book(entries(300), [before()])
    told = logbook_told(of, MADE_US)
    exact = of.totals.flown.whole.total_ms / 1000
    assert abs(columns(told["whole"])[0] - exact) <= 300 * 0.5 * 2
    assert (
        told["exact"]
        == f"{int(exact) // 3600}:{int(exact) % 3600 // 60:02}:{int(exact) % 60:02}.{of.totals.flown.whole.total_ms % 1000:03}"
    )


def test_earlier_flights_are_brought_forward_and_numbers_go_on():
    of = entries(50)
    first = of[30].line.date
    whole = logbook_told(book(of), MADE_US)
    part = logbook_told(book(of), MADE_US, first)
    shown = [row for page in part["pages"] for row in page["rows"]]
    assert shown[0][1] == first.isoformat()
    assert part["whole"] == whole["whole"]
    assert int(shown[0][0]) == 50 - len(shown) + 1
    assert any(columns(part["pages"][0]["sums"][0][2:]))


def test_a_flight_in_no_sum_is_shown_with_the_reason_and_counts_nowhere():
    known, unknown = entry(1, WHEN, 600.0), entry(2, WHEN + timedelta(days=1), 600.0)
    lost = LogbookLine(
        flight=unknown.line.flight, date=unknown.line.date, total_ms=None, basis=Basis.UNKNOWN, light=None
    )
    told = logbook_told(book([known, type(unknown)(lost, unknown.said, unknown.place, unknown.takeoff_us)]), MADE_US)
    rows = told["pages"][0]["rows"]
    assert rows[1][TIMES] == ["–", "", "", "", "", "", ""]
    assert columns(told["whole"])[0] == 600
    assert ["1", "In no sum: nobody knows how long it was.", "2"] in told["notes"]
    assert told["cover"]["facts"][3][1] == "2 flights, 1 of them in no sum"


def test_clocks_are_local_with_their_distance_from_utc_through_the_change_to_summer_time():
    winter, summer = (
        entry(1, datetime(2026, 1, 10, 18, tzinfo=UTC), 600.0),
        entry(2, datetime(2026, 7, 10, 18, tzinfo=UTC), 600.0),
    )
    rows = logbook_told(book([winter, summer]), MADE_US)["pages"][0]["rows"]
    assert rows[0][2:5] == ["12:00", "12:10", "-06:00"]
    assert rows[1][2:5] == ["13:00", "13:10", "-05:00"]


def test_a_flight_of_which_only_the_wall_clock_is_known_shows_that():
    of = entry(1, WHEN, 600.0, takeoff_us=None, landing_us=None, local_start="2026-05-01T09:41:07", zone="")
    rows = logbook_told(book([of]), MADE_US)["pages"][0]["rows"]
    assert rows[0][2:5] == ["09:41", "", "local"]


def test_what_does_not_fit_its_column_stands_in_full_among_the_notes():
    place = "A place with a name that goes on and on and on until nobody reads it any more"
    told = logbook_told(book([entry(1, WHEN, 600.0, place=place)]), MADE_US)
    assert len(told["pages"][0]["rows"][0][5]) <= LIMITS["place"]
    assert told["pages"][0]["rows"][0][5].endswith("…")
    assert ["1", f"Place in full: {place}", "1"] in told["notes"]


def test_the_same_note_is_printed_once_with_its_lines():
    told = logbook_told(book(entries(30)), MADE_US)
    assert told["notes"] == [["1", "The light was told from the place of take-off.", "1, 8, 15, 22, 29"]]
    assert spans([1, 2, 3, 7, 9, 10]) == "1–3, 7, 9–10"


def test_the_book_of_all_pilots_names_who_flew():
    of = [entry(1, WHEN, 600.0, said={Field.PIC: BOB.id})]
    told = logbook_told(book(of, pilot=None), MADE_US)
    assert told["crew"] == "Pilot, observers"
    assert told["pages"][0]["rows"][0][8] == BOB.name


def test_signed_months_and_certificates_are_printed():
    holds = [PersonRecord(ANN, (certificate("part-107-initial-test", date(2025, 3, 1)),)), PersonRecord(BOB)]
    told = logbook_told(
        book(entries(2), signed=(signed(), signed("2024-02", ("flight abc was changed",)))), MADE_US, None, holds
    )
    assert told["cover"]["certificates"] == [["part-107-initial-test", "–", "2025-03-01", "–"]]
    assert [each["stands"] for each in told["signed"]] == [True, False]
    assert told["signed"][0]["digest"] == "ab" * 32


def test_pages_of_paper_are_as_many_as_pages_of_lines_and_a_summary():
    assert pages(logbook_pdf(book(entries(3 * ROWS_A_PAGE)), MADE_US)) == 4


def test_carried_hours_that_hold_a_flight_are_not_counted_twice():
    early = entry(1, datetime(2023, 5, 1, 18, tzinfo=UTC), 600.0)
    told = logbook_told(book([early], [before()]), MADE_US)
    assert columns(told["whole"])[0] == 7230 * 60
    assert "hold it already" in told["notes"][0][1]


def test_too_many_flights_for_one_document_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(printing, "MOST_FLIGHTS", 3)
    of = entries(5)
    with pytest.raises(TooLarge):
        logbook_told(book(of), MADE_US)
    assert logbook_told(book(of), MADE_US, of[-1].line.date)["pages"]  # what is only brought forward does not count


def test_pages_add_up_whatever_is_on_them():
    pick = random.Random(7)
    of = lines_of(entries(77, 9), book(entries(77, 9)).totals)
    for rows in (1, 7, 77, 100):
        start = Seconds(flights=3, total=pick.randrange(10_000), day=5)
        found = pages_of(of, start, rows)
        assert found[-1].to_date == sum((line.seconds for line in of), start)
        assert sum(len(each.lines) for each in found) == 77


def test_flights_are_parted_by_their_local_day_even_where_a_later_one_has_an_earlier_day():
    # Across the date line the flight that is later in time is of the day before.
    of = [entry(1, WHEN, 600.0), entry(2, WHEN + timedelta(hours=1), 300.0)]
    earlier = replace(of[1], line=replace(of[1].line, date=WHEN.date() - timedelta(days=1)))
    told = logbook_told(book([of[0], earlier]), MADE_US, WHEN.date())
    assert [row[0] for row in told["pages"][0]["rows"]] == ["1"]
    assert columns(told["pages"][0]["sums"][0][2:])[0] == 300
    assert columns(told["whole"])[0] == 900


def test_simulated_hours_that_are_carried_over_are_brought_forward_as_simulated():
    told = logbook_told(book(entries(3), [replace(before(90), simulated=True, day_ms=None, night_ms=None)]), MADE_US)
    assert columns(told["before"][0][1:]) == [0, 0, 0, 0, 0, 0, 90 * 60]
