"""When records were, by those among them that say when the vehicle sent them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from groundside import native
from groundside.native import _mavlink

Times = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Anchors:
    """
    Records that say when the vehicle sent them, ascending in the file; at least one. Times are microseconds.

    Args:
        at: offset in the file.
        boot_us: boot time.
        device_us: time of the recorder; None where there is none.
        starts: of each session the index of its first record, ascending; the first is 0.
        base_us: of each session what to add to its boot time; None to add nothing.
    """

    at: Times
    boot_us: Times
    device_us: Times | None
    starts: Times
    base_us: Times | None


def times(anchors: Anchors, at: Times, device_us: Times, boot_us: Times | None, far_us: int) -> Times:
    """
    Time records: by the anchor before each, and what the recorder counted since, not beyond the anchor after it.

    Args:
        anchors: of the log.
        at: where in the file the records are.
        device_us: when the recorder says they were.
        boot_us: when they say themselves that they were sent; None where none does.
        far_us: what they say holds where it is less than this away from what the anchors say.
    """
    if native.PLAIN:
        return times_plainly(anchors, at, device_us, boot_us, far_us)
    to = np.empty(len(at), np.int64)
    _mavlink.times(
        anchors.at,
        anchors.boot_us,
        anchors.device_us,
        anchors.starts,
        anchors.base_us,
        at,
        device_us,
        boot_us,
        far_us,
        to,
    )
    return to


def times_plainly(anchors: Anchors, at: Times, device_us: Times, boot_us: Times | None, far_us: int) -> Times:
    """Do the same as `times`, in NumPy: its definition. Sums that no clock can say go around."""
    index = anchors.at.searchsorted(at, side="right") - 1
    boot = received = _boot(anchors, index, device_us)
    if boot_us is not None:
        apart = boot_us - received
        boot = np.where((apart > -far_us) & (apart < far_us), boot_us, received)
    return boot if anchors.base_us is None else boot + anchors.base_us[_session(anchors, np.maximum(index, 0))]


def _boot(anchors: Anchors, index: Times, device_us: Times) -> Times:
    """Give boot time behind some anchors; before all of them where the index is -1."""
    before = np.maximum(index, 0)
    if anchors.device_us is None:
        return anchors.boot_us[before]
    since = device_us - anchors.device_us[before]
    following = np.minimum(before + 1, len(anchors.at) - 1)
    same = (following > before) & (_session(anchors, before) == _session(anchors, following))
    step = np.where(same, anchors.boot_us[following] - anchors.boot_us[before], np.iinfo(np.int64).max)
    counted = np.minimum(np.maximum(since, 0), np.maximum(step, 0))
    return anchors.boot_us[before] + np.where(index < 0, np.minimum(since, 0), counted)


def _session(anchors: Anchors, of: Times) -> Times:
    return anchors.starts.searchsorted(of, side="right") - 1
