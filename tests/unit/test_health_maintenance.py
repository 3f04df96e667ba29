"""Components moved between aircraft, what is due to be done to them, and what must not fly."""

import json
from dataclasses import asdict

import pytest

from groundside.errors import BadRequest, Conflict
from groundside.model.health import Rated
from groundside.model.maintenance import (
    Carried,
    Component,
    ComponentKind,
    Done,
    Due,
    Grounding,
    Installation,
    Occurrence,
    Plan,
    Use,
    Wear,
)
from groundside.produce.health.components import DAY_US, aboard, moved, overlaps, usage
from groundside.produce.health.history import battery_uses
from groundside.produce.health.maintenance import grounded, tasks
from tests.health_batteries import HERE, battery_flight, found

FRAME, PROP = Component(id="frame", kind=ComponentKind.AIRFRAME), Component(id="prop", kind=ComponentKind.PROPELLER)


def use(day: float | None, aircraft: str = "A", hours: float | None = 1.0, cycles: float | None = None) -> Use:
    return Use(
        flight_id=f"{aircraft}{day}", aircraft_id=aircraft, start_us=None if day is None else round(day * DAY_US),
        airborne_s=None if hours is None else hours * 3600.0, full_cycles=cycles,
    )  # fmt: skip


def plan(**changes) -> Plan:
    return Plan(**({"id": "p", "title": "Check the propeller", "source": HERE, "component_ids": ("prop",)} | changes))


def wear(*uses: Use, **changes) -> Wear:
    usual = {"components": (FRAME, PROP), "installations": (Installation("prop", "A"), Installation("frame", "A"))}
    return Wear(uses=uses, **(usual | changes))


def one(worn: Wear, what: Plan, day: float = 100.0):
    (task,) = tasks(worn, [what], round(day * DAY_US))
    return task


def test_a_component_has_the_hours_of_the_aircraft_it_was_on_while_it_was_on_it():
    where = (Installation("prop", "A", DAY_US, 3 * DAY_US), Installation("prop", "B", 3 * DAY_US))
    flown = [use(0.5), use(1.0), use(2.9), use(3.0), use(2.0, "B"), use(3.0, "B", 0.5), use(4.0, "B", None)]
    told = usage("prop", where, flown)
    assert (told.flights, told.airborne_s, told.airborne_unknown) == (4, 2.5 * 3600.0, 1)


def test_a_flight_of_unknown_time_counts_only_for_what_was_never_elsewhere():
    flown = [use(1.0), use(None)]
    assert usage("frame", (Installation("frame", "A"),), flown).flights == 2
    later = usage("prop", (Installation("prop", "A", 0),), flown)
    assert (later.flights, later.undated) == (1, 1)


def test_what_was_carried_over_is_never_counted_twice():
    before = Carried(component_id="frame", as_of_us=2 * DAY_US, airborne_s=36_000.0, flights=20, full_cycles=3.0)
    told = usage("frame", (Installation("frame", "A"),), [use(1.0), use(2.0), use(3.0, cycles=0.5)], before)
    assert (told.flights, told.airborne_s, told.full_cycles) == (22, 36_000.0 + 7200.0, 3.5)


def test_two_batteries_of_one_aircraft_have_each_their_own_cycles_and_the_airframe_its_flights_once():
    one, two = (
        [battery_flight(n, drawn_ah=found("drawn_ah", ah)) for n in range(3)] for ah in (4.0, 2.0)
    )  # fmt: skip
    rated = Rated(capacity_ah=5.0)
    told = battery_uses("left", "A", one, rated) + battery_uses("right", "A", two, rated)
    flown = [Use(flight_id=f"f{n}", aircraft_id="A", start_us=n * DAY_US, airborne_s=600.0) for n in range(4)]
    where = tuple(Installation(part, "A") for part in ("frame", "left", "right"))
    left, right, frame = (usage(part, where, flown + told) for part in ("left", "right", "frame"))
    assert (left.flights, right.flights, frame.flights) == (4, 4, 4)
    assert left.full_cycles == pytest.approx(2.4)
    assert right.full_cycles == pytest.approx(1.2)
    assert (left.cycles_unknown, frame.cycles_unknown) == (1, 4)
    assert usage("left", (), flown + told).flights == 3


def test_two_installations_that_overlap_count_a_flight_once_and_are_listed():
    twice = (Installation("prop", "A", 0, 5 * DAY_US), Installation("prop", "A", 2 * DAY_US))
    assert usage("prop", twice, [use(3.0)]).flights == 1
    assert overlaps(twice) == (twice,)
    assert overlaps((Installation("prop", "A", 0, 5), Installation("prop", "B", 5), Installation("x", "A"))) == ()


def test_a_move_ends_one_installation_and_begins_another():
    first = moved((), "prop", "A", 10)
    second = moved(first, "prop", "B", 20)
    assert second == (Installation("prop", "A", 10, 20), Installation("prop", "B", 20))
    assert moved(second, "prop", "B", 30) == second
    off = moved(second, "prop", None, 40)
    assert off[-1] == Installation("prop", "B", 20, 40)
    assert aboard(off, "B", 39) == ("prop",)
    assert aboard(off, "B", 40) == ()


def test_a_move_before_a_later_one_is_refused_with_what_to_do():
    with pytest.raises(Conflict, match="undo the later moves"):
        moved((Installation("prop", "A", 10, 20), Installation("prop", "B", 20)), "prop", "C", 15)
    with pytest.raises(BadRequest, match="on no aircraft"):
        moved((), "prop", None, 15)


