"""What is to be done to components, when, and which aircraft must not fly until then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from groundside.model.maintenance import Component, Due, Grounded, Occurrence, Plan, Task, Wear
from groundside.produce.health.components import DAY_US, usage

_PRESSING = list(Due)
_NOTHING = 1e-9
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class _Left:
    """What is left of one interval: how much, of how much, in which unit; None where it cannot be told."""

    left: float | None
    of: float
    unit: str
    note: str = ""

    def due(self, soon_share: float) -> Due:
        if self.left is None or abs(self.left) < _NOTHING:
            return Due.NOW
        if self.left < 0:
            return Due.OVERDUE
        return Due.SOON if self.left <= soon_share * self.of else Due.LATER

    def says(self) -> str:
        if self.left is None:
            return f"every {self.of:g} {self.unit}: {self.note}"
        state = f"{self.left:.4g} {self.unit} left" if self.left >= 0 else f"{-self.left:.4g} {self.unit} past"
        return f"every {self.of:g} {self.unit}: {state}" + (f"; {self.note}" if self.note else "")


def tasks(wear: Wear, plans: Iterable[Plan], now_us: int) -> tuple[Task, ...]:
    """
    Tell what is to be done next, for each plan and each component that it is for.

    Args:
        wear: what components have done and what was done to them.
        plans: what has to be done.
        now_us: UTC.

    Returns:
        The most pressing first. What was never done counts from the beginning, with what was carried over. An event
        asks for it at once, if the component was on board and it was not done since. Where a plan counts days and it is
        not known since when, it is due now: nobody can say that it is not.
    """
    found = [_task(wear, plan, part, now_us) for plan in plans for part in wear.components if _concerns(plan, part)]
    return tuple(sorted(found, key=lambda t: (-_PRESSING.index(t.due), t.component_id, t.plan_id)))


def _concerns(plan: Plan, component: Component) -> bool:
    return component.id in plan.component_ids if plan.component_ids else component.kind in plan.kinds


def _task(wear: Wear, plan: Plan, component: Component, now_us: int) -> Task:
    done_us = _last_done(wear, plan, component)
    counts = _left(wear, plan, component, (done_us, now_us))
    events = _asking(wear, plan, component, done_us)
    dues = [left.due(plan.soon_share) for left in counts] + [Due.NOW] * bool(events)
    due = max(dues, key=_PRESSING.index, default=Due.LATER)
    left = {c.unit: c.left for c in counts}
    return Task(
        plan_id=plan.id, component_id=component.id, title=plan.title, due=due, left_hours=left.get("hours"),
        left_flights=left.get("flights"), left_cycles=left.get("cycles"), left_days=left.get("days"),
        because=(*[f"{e.kind} in flight {e.flight_id}" for e in events], *[c.says() for c in counts]),
        grounds=plan.grounds and (bool(events) or due is Due.OVERDUE),
    )  # fmt: skip


def _last_done(wear: Wear, plan: Plan, component: Component) -> int | None:
    times = [d.at_us for d in wear.done if (d.plan_id, d.component_id) == (plan.id, component.id)]
    return max(times, default=None)


def _left(wear: Wear, plan: Plan, component: Component, times: tuple[int | None, int]) -> list[_Left]:
    """Give what is left of each interval that the plan counts, since it was last done (None: ever) until now."""
    done_us, now_us = times
    carried = next((c for c in wear.carried if c.component_id == component.id), None)
    used = usage(component.id, wear.installations, wear.uses, carried, done_us)
    lost = f"{used.undated} flights of unknown time are not counted" if used.undated else ""
    untold = f"{used.airborne_unknown} flights state no time in the air" if used.airborne_unknown else ""
    uncounted = f"{used.cycles_unknown} flights state no charge" if used.cycles_unknown else ""
    rows = (
        (plan.every_hours, used.airborne_s / HOUR_S, "hours", (lost, untold)),
        (plan.every_flights, used.flights, "flights", (lost,)),
        (plan.every_cycles, used.full_cycles, "cycles", (lost, uncounted)),
    )
    counts = [_Left(every - so_far, every, unit, "; ".join(filter(None, notes)))
              for every, so_far, unit, notes in rows if every is not None]  # fmt: skip
    return counts + _days(plan.every_days, component.in_service_us if done_us is None else done_us, now_us)


def _days(every: float | None, since_us: int | None, now_us: int) -> list[_Left]:
    if every is None:
        return []
    if since_us is None:
        return [_Left(None, every, "days", "never done, and it is not known since when it is used")]
    return [_Left(every - (now_us - since_us) / DAY_US, every, "days")]


def _asking(wear: Wear, plan: Plan, component: Component, done_us: int | None) -> list[Occurrence]:
    """List what happened to a component since it was last done; of unknown time only where it was never done."""
    return [
        o
        for o in wear.occurrences
        if o.kind in plan.on_events and _hit(wear, component, o) and (done_us is None or (o.time_us or 0) > done_us)
    ]


def _hit(wear: Wear, component: Component, what: Occurrence) -> bool:
    """Whether a component was on board; at an unknown time whether it ever was, for it may have been."""
    return any(
        i.component_id == component.id
        and i.aircraft_id == what.aircraft_id
        and (what.time_us is None or i.holds(what.time_us))
        for i in wear.installations
    )


def grounded(wear: Wear, found: Sequence[Task], now_us: int) -> tuple[Grounded, ...]:
    """
    List the aircraft that must not fly, with every reason: a person's word, or what is to be done to what they carry.

    Args:
        wear: where components are, and what people said.
        found: what `tasks` gave.
        now_us: UTC.

    Returns:
        In order of their ids.
    """
    reasons = [
        (g.aircraft_id, f"{g.why} ({g.by})" if g.by else g.why)
        for g in wear.groundings
        if g.from_us <= now_us and (g.until_us is None or now_us < g.until_us)
    ]
    reasons += [
        (i.aircraft_id, f"{task.title} of {task.component_id}: {'; '.join(task.because)}")
        for i in wear.installations
        for task in found
        if i.holds(now_us) and task.grounds and task.component_id == i.component_id
    ]
    names = sorted({aircraft for aircraft, _ in reasons})
    return tuple(Grounded(name, tuple(dict.fromkeys(why for who, why in reasons if who == name))) for name in names)
