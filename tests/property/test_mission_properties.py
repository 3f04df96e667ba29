"""Missions in every format: what is written is read back, what is lost is told, and no bytes bring more than an error."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from groundside.errors import BadRequest, NotUnderstood
from groundside.model.mission import Above, Finish, Kind, Mission, MissionRead, Place
from groundside.plan.missions.format import MissionFormat, Said
from groundside.plan.missions.from_items import fences_of, mission_of, rally_of
from groundside.plan.missions.known import formats, recognise
from groundside.plan.missions.normal import normal
from groundside.plan.missions.to_items import mission_items
from tests.mission_builders import a_survey, missions, plain_missions

KINDS = pytest.mark.parametrize("kind", formats(), ids=lambda each: each.name)
FEW = settings(
    deadline=None,
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def _ambiguous(mission: Mission) -> bool:
    """Where MAVLink says the same for two things: a landing waypoint where the last one was, a take-off at home."""
    points = mission.waypoints
    if not points:
        return False
    first, last = points[0], points[-1]
    at_home = mission.home is not None and (first.lon, first.lat) == (mission.home.lon, mission.home.lat)
    takes_off = first.kind is Kind.TAKE_OFF and at_home
    before = points[-2] if len(points) > 1 else last
    ends = last.kind is Kind.LAND or last.command is not None
    return takes_off or (ends and (last.lon, last.lat) == (before.lon, before.lat))


@KINDS
@FEW
@given(mission=missions())
@example(mission=a_survey())
def test_a_mission_is_read_as_it_was_written_unless_the_loss_was_told(kind: MissionFormat, mission: Mission):
    assume(not _ambiguous(mission))
    try:
        written = kind.write(mission, 1_700_000_000_000)
    except BadRequest as refused:
        assert refused.try_this
        return
    assert recognise(written.content) is kind
    try:
        read, _ = kind.read(written.content)
    except NotUnderstood:
        assert not mission.waypoints and (written.problems or not mission.fences)
        return
    if not written.problems:
        assert read == normal(mission)
    assert len(read.waypoints) == len(mission.waypoints)
    assert [(p.lon, p.lat, p.height_m) for p in read.waypoints] == [
        (p.lon, p.lat, p.height_m) for p in mission.waypoints
    ]


@KINDS
@FEW
@given(mission=plain_missions())
def test_a_plain_mission_survives_every_format(kind: MissionFormat, mission: Mission):
    assume(all((p.lon, p.lat) != (0.0, 0.0) for p in mission.waypoints))
    assert kind.read(kind.write(mission, 0).content)[0] == normal(mission)


@FEW
@given(mission=missions())
def test_normal_says_each_thing_in_one_way_only(mission: Mission):
    assert normal(normal(mission)) == normal(mission)


@FEW
@given(mission=missions())
def test_items_of_mission_fence_and_rally_tell_the_same_mission(mission: Mission):
    assume(not _ambiguous(mission))
    said = Said()
    try:
        items = mission_items(mission, said)
    except BadRequest:
        return
    assert rally_of(list(items.rally)) == tuple(_with_height(each) for each in mission.rally)
    fences, back = fences_of(list(items.fence), Said())
    assert (fences, back) == (normal(mission).fences, mission.fence_return and _with_height(mission.fence_return))
    if not said.all and mission.finish is not Finish.FIRST_WAYPOINT:
        read, _ = mission_of(list(items.mission), mission.home, Said())
        assert (read.waypoints, read.actions) == (normal(mission).waypoints, normal(mission).actions)


def _with_height(place: Place) -> Place:
    return Place(place.lon, place.lat, place.height_m or 0.0, place.above)


@KINDS
@FEW
@given(data=st.data())
def test_damaged_bytes_bring_a_mission_or_the_one_error(kind: MissionFormat, data: st.DataObject):
    whole = bytearray(kind.write(a_survey(), 0).content)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(whole) - 1))
        width = data.draw(st.integers(0, 12))
        whole[at : at + width] = data.draw(
            st.binary(max_size=8) | st.sampled_from([b"-", b"1e999", b"NaN", b"null", b"[", b"<"])
        )
        if not whole:
            whole = bytearray(b"{")
    damaged = bytes(whole)
    try:
        mission, problems = kind.read(damaged)
    except NotUnderstood as error:
        assert error.what
        return
    MissionRead(kind.name, mission, problems)
    assert all(abs(each.lat) <= 90.0 and each.height_m == each.height_m for each in mission.waypoints)


@FEW
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_at_all_bring_more_than_the_one_error(data: bytes):
    kind = recognise(data)
    if kind is None:
        return
    try:
        kind.read(data)
    except NotUnderstood as error:
        assert error.try_this


def test_heights_above_the_ellipsoid_are_refused_where_a_format_has_none():
    from dataclasses import replace

    high = replace(a_survey(), waypoints=tuple(replace(p, above=Above.ELLIPSOID) for p in a_survey().waypoints))
    refused = 0
    for kind in formats():
        try:
            kind.write(high, 0)
        except BadRequest as error:
            refused += 1
            assert "ellipsoid" in error.what
    assert refused == 3