@pytest.mark.parametrize(
    ("flown", "due", "left"), [(8, Due.LATER, 2.0), (9, Due.SOON, 1.0), (10, Due.NOW, 0.0), (11, Due.OVERDUE, -1.0)]
)
def test_hours_make_a_task_due_and_overdue(flown: int, due: Due, left: float):
    task = one(wear(*[use(float(d)) for d in range(flown)]), plan(every_hours=10.0))
    assert (task.due, task.left_hours) == (due, left)


def test_flights_cycles_and_days_count_as_well_and_the_first_to_come_holds():
    worn = wear(
        *[use(float(d), cycles=0.6) for d in range(10)],
        components=(FRAME, Component(id="prop", kind=ComponentKind.PROPELLER, in_service_us=0)),
    )
    task = one(worn, plan(every_flights=50, every_cycles=6.0, every_days=365.0))
    assert (task.due, task.left_flights, task.left_days) == (Due.NOW, 40, 265.0)
    assert task.left_cycles == pytest.approx(0.0)
    assert one(worn, plan(every_days=99.0)).due is Due.OVERDUE


def test_what_was_done_begins_the_count_anew():
    flown = [use(float(d)) for d in range(20)]
    done = (
        Done(plan_id="p", component_id="prop", at_us=15 * DAY_US),
        Done(plan_id="q", component_id="prop", at_us=19 * DAY_US),
    )
    task = one(wear(*flown, done=done), plan(every_hours=10.0, every_days=90.0))
    assert (task.left_hours, task.left_days) == (5.0, 5.0)
    assert task.due is Due.SOON


def test_days_since_an_unknown_beginning_are_due_now_and_say_why():
    task = one(wear(), plan(every_days=90.0))
    assert (task.due, task.left_days) == (Due.NOW, None)
    assert "it is not known since when" in task.because[0]


def test_a_hard_landing_opens_a_task_for_what_was_on_board_until_it_is_done():
    hit = Occurrence(kind="hard_landing", aircraft_id="A", flight_id="f7", time_us=5 * DAY_US)
    asked = plan(on_events=("hard_landing", "crash"), grounds=True)
    worn = wear(occurrences=(hit, Occurrence(kind="mode", aircraft_id="A", flight_id="f7", time_us=5 * DAY_US)))
    task = one(worn, asked)
    assert (task.due, task.because, task.grounds) == (Due.NOW, ("hard_landing in flight f7",), True)
    elsewhere = wear(occurrences=(hit,), installations=(Installation("prop", "A", 6 * DAY_US),))
    assert one(elsewhere, asked).due is Due.LATER
    done = wear(occurrences=(hit,), done=(Done(plan_id="p", component_id="prop", at_us=6 * DAY_US),))
    assert one(done, asked).due is Due.LATER


def test_an_event_of_unknown_time_asks_until_it_was_done_once():
    hit = Occurrence(kind="crash", aircraft_id="A", flight_id="f7", time_us=None)
    asked = plan(on_events=("crash",))
    assert one(wear(occurrences=(hit,), installations=(Installation("prop", "A", 9),)), asked).due is Due.NOW
    assert (
        one(wear(occurrences=(hit,), done=(Done(plan_id="p", component_id="prop", at_us=1),)), asked).due is Due.LATER
    )


def test_flights_that_state_nothing_are_said_and_not_taken_for_zero():
    task = one(wear(use(1.0, hours=None), use(2.0), use(None)), plan(every_hours=10.0, every_cycles=9.0))
    assert "1 flights state no time in the air" in task.because[0]
    assert "3 flights state no charge" in task.because[1]


def test_a_plan_is_for_kinds_or_for_named_components_and_the_most_pressing_comes_first():
    flown = [use(float(d)) for d in range(10)]
    plans = [
        plan(id="a", every_hours=100.0),
        plan(id="b", component_ids=(), kinds=(ComponentKind.AIRFRAME,), every_hours=5.0),
    ]
    listed = tasks(wear(*flown), plans, 0)
    assert [(t.plan_id, t.component_id, t.due) for t in listed] == [
        ("b", "frame", Due.OVERDUE),
        ("a", "prop", Due.LATER),
    ]


def test_an_aircraft_is_grounded_by_what_it_carries_now_and_by_a_persons_word():
    flown = [use(float(d)) for d in range(12)]
    worn = wear(
        *flown,
        groundings=(
            Grounding(aircraft_id="B", from_us=0, until_us=None, why="bent arm", by="R. Meier"),
            Grounding(aircraft_id="C", from_us=0, until_us=5, why="over"),
        ),
    )
    found = tasks(worn, [plan(every_hours=10.0, grounds=True)], 50 * DAY_US)
    stopped = grounded(worn, found, 50 * DAY_US)
    assert [(g.aircraft_id, g.reasons) for g in stopped] == [
        ("A", ("Check the propeller of prop: every 10 hours: 2 hours past",)), ("B", ("bent arm (R. Meier)",)),
    ]  # fmt: skip
    taken_off = wear(*flown, installations=moved(worn.installations, "prop", None, 20 * DAY_US))
    assert grounded(taken_off, tasks(taken_off, [plan(every_hours=10.0, grounds=True)], 50 * DAY_US), 50 * DAY_US) == ()
    json.dumps([asdict(g) for g in stopped] + [asdict(t) for t in found], allow_nan=False)


def test_what_is_merely_due_grounds_nothing():
    worn = wear(*[use(float(d)) for d in range(10)])
    found = tasks(worn, [plan(every_hours=10.0, grounds=True)], 50 * DAY_US)
    assert found[0].due is Due.NOW
    assert grounded(worn, found, 50 * DAY_US) == ()
