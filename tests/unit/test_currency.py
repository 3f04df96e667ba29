"""Who may fly what, and the midnight at which that ends."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from groundside.errors import BadRequest
from groundside.model.logbook import Basis, LogbookLine
from groundside.model.pilot import Currency, Flown, Held, Period, Pilot, Qualification, Rule, Standing, Unit, Verdict
from groundside.produce.logbook.currency import Records, currency, standings
from groundside.produce.logbook.lines import lines
from groundside.produce.logbook.rule_files import chosen, joined, parse, shipped
from groundside.produce.logbook.validity import valid_through
from tests.conftest import REPOSITORY
from tests.logbook_builders import flight, line, utc_us

ANN = Pilot(id="ann", name="Ann", zone="America/Chicago")
DAY = timedelta(days=1)
EASA = REPOSITORY / "examples" / "rules" / "easa-open.toml"
EVERY = joined([*shipped(), *parse(EASA.read_text(), EASA.name)])
"""The shipped rules, and those that an owner may add."""


def held(kind: str, obtained: date, name: str = "q1", expires: date | None = None) -> Qualification:
    return Qualification(id=name, pilot="ann", kind=kind, obtained=obtained, expires=expires)


def asked(rule: str, on: date, *records: Qualification | LogbookLine, pilot: Pilot = ANN) -> list[Standing]:
    """What a shipped rule says of a pilot on a date."""
    known = Records(
        [one for one in records if isinstance(one, Qualification)],
        [one for one in records if isinstance(one, LogbookLine)],
    )
    found = standings(pilot, known, chosen(EVERY, [rule]), on)
    return [standing for standing in found if standing.rule == rule]


def verdict(rule: str, on: date, *records: Qualification | LogbookLine) -> Verdict:
    (standing,) = asked(rule, on, *records)
    return standing.verdict


def test_every_shipped_rule_says_where_it_is_published_and_when_and_where_that_was_looked_up():
    assert len(shipped()) == 4
    for rule in shipped():
        assert rule.source is not None, rule.id
        assert rule.source.url.startswith("https://")
        assert rule.source.where
        assert rule.verified is not None
        assert rule.verified >= date(2026, 11, 22)
        assert rule.read
        assert rule.authority
        assert rule.note


@pytest.mark.parametrize(
    ("obtained", "last"),
    [
        (date(2024, 1, 1), date(2026, 1, 31)),
        (date(2024, 1, 31), date(2026, 1, 31)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2022, 2, 1), date(2024, 2, 29)),
        (date(2024, 12, 31), date(2026, 12, 31)),
        (date(2025, 11, 1), date(2027, 11, 30)),
    ],
)
@pytest.mark.parametrize("kind", ["part-107-initial-test", "part-107-recurrent-training", "part-61-training"])
def test_part_107_knowledge_lasts_to_the_end_of_the_24th_calendar_month(kind: str, obtained: date, last: date):
    record = held(kind, obtained)
    (standing,) = asked("faa-107-recency", last, record)
    assert (standing.verdict, standing.until, standing.rests_on) == (Verdict.CURRENT, last, ("q1",))
    assert str(obtained) in standing.because
    assert verdict("faa-107-recency", last + DAY, record) is Verdict.LAPSED
    assert verdict("faa-107-recency", obtained, record) is Verdict.CURRENT
    assert verdict("faa-107-recency", obtained - DAY, record) is Verdict.NEVER


def test_a_recurrent_training_before_the_month_ends_begins_24_new_months():
    records = (
        held("part-107-initial-test", date(2024, 1, 20)),
        held("part-107-recurrent-training", date(2026, 1, 31), "q2"),
    )
    (standing,) = asked("faa-107-recency", date(2026, 2, 1), *records)
    assert (standing.until, standing.rests_on) == (date(2028, 1, 31), ("q2",))


def test_part_107_at_night_needs_knowledge_from_after_6_april_2021_and_that_it_is_current():
    on_the_day = held("part-107-recurrent-training", date(2021, 4, 6))
    day_after = held("part-107-recurrent-training", date(2021, 4, 7))
    assert verdict("faa-107-night", date(2021, 5, 1), on_the_day) is Verdict.NEVER
    assert verdict("faa-107-night", date(2021, 5, 1), day_after) is Verdict.CURRENT
    (last,) = asked("faa-107-night", date(2023, 4, 30), day_after)
    assert (last.verdict, last.until) == (Verdict.CURRENT, date(2023, 4, 30))
    (over,) = asked("faa-107-night", date(2023, 5, 1), day_after)
    assert over.verdict is Verdict.LAPSED
    assert over.because.startswith("faa-107-recency: ")


@pytest.mark.parametrize(
    ("rule", "kind"), [("easa-a1-a3", "easa-a1-a3-examination"), ("easa-a2", "easa-a2-certificate")]
)
@pytest.mark.parametrize(
    ("obtained", "last"),
    [
        (date(2021, 3, 10), date(2026, 3, 10)),
        (date(2024, 2, 29), date(2029, 2, 28)),
        (date(2023, 2, 28), date(2028, 2, 28)),
        (date(2020, 12, 31), date(2025, 12, 31)),
    ],
)
def test_certificates_of_the_open_category_last_five_years_to_the_same_date(
    rule: str, kind: str, obtained: date, last: date
):
    assert verdict(rule, last, held(kind, obtained)) is Verdict.CURRENT
    assert verdict(rule, last + DAY, held(kind, obtained)) is Verdict.LAPSED


@pytest.mark.parametrize(("rule", "kind"), [("easa-a1-a3", "easa-a1-a3"), ("easa-a2", "easa-a2")])
def test_a_refresher_prolongs_only_what_has_not_lapsed(rule: str, kind: str):
    first = held(f"{kind}-examination" if kind == "easa-a1-a3" else f"{kind}-certificate", date(2021, 3, 10))
    in_time, late = (held(f"{kind}-refresher", date(2026, 3, day), "r") for day in (10, 11))
    assert verdict(rule, date(2031, 3, 10), first, in_time) is Verdict.CURRENT
    assert verdict(rule, date(2031, 3, 11), first, in_time) is Verdict.LAPSED
    assert verdict(rule, date(2026, 3, 11), first, late) is Verdict.LAPSED
    assert verdict(rule, date(2026, 3, 11), late) is Verdict.NEVER


def test_the_date_printed_on_a_certificate_goes_before_the_reckoned_one():
    record = held("easa-a2-certificate", date(2021, 3, 10), expires=date(2026, 3, 9))
    assert verdict("easa-a2", date(2026, 3, 9), record) is Verdict.CURRENT
    assert verdict("easa-a2", date(2026, 3, 10), record) is Verdict.LAPSED


@pytest.mark.parametrize(
    ("flown", "last"),
    [
        (date(2026, 1, 1), date(2026, 4, 1)),
        (date(2024, 1, 1), date(2024, 3, 31)),
        (date(2025, 12, 2), date(2026, 3, 2)),
    ],
)
def test_three_flights_count_for_the_90_days_after_the_third_last(flown: date, last: date):
    book = [line(str(n), flown + n * DAY) for n in range(3)] + [line("old", flown - 500 * DAY)]
    (standing,) = asked("doi-flight-proficiency", last, *book)
    assert (standing.verdict, standing.until, standing.subject) == (Verdict.CURRENT, last, "quad")
    assert set(standing.rests_on) == {"0", "1", "2"}
    assert verdict("doi-flight-proficiency", last + DAY, *book) is Verdict.LAPSED
    assert verdict("doi-flight-proficiency", last, *book[:2]) is Verdict.NEVER


@pytest.mark.parametrize(
    ("flown", "last"), [(date(2024, 2, 29), date(2025, 2, 28)), (date(2025, 8, 31), date(2026, 8, 31))]
)
def test_one_flight_keeps_a_type_for_twelve_months(flown: date, last: date):
    assert verdict("doi-flight-currency", last, line("1", flown)) is Verdict.CURRENT
    assert verdict("doi-flight-currency", last + DAY, line("1", flown)) is Verdict.LAPSED


def test_each_type_stands_for_itself():
    on = date(2026, 6, 1)
    book = [line(str(n), on - DAY) for n in range(3)] + [line(f"w{n}", on - 91 * DAY, type="wing") for n in range(3)]
    found = {one.subject: one.verdict for one in asked("doi-flight-proficiency", on, *book)}
    assert found == {"quad": Verdict.CURRENT, "wing": Verdict.LAPSED}


def test_simulated_flights_and_those_of_others_do_not_count():
    on = date(2026, 6, 1)
    book = [line("1", on), line("2", on), line("3", on, simulated=True), line("4", on, pilot="bo")]
    assert verdict("doi-flight-proficiency", on, *book) is Verdict.NEVER


def test_where_it_depends_on_a_flight_that_nobody_can_date_the_answer_is_unknown():
    on = date(2026, 6, 1)
    (standing,) = asked("doi-flight-proficiency", on, line("1", on), line("2", on), line("3", None))
    assert (standing.verdict, standing.doubtful) == (Verdict.UNKNOWN, ("3",))
    assert verdict("doi-flight-proficiency", on, line("1", on), line("3", None)) is Verdict.NEVER
    of_no_type = [line(str(n), on, type="") for n in range(3)]
    (standing,) = asked("doi-flight-proficiency", on, *of_no_type)
    assert (standing.verdict, standing.subject) == (Verdict.UNKNOWN, "")


def test_a_flight_counts_on_the_date_of_its_place_and_lapses_at_the_pilots_midnight():
    """21:30 on 31 December in Chicago is already 2026 in UTC; and the day ends when it ends in Chicago."""
    start_us = utc_us(2026, 1, 1, 3, 30)
    book = lines([flight(str(n), start_us=start_us + n * 60_000_000, type="quad") for n in range(3)], "UTC")
    (standing,) = asked("doi-flight-proficiency", date(2026, 1, 5), *book)
    assert standing.until == date(2026, 3, 31)
    assert standing.lapses_us == utc_us(2026, 4, 1, 5)
    (standing,) = asked("doi-flight-proficiency", date(2026, 1, 5), *book, pilot=replace(ANN, zone="Europe/Zurich"))
    assert standing.lapses_us == utc_us(2026, 3, 31, 22)


def test_a_pilots_time_zone_has_to_be_one():
    with pytest.raises(BadRequest, match="no time zone"):
        asked(
            "easa-a2", date(2026, 1, 1), held("easa-a2-certificate", date(2025, 1, 1)), pilot=replace(ANN, zone="Mars")
        )


NIGHT = Rule(
    id="night",
    title="Night practice",
    authority="",
    allows="flying at night",
    needs=Flown(count=2, minutes=8, light="night"),
    within=Period(30, Unit.DAYS),
)


def at(on: date, rule: Rule, *book: LogbookLine) -> Standing:
    (found,) = standings(ANN, Records(lines=book), [rule], on)
    return found


def test_minutes_at_night_are_counted_back_until_they_are_enough():
    on = date(2026, 6, 30)
    dark = [line(f"{n}", on - n * DAY, night=3) for n in range(5)]
    found = at(on, NIGHT, *dark, line("light", on))
    assert (found.verdict, found.rests_on, found.until) == (Verdict.CURRENT, ("0", "1", "2"), date(2026, 7, 28))
    assert at(on, NIGHT, *dark[:2]).verdict is Verdict.NEVER


def test_a_flight_whose_light_is_unknown_makes_night_practice_doubtful():
    on = date(2026, 6, 30)
    unknown = lines([flight("u", place=None, start_us=utc_us(2026, 6, 20))], "UTC")
    found = at(on, NIGHT, line("n", on, night=3), *unknown)
    assert (found.verdict, found.doubtful) == (Verdict.UNKNOWN, ("u",))
    long_ago = lines([flight("u", place=None, start_us=utc_us(2025, 6, 20))], "UTC")
    assert at(on, NIGHT, line("n", on, night=3), *long_ago).verdict is Verdict.NEVER


def test_only_the_aircraft_and_purposes_that_a_rule_names_count():
    rule = replace(NIGHT, needs=Flown(count=1, aircraft=("a1",), purposes=("training",), simulated=True))
    on = date(2026, 6, 30)
    good = line("1", on, purpose="training", simulated=True)
    assert at(on, rule, good).verdict is Verdict.CURRENT
    assert at(on, rule, line("2", on, purpose="training", aircraft="a2")).verdict is Verdict.NEVER
    assert at(on, rule, line("3", on, purpose="survey")).verdict is Verdict.NEVER
    assert at(on, rule, line("4", on, purpose="")).verdict is Verdict.UNKNOWN


def test_a_flight_of_unknown_length_is_doubtful_for_minutes_but_counts_as_a_flight():
    on = date(2026, 6, 30)
    unknown = replace(line("1", on), total_ms=None, light=None, basis=Basis.UNKNOWN)
    assert at(on, replace(NIGHT, needs=Flown(minutes=5)), unknown).verdict is Verdict.UNKNOWN
    assert at(on, replace(NIGHT, needs=Flown(count=1)), unknown).verdict is Verdict.CURRENT


def looked_ahead(days: int) -> Currency:
    on = date(2026, 11, 22)
    records = Records([held("part-107-recurrent-training", date(2025, 1, 5)), held("easa-a2-certificate", on, "q2")])
    return currency([ANN, Pilot(id="bo", name="Bo", zone="UTC")], records, EVERY, on, days)


def test_what_lapses_in_the_days_ahead_is_listed_soonest_first_with_its_midnight():
    on = date(2026, 11, 22)
    records = Records(
        [
            held("part-107-recurrent-training", date(2024, 12, 5)),
            held("easa-a2-certificate", date(2021, 11, 30), "q2"),
            held("easa-a1-a3-examination", date(2022, 1, 1), "q3"),
        ]
    )
    found = currency([ANN], records, EVERY, on, 60)
    assert [(s.rule, s.until) for s in found.lapsing] == [
        ("easa-a2", date(2026, 11, 30)),
        ("faa-107-night", date(2026, 12, 31)),
        ("faa-107-recency", date(2026, 12, 31)),
        ("easa-a1-a3", date(2027, 1, 1)),
    ]
    assert found.lapsing[0].lapses_us == utc_us(2026, 12, 1, 6)
    assert [s.rule for s in currency([ANN], records, EVERY, on, 9).lapsing] == ["easa-a2"]
    assert currency([ANN], records, EVERY, on, 8).lapsing == ()


def test_every_pilot_has_an_answer_to_every_rule():
    found = looked_ahead(60)
    assert {(s.pilot, s.rule) for s in found.standings} == {(p, r.id) for p in ("ann", "bo") for r in EVERY}
    assert all(s.because for s in found.standings)


def test_rules_that_name_each_other_in_a_circle_come_to_an_end():
    rules = [replace(NIGHT, id="a", also=("b",)), replace(NIGHT, id="b", also=("a",), needs=Held(any_of=("x",)))]
    found = standings(ANN, Records(), rules, date(2026, 1, 1))
    assert [s.verdict for s in found] == [Verdict.NEVER, Verdict.NEVER]


def test_a_rule_that_is_asked_for_brings_those_it_depends_on():
    assert [rule.id for rule in chosen(EVERY, ["faa-107-night"])] == ["faa-107-recency", "faa-107-night"]
    with pytest.raises(BadRequest, match="easa-a22") as caught:
        chosen(EVERY, ["easa-a22"])
    assert "'easa-a2'" in str(caught.value)


def test_a_period_beyond_the_calendar_ends_with_it():
    for unit in Unit:
        assert valid_through(date(9999, 12, 1), Period(36_525, unit)) == date.max


OWN = """
[[rule]]
id = "night"
title = "Night practice"
allows = "flying at night"
within = { days = 30 }
flown = { count = 2, minutes = 8, light = "night" }
"""


def test_an_owners_rule_is_read_from_the_same_words():
    assert parse(OWN, "own.toml") == (NIGHT,)


@pytest.mark.parametrize(
    ("text", "why", "instead"),
    [
        (OWN.replace("within", "withyn"), "no key 'withyn'", "'within'"),
        (OWN.replace("minutes", "minutess"), "no key 'minutess'", "'minutes'"),
        (OWN.replace("days = 30", "day = 30"), "no key 'day'", "'days'"),
        (OWN.replace('"night" }', '"nightt" }'), "'nightt'", "'night'"),
        (OWN.replace("[[rule]]", "[[rules]]"), "no key 'rules'", "'rule'"),
        (OWN.replace("[[rule]]", "[rule]"), "must be tables [[rule]]", "currency-rules.md"),
        (OWN.replace("count = 2, minutes = 8, ", ""), "'count' or `minutes`", "count = 3"),
        (OWN.replace("count = 2", "count = true"), "whole number", "count = 3"),
        (OWN.replace("count = 2", "count = -1"), "whole number", "count = 3"),
        (OWN.replace("days = 30", "days = 0"), "one period", "days = 90"),
        (OWN.replace("days = 30", "days = 3, years = 1"), "one period", "days = 90"),
        (OWN.replace('title = "Night practice"', 'title = ""'), "'title' is missing", "title"),
        (OWN.replace("flown =", "held = { any_of = ['a'] }\nflown ="), "not both", "any_of"),
        (OWN.replace('flown = { count = 2, minutes = 8, light = "night" }', ""), "not both", "any_of"),
        (
            OWN.replace('flown = { count = 2, minutes = 8, light = "night" }', "held = { any_of = [] }"),
            "no kind",
            "any_of",
        ),
        (OWN + "also = [1]", "list of texts", "also"),
        (OWN + "verified = 2026-01-01T10:00:00", "without a time", "2026-01-01"),
        (OWN + "verified = 'today'", "a date", "currency-rules.md"),
        (OWN + "source = { title = 'x' }", "'url' is missing", "url"),
        ("[[rule", "is not TOML", "correct it"),
        ("# " + "x" * 262_144, "longer than", "smaller"),
    ],
)
def test_rules_that_cannot_be_are_refused_with_what_to_write_instead(text: str, why: str, instead: str):
    with pytest.raises(BadRequest, match=r"own\.toml") as caught:
        parse(text, "own.toml")
    assert why in caught.value.what
    assert instead in caught.value.try_this


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ([NIGHT, NIGHT], "two rules 'night'"),
        ([replace(NIGHT, also=("nightt",))], "no rule 'nightt'"),
        (
            [NIGHT, replace(NIGHT, id="x", needs=Flown(count=1, per="type")), replace(NIGHT, id="y", also=("x",))],
            "asked of each",
        ),
    ],
)
def test_rules_that_do_not_go_together_are_refused(rules: list[Rule], why: str):
    with pytest.raises(BadRequest, match=why):
        joined(rules)


def test_the_page_of_rules_is_made_of_the_rules_that_are_shipped():
    from tools.make_currency_page import OWN as EXAMPLE
    from tools.make_currency_page import PAGE, page

    assert PAGE.read_text(encoding="utf-8") == page(), "write it again: python tools/make_currency_page.py"
    (example,) = parse(EXAMPLE.split("```toml")[1].split("```")[0], "example")
    assert joined([*shipped(), example])
