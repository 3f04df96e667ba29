"""From the bytes of a log to tables, facts and problems."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from groundside.decode.mavlink.checksum import Bytes, Offsets
from groundside.decode.mavlink.clock import glitches
from groundside.decode.mavlink.frames import SIGNED, UNKNOWN, V2, Frames
from groundside.decode.mavlink.problems import findings
from groundside.decode.mavlink.series import Stream
from groundside.decode.mavlink.summary import facts_of
from groundside.decode.mavlink.tables import UNKNOWN_TABLE, Untimed, senders, sequences, untimed_tables
from groundside.decode.mavlink.walk import CLOCK_BYTES, Walk, clocks, walk
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem

_MAX_LISTED = 100
_LATE = 128
"""A sequence number that went on by more than half its range is taken for one that came late, not for frames lost."""


def decode(data: memoryview, device: bool) -> Decoded:
    """
    Read a log: a table for each message of each sender.

    Args:
        data: the whole file.
        device: whether the clock of the recorder stands before each frame.
    """
    if not len(data):
        return Decoded({}, {"inferences": []}, (Problem(0, 0, "The file is empty."),), ByteAccount(0, 0, 0))
    view = np.frombuffer(data, np.uint8)
    walked = walk(view, CLOCK_BYTES if device else 0)
    found = findings(view, walked)
    with np.errstate(all="ignore"):
        stream = _stream(view, walked, device)
        facts = {**facts_of(stream), **_counts(view, walked, stream.tables)}
    reasons: dict[str, Fact] = dict(found.reasons)
    inferences = facts["inferences"]
    said = [*(inferences if isinstance(inferences, list) else []), *_of_frames(facts)]
    problems = sorted([*found.problems, *_of_clocks(view, walked)], key=_place)
    return Decoded(
        stream.tables, {**facts, "skipped_bytes": reasons, "inferences": said}, tuple(problems), found.account
    )


def _stream(view: Bytes, walked: Walk, device: bool) -> Stream:
    untimed = untimed_tables(view, walked.frames)
    if device:
        return Stream(_timed(untimed, clocks(view, walked.frames.at), "clock of the recorder"), device)
    none = np.zeros(len(walked.frames), np.int64)
    first = Stream(_timed(untimed, none, ""), device)
    if not len(first.clock.at):
        return Stream({name: _without_time(part) for name, part in untimed.items()}, device)
    boot = first.clock.boot(walked.frames.at, none)
    return Stream(_timed(untimed, boot, "time_boot_ms of the vehicle, last one before"), device)


def _of_clocks(view: Bytes, walked: Walk) -> list[Problem]:
    if not len(walked.frames):
        return [Problem(None, 0, "No frame with a right checksum is in the file.")]
    if not walked.lead:
        return []
    damaged = np.flatnonzero(glitches(clocks(view, walked.frames.at)))
    if not len(damaged):
        return []
    what = f"{len(damaged)} records have a clock that lies far from those around it."
    return [Problem(int(walked.starts[damaged[0]]), 0, what)]


def _place(problem: Problem) -> tuple[bool, int]:
    return problem.offset is None, problem.offset or 0


def _timed(untimed: Mapping[str, Untimed], times: Offsets, origin: str) -> dict[str, pa.Table]:
    return {name: part.timed(times[part.rows], origin) for name, part in untimed.items()}


def _without_time(part: Untimed) -> pa.Table:
    return part.timed(pa.nulls(len(part.rows), pa.int64()), "")


def _counts(view: Bytes, walked: Walk, tables: Mapping[str, pa.Table]) -> dict[str, Fact]:
    frames = walked.frames
    two = view[frames.at] == V2
    messages: dict[str, Fact] = {}
    for name, table in tables.items():
        if name != UNKNOWN_TABLE:
            plain = name.split("[")[0]
            before = messages.get(plain, 0)
            messages[plain] = table.num_rows + (before if isinstance(before, int) else 0)
    unknown = frames.id[frames.definition == UNKNOWN]
    ids, counts = np.unique(unknown, return_counts=True)
    most = np.argsort(-counts, kind="stable")[:_MAX_LISTED]
    return {
        "frames": len(frames),
        "frames_of_version": {"1": int((~two).sum()), "2": int(two.sum())},
        "signed_frames": int((view[frames.at[two] + 2] == SIGNED).sum()),
        "messages": messages,
        "unknown_messages": {str(ids[n]): int(counts[n]) for n in most.tolist()},
        "senders": _senders(view, frames),
    }


def _senders(view: Bytes, frames: Frames) -> dict[str, Fact]:
    """Count the frames of each sender, and those that its sequence numbers say are missing."""
    whose = senders(view, frames)
    order = np.argsort(whose, kind="stable")
    numbers = sequences(view, frames)[order].astype(np.int64)
    steps = np.diff(numbers, prepend=numbers[:1]) % 256
    steps[np.flatnonzero(np.diff(whose[order], prepend=np.int64(-1)))] = 1
    lost = np.where((steps > 1) & (steps < _LATE), steps - 1, 0)
    unique, which, counts = np.unique(whose[order], return_inverse=True, return_counts=True)
    missing = np.bincount(which, weights=lost, minlength=1).astype(np.int64)
    most = np.argsort(-counts, kind="stable")[:_MAX_LISTED].tolist()
    return {f"{unique[n] >> 8}/{unique[n] & 0xFF}": {"frames": int(counts[n]), "lost": int(missing[n])} for n in most}


def _of_frames(facts: Mapping[str, Fact]) -> list[Fact]:
    said: list[Fact] = []
    if facts["signed_frames"]:
        said.append(
            f"The signatures of {facts['signed_frames']} frames were not checked: that needs the vehicle's key."
        )
    if facts["unknown_messages"]:
        said.append("Frames that fit no definition known here were taken by their place between others; see UNKNOWN.")
    if any(isinstance(s, dict) and s["lost"] for s in _listed(facts["senders"])):
        said.append("Frames lost are counted by gaps in the sequence numbers of each sender.")
    return said


def _listed(fact: Fact) -> list[Fact]:
    return list(fact.values()) if isinstance(fact, dict) else []
