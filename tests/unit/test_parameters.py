"""Parameters of a flight: in force when it began, changed in it, and compared with another flight's."""

import math

from groundside.model.log import PARAMETERS, Log, rows_of
from groundside.model.recording import TimeBasis
from groundside.produce.flight.parameters import differences, in_force

NAN = math.nan


def log_of(*rows: tuple[int | None, str, float, float, str]) -> Log:
    return Log(TimeBasis.UTC_GNSS, parameters=rows_of(PARAMETERS, rows))


def test_the_value_is_the_one_in_force_when_the_flight_began():
    log = log_of(
        (None, "RTL_ALT", 1500.0, NAN, ""), (50, "RTL_ALT", 3000.0, NAN, ""), (150, "RTL_ALT", 2000.0, NAN, "")
    )
    found = in_force([log], start_us=100)["RTL_ALT"]
    assert (found.value, found.changes, found.last) == (3000.0, 1, 2000.0)


def test_a_parameter_first_stated_in_flight_counts_from_there_and_not_as_a_change():
    log = log_of((120, "WPNAV_SPEED", 500.0, NAN, ""), (150, "WPNAV_SPEED", 700.0, NAN, ""))
    found = in_force([log], start_us=100)["WPNAV_SPEED"]
    assert (found.value, found.changes, found.last) == (500.0, 1, 700.0)


def test_without_a_beginning_the_first_value_stated_holds():
    log = log_of((5, "A", 1.0, NAN, ""), (9, "A", 2.0, NAN, ""))
    assert in_force([log], None)["A"].value == 1.0


def test_the_default_is_known_or_unknown_and_says_whether_a_value_is_it():
    found = in_force([log_of((None, "A", 1.0, 1.0, ""), (None, "B", 2.0, 3.0, ""), (None, "C", 2.0, NAN, ""))], 0)
    assert [found[n].is_default for n in "ABC"] == [True, False, None]


def test_of_two_logs_the_one_that_states_more_holds():
    long = log_of((None, "A", 1.0, NAN, ""), (None, "B", 1.0, NAN, ""))
    short = log_of((None, "A", 7.0, NAN, ""))
    for logs in ([long, short], [short, long]):
        assert {n: p.value for n, p in in_force(logs, 0).items()} == {"A": 1.0, "B": 1.0}


def test_parameters_of_two_components_in_one_log_do_not_mix():
    found = in_force([log_of((None, "A", 1.0, NAN, "1/1"), (None, "A", 2.0, NAN, "1/154"))], 0)
    assert {n: p.value for n, p in found.items()} == {"1/1 A": 1.0, "1/154 A": 2.0}


def test_two_flights_differ_in_values_and_in_what_only_one_has():
    one = in_force([log_of((None, "A", 1.0, NAN, ""), (None, "B", 0.1, NAN, ""), (None, "C", 5.0, NAN, ""))], 0)
    other = in_force([log_of((None, "A", 2.0, NAN, ""), (None, "B", 0.10000000149011612, NAN, ""))], 0)
    found = {d.name: (d.one, d.other) for d in differences(one, other)}
    assert set(found) == {"A", "C"}
    assert found["C"][1] is None
    assert differences(one, one) == []
