"""Every real mission file is read, or is one of those that were broken on purpose, and says what is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from groundside.archive.missions import encode_mission, mission_in, read_mission
from groundside.errors import NotUnderstood

pytestmark = pytest.mark.corpus

FOLDERS = ("plan", "waypoints", "kmz", "wpml", "litchi")
BROKEN = {
    "MAVSDK__qgroundcontrol_sample_with_survey_missing_items.plan": r"mission\.items\[1\].*without its items",
    "MAVSDK__qgroundcontrol_sample_with_survey_wrong_version.plan": r"mission\.items\[1\].*version 9",
    "MAVSDK__qgroundcontrol_sample_without_mission.plan": "'mission' is missing",
    "MAVSDK__qgroundcontrol_sample_wrong_mission_version.plan": "'mission' has version 7",
    "MAVSDK__qgroundcontrol_sample_wrong_overall_version.plan": "version is 42",
}
AREA_ONLY = {
    "Drone_Flightplanning_NN__template.kml",
    "pymavlink__fence.txt",
    "pymavlink__fence-110.txt",
    "pymavlink__rally.txt",
}
SUFFIX = {
    "qgc-plan": ".plan",
    "ardupilot-waypoints": ".waypoints",
    "dji-wpml": ".kmz",
    "kml": ".kml",
    "litchi-csv": ".csv",
}
WAYPOINTS = {
    "MAVSDK__qgroundcontrol_sample_with_survey.plan": 8,
    "dronekit-python__mpmission.txt": 6,
    "suparna_beta__mission.kmz": 13,
    "wpml_codec__waypoint.kmz": 6,
    "wpml_codec__mapping3d.kmz": 33,
    "wpml_codec__d4d7d5e9.kmz": 66,
    "waygen__waylines.wpml": 12,
    "Drone_Flightplanning_NN__waylines.wpml": 58,
}


def _files(corpus: Path) -> list[Path]:
    return [each for folder in FOLDERS for each in sorted((corpus / "flights" / folder).iterdir())]


def test_every_mission_file_is_read_but_those_broken_on_purpose_which_say_why(corpus: Path):
    files = _files(corpus)
    assert {each.name for each in files} >= set(BROKEN) | set(WAYPOINTS) | AREA_ONLY
    for file in files:
        if file.name in BROKEN:
            with pytest.raises(NotUnderstood, match=BROKEN[file.name]):
                read_mission(file)
            continue
        mission = read_mission(file).mission
        assert mission.waypoints or file.name in AREA_ONLY, file.name
        assert len(mission.waypoints) == WAYPOINTS.get(file.name, len(mission.waypoints)), file.name


def test_what_is_read_is_written_in_its_own_format_and_read_again_the_same(corpus: Path):
    for file in _files(corpus):
        if file.name in BROKEN or file.name in AREA_ONLY:
            continue
        read = read_mission(file)
        again = mission_in(encode_mission(read.mission, f"again{SUFFIX[read.format]}").content)
        assert replace(again.mission, not_understood=()) == replace(read.mission, not_understood=()), file.name


def test_what_is_read_goes_through_geojson_and_kml_whole(corpus: Path):
    for file in _files(corpus):
        if file.name in BROKEN or file.name == "Drone_Flightplanning_NN__template.kml":
            continue
        mission = read_mission(file).mission
        for name in ("it.geojson", "it.kml"):
            assert mission_in(encode_mission(mission, name).content).mission == mission, file.name
