"""The MAVLink kernel and its plain twin, on the same bytes."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np

from groundside import native
from groundside.decode.mavlink.definitions import layouts
from groundside.native import mavlink
from groundside.native.mavlink_plain import Walk


def told(walked: Walk) -> dict[str, object]:
    """Give all that a walk says as plain values."""
    fields = ("at", "group", "keys", "counts", "covered", "longer", "others")
    return {name: np.asarray(getattr(walked, name)).tolist() for name in fields}


def walk_by_both(data: bytes, lead: int) -> Walk:
    """Walk by the kernel and by its twin; fail where they do not say the same, of the file and of every frame."""
    view = memoryview(data)
    walked = mavlink.walk(view, lead, layouts())
    groups = len(walked.keys)
    slot = (np.arange(groups) * 7 % max(1, groups)).astype(np.int32)
    sizes = np.bincount(slot, weights=walked.counts, minlength=groups).astype(np.int64)
    ours = all_of(view, walked, lead, slot, sizes)
    with patch.object(native, "PLAIN", True):
        plain = mavlink.walk(view, lead, layouts())
        theirs = all_of(view, walked, lead, slot, sizes)
    assert told(walked) == told(plain)
    assert ours == theirs
    return walked


def all_of(data: memoryview, walked: Walk, lead: int, slot: np.ndarray, sizes: np.ndarray) -> list[object]:
    found = mavlink.sort(data, walked, lead, slot, sizes)
    payload, length, shortest = mavlink.lay_out(found.at, found.form)
    packed, ends = mavlink.pack(data, payload, length)
    *counted, kinds = mavlink.count(data, walked.at)
    parts = [mavlink.part(data, found.at, found.form, *some) for some in ((0, 4), (3, 40), (0, 255), (250, 9))]
    clocks = mavlink.clocks_before(data, walked.at) if lead else np.zeros(0)
    gaps = mavlink.gaps(data, lead, walked.at)
    arrays = (gaps, found.at, found.clock, found.form, payload, length, packed, ends, *counted, clocks, *parts)
    starts = [array.tolist() for array in mavlink.find(data, layouts())]
    return [shortest, kinds, starts, *(array if array is None else array.tolist() for array in arrays)]
