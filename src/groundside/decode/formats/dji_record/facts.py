"""What a flight record says of itself, apart from its tables."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from groundside.decode.formats.dji_record.cipher import Opened
from groundside.decode.formats.dji_record.clock import RowTimes
from groundside.decode.formats.dji_record.details import distance_m
from groundside.decode.formats.dji_record.feature import FEATURE_POINTS, feature_of_kinds
from groundside.decode.formats.dji_record.layout import Layout
from groundside.decode.formats.dji_record.names import DEPARTMENTS, RECORD_NAMES
from groundside.decode.formats.dji_record.records import Records
from groundside.decode.formats.dji_record.walk import Walk
from groundside.model.decoded import Fact

OSD_KIND = 1


def facts_of(
    layout: Layout, walk: Walk, times: RowTimes | None, opened: Opened, details: Mapping[str, Fact]
) -> dict[str, Fact]:
    """
    Gather the facts of a file.

    Args:
        times: of its position records, where there are any.
        details: what `details_of` says.

    Returns:
        `version`, `details` (empty where there is none), `department`, `record_counts`, `osd_records`
        (locked or not), `track_locked`, `locked_feature_points`, `pictures`, `span_s` (length of the track,
        where there is one) and `inferences`.
    """
    details, records = dict(details), opened.content.records
    inferences: list[Fact] = []
    if details:
        metres, why = distance_m(details, layout.version, layout.department)
        details["distance_m"] = metres
        inferences += [why] if why else []
    inferences += list(times.inferences) if times is not None else []
    found: dict[str, Fact] = {
        "version": layout.version,
        "details": details,
        "department": DEPARTMENTS.get(layout.department or 0, ""),
        "record_counts": _counts(records),
        "osd_records": int((records.kinds == OSD_KIND).sum()),
        "track_locked": bool((opened.locked & (records.kinds == OSD_KIND)).any()),
        "locked_feature_points": _locked_points(layout, records, opened),
        "pictures": layout.pictures[1] + walk.pictures,
        "inferences": inferences,
    }
    if times is not None and times.time_us.size:
        found["first_row_us"] = int(times.time_us[0])
        found["span_s"] = float(times.time_us[-1] - times.time_us[0]) / 1e6
    return found


def _counts(records: Records) -> dict[str, Fact]:
    counts = np.bincount(records.kinds, minlength=256).tolist()
    return {RECORD_NAMES.get(kind, f"TYPE_{kind}"): count for kind, count in enumerate(counts) if count}


def _locked_points(layout: Layout, records: Records, opened: Opened) -> list[Fact]:
    if not opened.locked.any():
        return []
    features = feature_of_kinds(layout)
    points = {features[kind] for kind in np.unique(records.kinds[opened.locked]).tolist()}
    return [FEATURE_POINTS[point] for point in sorted(points)]
