"""Logbooks of others come in, ours go out: CSV and calendars."""

from __future__ import annotations

import csv
import io
from datetime import date

import icalendar
import pytest

from groundside.archive.current import WhoMayFly
from groundside.archive.people import PersonRecord
from groundside.decode.format import Options
from groundside.decode.formats.flight_entry import FORMAT
from groundside.errors import BadRequest
from groundside.model.pilot import Currency, Held, Person, Rule, Standing, Verdict
from groundside.produce.logbook.imported import ImportedRow, ImportProblem, Mapped, imported
from groundside.see.cli.dates import hours_ms, hours_words, moment_us
from groundside.see.days import day_of
from groundside.see.ical import expiries
from groundside.see.logbook_csv import _safe

PLAIN = Mapped(columns={})


def one(text: str, **how: object) -> ImportedRow | ImportProblem:
    [found] = imported(text, Mapped(**{"columns": {}, **how}))  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("heads", "cells", "how", "seconds"),
    [
        ("date,duration", "2026-05-01,1:30", {}, 5400),
        ("date,duration", "2026-05-01,0:01:30.5", {}, 90.5),
        ("date,duration", "2026-05-01,12:30", {"unit": "minutes"}, 750),
        ("date,duration", "2026-05-01,1.5", {"unit": "hours"}, 5400),
        ("date;duration", "2026-05-01;1,5", {"unit": "hours"}, 5400),
        ("start,end", "2026-05-01T10:00,2026-05-01T10:12", {}, 720),
        ("Day,Length", "05/01/2026,90", {"unit": "seconds", "dates": "%m/%d/%Y",
                                        "columns": {"date": "Day", "duration": "Length"}}, 90),
    ],
)  # fmt: skip
def test_durations_and_dates_are_read_as_they_were_said_to_be(
    heads: str, cells: str, how: dict[str, object], seconds: float
):
    found = one(f"{heads}\n{cells}\n", **how)
    assert isinstance(found, ImportedRow), found
    assert (found.day, found.seconds) == ("2026-05-01", seconds)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ("05/01/2026,1:00", "say its form with --dates"),
        ("2026-05-01,90", "say it with --unit"),
        ("2026-05-01,-1:00", "no duration"),
        ("2026-05-01,nan", "unit|no duration"),
        ("2026-05-01,", "how long"),
        ("2026-05-01,9999:00", "cannot be"),
        ("0001-01-01,1:00", "1900"),
    ],
)
def test_what_cannot_be_told_is_said_of_its_row_and_never_guessed(cells: str, says: str):
    found = one(f"date,duration\n{cells}\n")
    assert isinstance(found, ImportProblem)
    assert found.row == 2
    assert any(part in found.what for part in says.split("|")), found.what


def test_times_are_of_the_zone_that_was_named():
    found = one("date,time,duration\n2026-05-01,10:00,0:10\n", zone="Europe/Zurich")
    assert isinstance(found, ImportedRow)
    assert found.start_us == moment_us("2026-05-01T08:00Z") == moment_us("2026-05-01T10:00", "Europe/Zurich")


def test_a_column_that_is_not_there_is_refused_with_the_nearest():
    with pytest.raises(BadRequest) as caught:
        list(imported("Datum,Dauer\n1,2\n", Mapped(columns={"date": "Datun", "duration": "Dauer"})))
    assert "'Datum'" in str(caught.value)


def test_an_entry_is_read_whole_or_not_at_all():
    good = b'{"groundside_flight":1,"start_us":1780000000000000,"seconds":60}'
    recording = FORMAT.recording(FORMAT.decode(memoryview(good), Options()))
    assert (recording.airborne_s, recording.landing_us) == (60.0, 1780000060000000)
    for bad in (
        good[:-1],
        good.replace(b"60}", b"-1}"),
        good.replace(b"60}", b"1e999}"),
        good.replace(b"start_us", b"start"),
    ):
        decoded = FORMAT.decode(memoryview(bad), Options())
        assert decoded.problems
        assert FORMAT.recording(decoded).duration_s is None


def test_a_calendar_of_what_lapses_is_read_by_another_program():
    person = Person(id="p1", name="Ann; Bo, O'Neil \\ Ünï", zone="UTC")
    rule = Rule(id="r", title="Proof " + "of long training " * 9, authority="", allows="", needs=Held(any_of=("k",)))
    lasting = Standing(
        rule="r", pilot="p1", subject="", verdict=Verdict.CURRENT, because="so, and so", until=date(2028, 2, 29)
    )
    gone = Standing(rule="r", pilot="p1", subject="", verdict=Verdict.LAPSED, because="", until=date(2020, 1, 1))
    forever = Standing(rule="r", pilot="p1", subject="", verdict=Verdict.CURRENT, because="", until=None)
    found = WhoMayFly(
        Currency(on=date(2026, 1, 1), standings=(lasting, gone, forever), lapsing=()),
        (PersonRecord(person),),
        (rule,),
        10**15,
    )
    raw = expiries(found, "archive")
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    [event] = icalendar.Calendar.from_ical(raw).walk("VEVENT")
    assert event.decoded("DTSTART") == date(2028, 2, 29)
    assert event.decoded("DTEND") == date(2028, 3, 1)
    assert str(event["SUMMARY"]) == f"Lapses: {person.name}: {rule.title}"
    assert raw == expiries(found, "archive"), "the same thing has the same UID"
    assert event["UID"] != icalendar.Calendar.from_ical(expiries(found, "other")).walk("VEVENT")[0]["UID"]


def test_no_cell_is_a_formula_to_a_spreadsheet():
    stream = io.StringIO()
    csv.writer(stream).writerow([_safe(cell) for cell in ("=1+1", "@a", "-2", "a=b", "")])
    assert stream.getvalue() == "'=1+1,'@a,'-2,a=b,\r\n"


def test_hours_and_days_are_read_as_people_write_them():
    assert (hours_ms("120:30"), hours_ms("0.5"), hours_ms("")) == (433_800_000, 1_800_000, None)
    assert (hours_words(433_800_000), hours_words(None)) == ("120:30", "–")
    for wrong in (
        lambda: hours_ms("-1"),
        lambda: hours_ms("x"),
        lambda: day_of("1.5.2026"),
        lambda: moment_us("2026-05-01", "Mars"),
    ):
        with pytest.raises(BadRequest):
            wrong()
