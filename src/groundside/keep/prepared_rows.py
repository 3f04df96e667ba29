"""Readings and cuts as columns of their tables; whoever made them can write them so, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from groundside.keep.canonical import canonical, finite, noun
from groundside.keep.rows import Box, CutRef, KeptCut, Reading
from groundside.model.flight import Cut, Place
from groundside.model.lineage import Derived

PROBLEMS_KEPT = 1000
"""Of more problems than that only the first are kept, and how many there were."""


CUT_READ = ("original_id", "ordinal", "code", "parameters", "summary", "box", "place", "track_object", "simulated")
"""What of a row of the table `cut` says the whole of it; the other columns are searched by."""


def cut_columns(kept: KeptCut) -> dict[str, object]:
    """Give every column of the table `cut`."""
    summary, home = kept.summary, kept.summary.home
    return {
        "original_id": kept.ref.original_id,
        "ordinal": kept.ref.ordinal,
        "code": kept.derived.code,
        "parameters": kept.derived.parameters,
        "recording_start_us": summary.recording_start_us,
        "recording_s": finite(summary.recording_s),
        "airborne_s": finite(summary.airborne_s),
        "distance_m": finite(summary.distance_m),
        "home_lon": finite(home.lon) if home else None,
        "home_lat": finite(home.lat) if home else None,
        "aircraft_serial": summary.aircraft.serial,
        "summary": canonical(summary),
        "place": canonical(kept.place) if kept.place else None,
        "box": canonical(kept.box) if kept.box else None,
        "track_object": kept.track_object,
        "simulated": kept.simulated,
    }


def cut_of_columns(columns: Mapping[str, Any]) -> KeptCut:
    """Read what `cut_columns` gave."""
    return KeptCut(
        ref=CutRef(columns["original_id"], columns["ordinal"]),
        derived=Derived(columns["original_id"], columns["code"], columns["parameters"]),
        summary=noun(Cut, columns["summary"]),
        box=noun(Box, columns["box"]) if columns["box"] else None,
        place=noun(Place, columns["place"]) if columns["place"] else None,
        track_object=columns["track_object"],
        simulated=columns["simulated"],
    )


def reading_columns(reading: Reading) -> dict[str, object]:
    """Give every column of the table `reading`."""
    return {
        "original_id": reading.derived.original_id,
        "state": reading.state.value,
        "format": reading.format,
        "code": reading.derived.code,
        "parameters": reading.derived.parameters,
        "facts": canonical(reading.facts),
        "problems": canonical(reading.problems[:PROBLEMS_KEPT]),
        "problem_count": max(reading.problem_count, len(reading.problems)),
        "account": canonical(reading.account),
        "recording": canonical(reading.recording) if reading.recording else None,
        "track_object": reading.track.object_id if reading.track else None,
        "track_rows": reading.track_rows,
        "at_us": reading.at_us,
    }
