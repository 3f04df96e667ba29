"""Mission formats one by one: what is read liberally, what is refused in words, and what is written for others."""

from __future__ import annotations

import contextlib
import io
import json
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from groundside.archive.missions import encode_mission, mission_in, plan_shape, read_mission, write_mission
from groundside.errors import BadRequest, NotUnderstood
from groundside.model.mission import (
    Above,
    Finish,
    Gimbal,
    Hover,
    LookAt,
    LostLink,
    Mission,
    Place,
    StopTrigger,
    TakePhoto,
    TriggerByDistance,
    Turn,
    Waypoint,
)
from tests.mission_builders import a_survey

KML_NS = {"k": "http://www.opengis.net/kml/2.2", "w": "http://www.dji.com/wpmz/1.0.6"}


def _dji(mission: Mission) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(encode_mission(mission, "it.kmz").content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("suffix", [".kmz", ".plan", ".waypoints", ".kml", ".geojson"])
def test_a_survey_comes_back_from_a_file_as_it_was_planned(suffix: str, tmp_path: Path):
    file = tmp_path / f"field{suffix}"
    problems = write_mission(a_survey(), file)
    read = read_mission(file).mission
    kept = a_survey() if suffix != ".waypoints" else replace(a_survey(), name="", aircraft="")
    assert read == kept
    assert bool(problems) == (suffix == ".waypoints")
    assert list(tmp_path.iterdir()) == [file]


def test_an_unknown_suffix_is_refused_with_those_that_are_known():
    with pytest.raises(BadRequest) as caught:
        encode_mission(a_survey(), "field.xyz")
    assert ".plan" in caught.value.try_this


class TestDji:
    def test_both_documents_hold_every_element_that_dji_requires(self):
        parts = _dji(a_survey())
        assert set(parts) == {"wpmz/template.kml", "wpmz/waylines.wpml"}
        for part in parts.values():
            config = ET.fromstring(part).find("k:Document/w:missionConfig", KML_NS)
            assert config is not None
            for name in (
                *("flyToWaylineMode", "finishAction", "exitOnRCLost", "executeRCLostAction", "takeOffSecurityHeight"),
                *("globalTransitionalSpeed", "globalRTHHeight", "droneInfo/w:droneEnumValue"),
                *(
                    "droneInfo/w:droneSubEnumValue",
                    "payloadInfo/w:payloadEnumValue",
                    "payloadInfo/w:payloadPositionIndex",
                ),
            ):
                assert config.find(f"w:{name}", KML_NS) is not None, name
        folder = ET.fromstring(parts["wpmz/waylines.wpml"]).find("k:Document/k:Folder", KML_NS)
        assert folder is not None
        for name in ("templateId", "executeHeightMode", "waylineId", "autoFlightSpeed"):
            assert folder.find(f"w:{name}", KML_NS) is not None, name
        marks = folder.findall("k:Placemark", KML_NS)
        assert [m.findtext("w:index", None, KML_NS) for m in marks] == ["0", "1", "2", "3"]
        for name in (
            "executeHeight",
            "waypointSpeed",
            "waypointHeadingParam/w:waypointHeadingMode",
            "waypointTurnParam",
        ):
            assert all(m.find(f"w:{name}", KML_NS) is not None for m in marks), name

    @pytest.mark.peer
    @pytest.mark.parametrize("aircraft", ["DJI Mavic 3E", "DJI Matrice 30T", "DJI Matrice 350 RTK", "M3TD"])
    def test_djikmz_accepts_the_template(self, aircraft: str):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # its own use of pydantic is an old one
            from djikmz.model.kml import KML

        first, *rest = a_survey().waypoints
        look = replace(rest[-1], actions=(LookAt(Place(8.0, 47.0)),), turn=Turn.CUT, turn_radius_m=4.0)
        points = (first, *rest[:-1], replace(look, lon=8.02, heading_deg=None))
        template = _dji(replace(a_survey(), aircraft=aircraft, waypoints=points))["wpmz/template.kml"].decode()
        with contextlib.redirect_stdout(io.StringIO()):
            read = KML.from_xml(template)
        assert [(each.longitude, each.latitude, each.height) for each in read.waypoints] == [
            (each.lon, each.lat, each.height_m) for each in points
        ]
        assert read.global_speed == 8.0
        assert str(read.mission_config.finish_action) == "goHome"
        group: Any = read.waypoints[0].action_group
        assert (str(group.trigger.type), group.trigger.param) == ("multipleDistance", 20.0)

    @pytest.mark.parametrize("version", ["1.0.0", "1.0.2", "1.0.3", "1.0.6"])
    def test_any_version_of_the_namespace_is_read_with_bom_and_crlf(self, version: str):
        parts = {
            name: b"\xef\xbb\xbf" + part.replace(b"1.0.6", version.encode()).replace(b"\n", b"\r\n")
            for name, part in _dji(a_survey()).items()
        }
        assert mission_in(_packed(parts)).mission == a_survey()

    def test_the_flown_part_alone_is_read_and_the_template_alone_as_well(self):
        parts = _dji(a_survey())
        flown = mission_in(parts["wpmz/waylines.wpml"]).mission
        template = mission_in(_packed({"wpmz/template.kml": parts["wpmz/template.kml"]}))
        stops = tuple(replace(each, turn=Turn.STOP) for each in a_survey().waypoints)
        assert flown.waypoints == stops
        assert template.mission.waypoints == a_survey().waypoints
        assert any("waylines.wpml" in each.what for each in template.problems)

    def test_unknown_aircraft_and_cameras_are_named_by_their_numbers_and_written_again(self):
        parts = {k: v.replace(b">77<", b">999<").replace(b">66<", b">888<") for k, v in _dji(a_survey()).items()}
        bare = {k: b"\n".join(line for line in v.split(b"\n") if b"<!--" not in line) for k, v in parts.items()}
        read = mission_in(_packed(bare)).mission
        assert (read.aircraft, read.camera) == ("DJI aircraft 999-0", "DJI cameras 888-0")
        assert b"<wpml:droneEnumValue>999<" in _dji(read)["wpmz/waylines.wpml"]

    def test_what_is_not_understood_is_kept_word_by_word_and_where_it_stands(self):
        odd = b"<wpml:action><wpml:actionId>7</wpml:actionId><wpml:actionActuatorFunc>accurateShoot</wpml:actionActuatorFunc></wpml:action>"
        part = _dji(a_survey())["wpmz/waylines.wpml"].replace(b"</wpml:actionGroup>", odd + b"</wpml:actionGroup>", 1)
        kept = mission_in(part).mission.not_understood
        assert [each.text for each in kept] == [odd.decode()]
        assert kept[0].where.startswith("byte ")

    def test_what_dji_demands_and_the_mission_does_not_say_is_not_read_back_as_said(self):
        bare = Mission(waypoints=(Waypoint(lon=8.0, lat=47.0, height_m=50.0),))
        read = mission_in(encode_mission(bare, "it.kmz").content).mission
        assert read == bare
        assert mission_in(_dji(bare)["wpmz/waylines.wpml"]).mission.finish is Finish.RETURN

    @pytest.mark.parametrize(
        ("spoil", "why"),
        [
            (lambda whole: whole[: len(whole) // 2], "no archive that can be read"),
            (lambda _: _packed({"wpmz/waylines.wpml": b"<kml><Document>"}), "waylines.wpml is broken at byte"),
            (lambda _: _packed({"wpmz/waylines.wpml": b"<kml/>"}), "neither a waypoint nor a missionConfig"),
            (lambda _: _packed({"wpmz/waylines.wpml": b"<!DOCTYPE x><kml/>"}), "refused"),
            (lambda _: _packed({"wpmz/waylines.wpml": b" " * (30 << 20)}), "unpacks to more than"),
        ],
    )
    def test_a_broken_one_says_what_is_wrong(self, spoil: Any, why: str):
        with pytest.raises(NotUnderstood, match=why):
            mission_in(spoil(encode_mission(a_survey(), "it.kmz").content))

    def test_heights_above_sea_level_or_above_two_things_are_refused(self):
        first, *rest = a_survey().waypoints
        with pytest.raises(BadRequest, match="different things"):
            encode_mission(replace(a_survey(), waypoints=(replace(first, above=Above.TERRAIN), *rest)), "it.kmz")
        sea = tuple(replace(each, above=Above.SEA) for each in a_survey().waypoints)
        with pytest.raises(BadRequest, match="sea level"):
            encode_mission(replace(a_survey(), waypoints=sea), "it.kmz")


def _plan(**changes: object) -> dict[str, Any]:
    return {**json.loads(encode_mission(a_survey(), "it.plan").content), **changes}


def _bytes(said: object) -> bytes:
    return json.dumps(said).encode()


class TestPlan:
    def test_version_2_to_5_of_a_survey_give_their_items_and_what_they_were_made_from(self):
        from groundside.model.mission import Survey
        from tests.mission_builders import CORNERS

        survey = Survey(first=0, last=3, corners=CORNERS, angle_deg=30.0, line_spacing_m=40.0, photo_spacing_m=20.0)
        planned = replace(a_survey(), surveys=(survey,))
        whole = json.loads(encode_mission(planned, "it.plan").content)
        assert [each["type"] for each in whole["mission"]["items"]].count("ComplexItem") == 1
        assert mission_in(_bytes(whole)).mission == planned
        for version in (2, 3, 4, 5):
            item = next(each for each in whole["mission"]["items"] if each["type"] == "ComplexItem")
            item["version"] = version
            assert mission_in(_bytes(whole)).mission.surveys == (survey,)

    @pytest.mark.parametrize("kind", ["corridorScan", "StructureScan", "fwLandingPattern", "somethingNew"])
    def test_other_complex_items_give_their_items_and_the_rest_is_kept(self, kind: str):
        whole = _plan()
        inner = {"Items": whole["mission"]["items"], "Hidden": 7}
        whole["mission"]["items"] = [
            {"type": "ComplexItem", "complexItemType": kind, "TransectStyleComplexItem": inner}
        ]
        read = mission_in(_bytes(whole)).mission
        assert read.waypoints == a_survey().waypoints
        assert json.loads(read.not_understood[0].text)["TransectStyleComplexItem"] == {"Hidden": 7}

    def test_a_complex_item_without_items_is_kept_and_told(self):
        whole = _plan()
        whole["mission"]["items"].append({"type": "ComplexItem", "complexItemType": "StructureScan", "version": 3})
        read = mission_in(_bytes(whole))
        assert any("StructureScan" in each.what for each in read.problems)
        assert "StructureScan" in read.mission.not_understood[0].text

    @pytest.mark.parametrize(
        ("change", "why"),
        [
            ({"version": 3}, "version is 3"),
            ({"fileType": "Parameters"}, "fileType"),
            ({"mission": None}, "'mission' is missing"),
            ({"mission": {"version": 2, "items": 5}}, r"mission\.items is no JSON list"),
            ({"geoFence": {"version": 2, "polygons": [{"polygon": [[99, 0], [1, 1], [2, 2]]}]}}, "not on the ground"),
            ({"rallyPoints": {"version": 9}}, "'rallyPoints' has version 9"),
        ],
    )
    def test_a_broken_one_says_what_is_wrong_and_where(self, change: dict[str, object], why: str):
        with pytest.raises(NotUnderstood, match=why):
            mission_in(_bytes(_plan(**change)))

    def test_broken_json_is_told_by_line_and_column(self):
        with pytest.raises(NotUnderstood, match="line 3, column"):
            mission_in(b'{\n"fileType": "Plan",\n"mission" 7}')

    def test_qgroundcontrol_dropping_our_part_leaves_a_mission_that_is_read(self):
        whole = _plan()
        del whole["groundside"]
        read = mission_in(_bytes(whole)).mission
        assert read == replace(a_survey(), name="", aircraft="")


class TestWaypoints:
    def test_version_100_is_read_with_its_own_order_of_columns(self):
        rows = "QGC WPL 100\r\n0\t3\t25\t0\t0\t0\t0\t1\t8.0\t47.0\t400\t0\t1\r\n1\t3\t25\t0\t0\t2\t0\t0\t8.1\t47.1\t50\t0\t1\r\n"
        read = mission_in(rows.encode()).mission
        assert read.home == Place(8.0, 47.0, 400.0, Above.HOME)
        assert read.waypoints[0] == Waypoint(lon=8.1, lat=47.1, height_m=50.0, actions=(Hover(2.0),))

    def test_rows_that_are_none_are_passed_over_and_told_by_line(self):
        rows = "QGC WPL 110\n0 1 0 16 0 0 0 0 47 8 400 1\n1 0 3 16 0 0 0 0 47,5 8 50 1\n2 0 3 16 0 0\n3 0 3 16 0 0 0 0 47.1 8 50 1\n"
        read = mission_in(rows.encode())
        assert len(read.mission.waypoints) == 1
        assert [each.what.split(":")[0] for each in read.problems] == ["Line 3", "Line 4 has 6 columns, not 12"]
        assert "with a point" in read.problems[0].what

    def test_a_version_that_is_not_known_is_refused(self):
        with pytest.raises(NotUnderstood, match="line 1: its version is 130"):
            mission_in(b"QGC WPL 130\n0 1 0 16 0 0 0 0 47 8 400 1\n")

    def test_digicam_mount_and_roi_of_ardupilot_are_understood(self):
        rows = (
            "QGC WPL 110\n0 1 0 16 0 0 0 0 47 8 400 1\n1 0 3 16 0 0 0 0 47.1 8 50 1\n"
            "2 0 0 205 -45 0 0 0 0 0 2 1\n3 0 0 203 0 0 0 0 1 0 0 1\n4 0 3 201 0 0 0 0 47.2 8 5 1\n5 0 0 20 0 0 0 0 0 0 0 1\n"
        )
        read = mission_in(rows.encode()).mission
        look = LookAt(Place(8.0, 47.2, 5.0))
        assert read.waypoints[0].actions == (Gimbal(-45.0), TakePhoto(), look)
        assert read.finish is Finish.RETURN


class TestLitchi:
    def test_feet_and_miles_an_hour_are_turned_into_metres(self):
        text = encode_mission(a_survey(), "it.csv").content.decode()
        feet = text.replace("(m)", "(ft)").replace("(m/s)", "(mph)")
        read = mission_in(feet.encode()).mission
        assert read.waypoints[0].height_m == pytest.approx(60.0 * 0.3048)
        assert read.speed_m_s == pytest.approx(8.0 * 0.44704)

    def test_decimals_with_a_comma_are_refused_in_words(self):
        text = "latitude;longitude;altitude(m);heading(deg);curvesize(m)\n47,5;8,1;50;0;0\n"
        with pytest.raises(NotUnderstood, match="decimal point"):
            mission_in(text.encode())

    @pytest.mark.parametrize("cell", ["nan", "1e400", "x" * 200_000, "٣"])
    def test_a_cell_that_is_no_number_brings_the_row_down_and_nothing_else(self, cell: str):
        text = encode_mission(a_survey(), "it.csv").content.decode() + f"47.0,8.0,{cell}\n47.0,8.0,50.0\n"
        read = mission_in(text.encode())
        assert len(read.mission.waypoints) == 5
        assert len(read.problems) == 1

    def test_missing_columns_are_taken_as_not_said(self):
        text = "latitude,longitude,altitude(m),heading(deg),curvesize(m)\n47.5,8.1,50,90,0\n"
        assert mission_in(text.encode()).mission.waypoints == (
            Waypoint(lon=8.1, lat=47.5, height_m=50.0, heading_deg=90.0),
        )

    def test_photos_go_on_from_row_to_row(self):
        read = mission_in(encode_mission(a_survey(), "it.csv").content).mission
        assert read.waypoints[0].actions == (Gimbal(-90.0), TriggerByDistance(20.0))
        assert read.waypoints[1].actions == (StopTrigger(),)


class TestMaps:
    def test_a_line_drawn_in_another_program_is_a_way_to_fly(self):
        line = {"type": "LineString", "coordinates": [[8.0, 47.0, 500.0], [8.1, 47.0, 510.0]]}
        read = mission_in(_bytes({"type": "Feature", "properties": {}, "geometry": line})).mission
        assert [(each.height_m, each.above) for each in read.waypoints] == [
            (500.0, Above.ELLIPSOID),
            (510.0, Above.ELLIPSOID),
        ]

    def test_a_point_dragged_in_google_earth_moves_the_waypoint(self):
        text = encode_mission(a_survey(), "it.kml").content.replace(b"8.001,47.001,60.0", b"8.002,47.003,70.0")
        first = mission_in(text).mission.waypoints[0]
        assert (first.lon, first.lat, first.height_m) == (8.002, 47.003, 70.0)
        assert first.actions == a_survey().waypoints[0].actions

    def test_json_that_is_no_mission_is_refused(self):
        with pytest.raises(NotUnderstood):
            mission_in(b'{"type": "FeatureCollection", "features": []}')
        odd = {"type": "FeatureCollection", "groundside": {"actions": [{"do": ["dance"]}]}, "features": []}
        with pytest.raises(NotUnderstood, match="no action"):
            mission_in(_bytes(odd))
        with pytest.raises(NotUnderstood, match="no action"):
            mission_in(
                _bytes({"type": "FeatureCollection", "groundside": {"actions": [{"do": "dance"}]}, "features": []})
            )


def test_a_plan_as_json_says_length_duration_and_what_was_not_understood():
    from groundside.model.mission import Command, MissionRead

    mission = replace(a_survey(), actions=(Command(530, (0.0, 2.0, *[None] * 5)),), lost_link=LostLink.HOVER)
    shape = plan_shape(MissionRead("qgc-plan", mission))
    assert shape["length_m"] == pytest.approx(1272.4, abs=2.0)
    assert shape["duration_s"] == pytest.approx(float(str(shape["length_m"])) / 8.0 + 2.5)
    assert "530" in str(shape["not_understood"])
    assert json.loads(json.dumps(shape, allow_nan=False)) == shape
    assert plan_shape(MissionRead("x", replace(mission, speed_m_s=None)))["duration_s"] is None


def test_a_longitude_past_the_antimeridian_fits_into_the_protocol():
    from groundside.archive.missions import mission_items_of

    mission = Mission(waypoints=(Waypoint(lon=181.5, lat=-16.0, height_m=40.0),))
    assert mission_items_of(mission)[0][0]["x"] == -160_000_000
    assert mission_items_of(mission)[0][0]["y"] == -1_785_000_000
