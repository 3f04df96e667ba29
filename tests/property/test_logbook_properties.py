"""Whatever was flown, hours add up; whatever is obtained, it lapses at one midnight."""

from dataclasses import fields, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.model.logbook import Basis, CarriedOver, Grouping, Hours, LogbookLine, LoggedFlight, Sight, Totals
from groundside.model.pilot import Flown, Period, Pilot, Rule, Unit, Verdict
from groundside.model.place import LonLat
from groundside.produce.logbook.currency import Records, standings
from groundside.produce.logbook.hours import totals
from groundside.produce.logbook.lines import lines
from groundside.produce.logbook.local_days import local_date, midnight_us
from groundside.produce.logbook.validity import valid_through

WORDS = st.sampled_from(["", "a", "b", "c"])
DATES = st.dates(date(2019, 1, 1), date(2030, 12, 31))
TIMES = st.one_of(st.none(), st.integers(1_500_000_000_000_000, 1_900_000_000_000_000))
LENGTHS = st.one_of(st.none(), st.floats(-1.0, 30_000.0), st.just(float("nan")))
ZONES = st.sampled_from(["", "UTC", "America/Chicago", "America/Anchorage", "Asia/Kathmandu", "Nowhere/Land"])
PLACES = st.one_of(st.none(), st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90)))


@st.composite
def flights(draw: st.DrawFn) -> LoggedFlight:
    start, length = draw(TIMES), draw(LENGTHS)
    ends = None if start is None or draw(st.booleans()) else start + draw(st.integers(-1, 20_000_000_000))
    return LoggedFlight(
        id=str(draw(st.integers(0, 30))),
        pilot=draw(WORDS),
        aircraft=draw(WORDS),
        type=draw(WORDS),
        purpose=draw(WORDS),
        sight=draw(st.sampled_from(Sight)),
        simulated=draw(st.booleans()),
        takeoff_us=start if draw(st.booleans()) else None,
        landing_us=ends,
        airborne_s=length,
        recording_start_us=draw(TIMES),
        recording_s=draw(LENGTHS),
        local_start=draw(st.sampled_from(["", "2024-02-29T10:00:00", "nonsense"])),
        place=draw(PLACES),
        zone=draw(ZONES),
    )


CARRIED = st.builds(
    lambda as_of, total, night, word: CarriedOver(
        id="book", pilot="a", as_of=as_of, total_ms=total + night, night_ms=night, type=word
    ),
    DATES,
    st.integers(0, 10**9),
    st.integers(0, 10**8),
    WORDS,
)


def parts(hours: Hours) -> tuple[int, int]:
    light = hours.day_ms + hours.twilight_ms + hours.night_ms + hours.unknown_light_ms
    return light, hours.within_sight_ms + hours.beyond_sight_ms + hours.unknown_sight_ms


def left_out(found: Totals) -> list[str]:
    return [out.flight_id for out in (*found.unknown, *found.covered, *found.doubtful)]


@settings(deadline=None, max_examples=40)
@given(st.lists(flights(), max_size=20), st.lists(CARRIED, max_size=1))
def test_every_grouping_adds_up_to_the_same_and_every_flight_is_counted_or_named(
    flown: list[LoggedFlight], before: list[CarriedOver]
) -> None:
    book = lines(flown, "Europe/Zurich")
    found = {by: totals(book, before, by) for by in Grouping}
    first = found[Grouping.DAY]
    once = {one.flight.id: one for one in reversed(book)}
    for by, sums in found.items():
        assert sums.by is by
        assert (sums.flown.whole, sums.simulated.whole) == (first.flown.whole, first.simulated.whole)
        assert left_out(sums) == left_out(first)
        for part in (sums.flown, sums.simulated):
            for field in fields(Hours):
                assert sum(getattr(h, field.name) for _, h in part.groups) == getattr(part.whole, field.name)
            for _, hours in part.groups:
                assert parts(hours) == (hours.total_ms, hours.total_ms)
                assert min(getattr(hours, field.name) for field in fields(Hours)) >= 0
    counted = first.flown.whole.flights + first.simulated.whole.flights
    assert counted + len(left_out(first)) == len(once)
    assert len(book) == len(once) + len(first.repeated)
    in_sum = [one for name, one in once.items() if name not in left_out(first)]
    carried_ms = sum(one.total_ms for one in before)
    assert first.flown.whole.total_ms + first.simulated.whole.total_ms == carried_ms + sum(
        one.total_ms or 0 for one in in_sum
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(DATES, max_size=12), CARRIED)
def test_hours_carried_over_from_the_flights_themselves_change_no_total(days: list[date], book: CarriedOver) -> None:
    """Whatever the date, closing the logbook on it and carrying its hours over gives the same whole."""
    flown = [
        LogbookLine(
            flight=LoggedFlight(id=str(n), pilot="a"), date=day, total_ms=n * 1000, basis=Basis.AIRBORNE, light=None
        )
        for n, day in enumerate(days, start=1)
    ]
    held = sum(one.total_ms or 0 for one in flown if one.date is not None and one.date < book.as_of)
    closed = replace(book, type="", total_ms=held, night_ms=None)
    assert (
        totals(flown, [closed], Grouping.DAY).flown.whole.total_ms
        == totals(flown, [], Grouping.DAY).flown.whole.total_ms
    )


@settings(deadline=None)
@given(DATES, st.integers(1, 400), st.sampled_from(Unit))
def test_what_is_obtained_later_never_lapses_earlier(obtained: date, count: int, unit: Unit) -> None:
    period = Period(count, unit)
    until = valid_through(obtained, period)
    assert until >= obtained
    assert valid_through(obtained + timedelta(days=1), period) >= until
    assert valid_through(obtained, Period(count + 1, unit)) > until


@settings(deadline=None)
@given(
    DATES, st.sampled_from(["America/Chicago", "Europe/Zurich", "Asia/Beirut", "America/Asuncion", "Asia/Kathmandu"])
)
def test_a_local_day_begins_where_the_date_changes(day: date, zone: str) -> None:
    start_us = midnight_us(day, zone)
    assert local_date(start_us, zone) == day
    assert local_date(start_us - 1, zone) == day - timedelta(days=1)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 60), st.booleans(), st.booleans()), max_size=10),
    st.integers(1, 4),
    st.integers(1, 30),
)
def test_a_rule_is_met_on_the_days_on_which_enough_flights_lie_in_the_days_before(
    flown: list[tuple[int, bool, bool]], count: int, days: int
) -> None:
    first, pilot = date(2024, 2, 1), Pilot(id="a", name="", zone="UTC")
    book = [
        LogbookLine(
            flight=LoggedFlight(id=str(n), pilot="a" if own else "b", simulated=simulated),
            date=first + timedelta(days=after),
            total_ms=1,
            basis=Basis.AIRBORNE,
            light=None,
        )
        for n, (after, own, simulated) in enumerate(flown)
    ]
    needs, within = Flown(count=count), Period(days, Unit.DAYS)
    rule = Rule(id="r", title="", authority="", allows="", needs=needs, within=within)
    for after in range(0, 100, 7):
        on = first + timedelta(days=after)
        (found,) = standings(pilot, Records(lines=book), [rule], on)
        real = [day for day, own, simulated in flown if own and not simulated]
        enough = sum(0 <= after - day <= days for day in real) >= count
        assert (found.verdict is Verdict.CURRENT) is enough
        assert len(found.rests_on) == (count if found.until is not None else len([d for d in real if d <= after]))
