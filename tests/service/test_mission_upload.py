"""Missions go to a vehicle over MAVLink by two independent programs, and come back the same."""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("MAVLINK20", "1")

from groundside.archive.missions import mission_items_of, write_mission
from groundside.model.mission import Place
from tests.mission_builders import CORNERS, a_survey
from tests.service.mission_vehicle import FIELDS, Vehicle

pytestmark = pytest.mark.service


def _with_fence() -> Any:
    from dataclasses import replace

    from groundside.model.mission import FenceCircle, FencePolygon

    fences = (FencePolygon(CORNERS), FenceCircle(CORNERS[0], 40.0, stay_in=False))
    return replace(a_survey(), fences=fences, rally=(Place(8.004, 47.004, 25.0),))


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(
        (math.isnan(one[name]) and math.isnan(other[name])) or math.isclose(one[name], other[name], rel_tol=1e-6)
        for name in FIELDS
    )


@pytest.fixture
def port() -> int:
    return _free_port()


@pytest.fixture(params=[False, True], ids=["new-requests", "old-request-first"])
def vehicle(port: int, request: pytest.FixtureRequest) -> Iterator[Vehicle]:
    made = Vehicle(f"udpin:127.0.0.1:{port}", old_first=request.param)
    yield made
    made.close()


def _upload_and_back(link: Any, kind: int, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    link.mav.mission_count_send(1, 1, len(items), kind)
    while True:
        message = link.recv_match(
            type=["MISSION_REQUEST", "MISSION_REQUEST_INT", "MISSION_ACK"], blocking=True, timeout=10
        )
        assert message is not None, "the vehicle fell silent"
        if message.get_type() == "MISSION_ACK":
            assert message.type == 0
            break
        link.mav.mission_item_int_send(1, 1, **items[message.seq])
    link.mav.mission_request_list_send(1, 1, kind)
    count = link.recv_match(type="MISSION_COUNT", blocking=True, timeout=10).count
    back: list[dict[str, Any]] = []
    for seq in range(count):
        link.mav.mission_request_int_send(1, 1, seq, kind)
        message = link.recv_match(type="MISSION_ITEM_INT", blocking=True, timeout=10)
        back.append({name: getattr(message, name) for name in FIELDS})
    return back


def test_pymavlink_uploads_mission_fence_and_rally_points_and_gets_them_back(vehicle: Vehicle, port: int):
    from pymavlink import mavutil

    link: Any = mavutil.mavlink_connection(f"udpout:127.0.0.1:{port}", source_system=255, dialect="common")
    try:
        link.mav.heartbeat_send(6, 8, 0, 0, 0)
        assert link.wait_heartbeat(timeout=10) is not None
        for kind, items in mission_items_of(_with_fence()).items():
            assert items
            back = _upload_and_back(link, kind, items)
            assert len(back) == len(items) == len(vehicle.held[kind])
            assert all(_same(one, other) for one, other in zip(items, back, strict=True))
    finally:
        link.close()


def test_mavsdk_imports_our_plan_uploads_the_mission_and_gets_it_back(port: int, tmp_path: Path):
    mavsdk = pytest.importorskip("mavsdk")
    from mavsdk.plugins.mission_raw import MissionItem, MissionRaw

    wanted = mission_items_of(a_survey())[0]
    sdk = mavsdk.Mavsdk(mavsdk.Configuration.create_with_component_type(mavsdk.ComponentType.GROUND_STATION))
    vehicle = None
    try:
        sdk.add_any_connection(f"udpin://127.0.0.1:{port}")
        vehicle = Vehicle(f"udpout:127.0.0.1:{port}")
        system = sdk.first_autopilot(20.0)
        assert system is not None
        raw = MissionRaw(system)
        write_mission(a_survey(), tmp_path / "it.plan")
        imported = raw.import_qgroundcontrol_mission(str(tmp_path / "it.plan")).mission_items
        assert [(each.command, each.x, each.y) for each in imported] == [
            (each["command"], each["x"], each["y"]) for each in wanted
        ]
        raw.upload_mission([MissionItem(**item) for item in wanted])
        back = [{name: getattr(each, name) for name in FIELDS} for each in raw.download_mission()]
        assert len(back) == len(wanted) == len(vehicle.held[0])
        assert all(_same(one, other) for one, other in zip(wanted, back, strict=True))
    finally:
        if vehicle is not None:
            vehicle.close()
        sdk.destroy()
