"""What holds of the phases and happenings of any track."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from groundside.model.happening import Limits
from groundside.model.log import EVENT_KINDS, EVENTS, MESSAGES, Log, rows_of
from groundside.model.place import LonLat
from groundside.model.recording import TimeBasis
from groundside.produce.flight.phases import phases_of
from groundside.produce.happenings.finding import happenings
from groundside.produce.happenings.kinds import KINDS
from groundside.produce.happenings.wind import wind_of
from tests.builders import track
from tests.property.test_cut_properties import columns

kinds = st.sampled_from(["", "multirotor", "plane", "vtol", "rover"])
modes = st.sampled_from([None, "Auto", "RTL", "Loiter", "P-GPS"])
times = st.one_of(st.none(), st.integers(10**15 - 10**6, 10**15 + 10**9))
texts = st.one_of(st.text(max_size=30), st.sampled_from(["GCS Failsafe", "GCS Failsafe Cleared", "Crash: Disarming"]))


@st.composite
def logs(draw: st.DrawFn) -> Log:
    events = draw(st.lists(st.tuples(times, st.sampled_from(EVENT_KINDS), texts, st.just("t.c")), max_size=8))
    said = draw(st.lists(st.tuples(times, st.one_of(st.none(), st.integers(0, 7)), texts, st.just("")), max_size=8))
    return Log(TimeBasis.UTC_GNSS, messages=rows_of(MESSAGES, said), events=rows_of(EVENTS, events))


@settings(max_examples=120, deadline=None)
@given(columns(), kinds, modes)
def test_phases_cover_any_track_exactly_without_gap_or_overlap(
    given_columns: dict[str, Any], kind: str, mode: str | None
):
    with np.errstate(all="ignore"):
        of = track(**given_columns, mode=[mode] * len(given_columns["time_us"]))
    spans = phases_of(of, kind)
    rows = of.table.num_rows
    assert bool(spans) == bool(rows)
    if spans:
        assert (spans[0].first_row, spans[-1].end_row) == (0, rows)
        assert (spans[0].start_us, spans[-1].end_us) == (int(of.time_us[0]), int(of.time_us[-1]))
    for a, b in pairwise(spans):
        assert (a.end_us, a.end_row) == (b.start_us, b.first_row)
        assert a.phase is not b.phase
    assert all(span.start_us <= span.end_us and span.first_row < span.end_row for span in spans)


@settings(max_examples=80, deadline=None)
@given(columns(), logs(), kinds)
def test_every_happening_has_evidence_that_is_there(given_columns: dict[str, Any], log: Log, kind: str):
    with np.errstate(all="ignore"):
        of = track(**given_columns)
    limits = Limits(max_height_m=30.0, max_range_m=50.0, fence=(LonLat(0, 0), LonLat(1, 0), LonLat(0, 1)))
    found = happenings(of, log, kind, (), limits)
    rows = {"track": of.table.num_rows, "events": log.events.num_rows, "messages": log.messages.num_rows}
    for one in found:
        assert one.kind in KINDS
        assert one.sentence
        assert one.evidence
        assert all(0 <= e.first_row < e.end_row <= rows[e.table] for e in one.evidence)
        assert one.start_us is None or one.end_us is None or one.start_us <= one.end_us
    starts = [one.start_us for one in found if one.start_us is not None]
    assert starts == sorted(starts)
    assert wind_of(of, kind) is None or of.table.num_rows
