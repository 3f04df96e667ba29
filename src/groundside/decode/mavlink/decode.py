"""From the bytes of a log to tables, facts and problems."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from groundside.decode.mavlink.columns import Offsets, Times
from groundside.decode.mavlink.glitches import glitches
from groundside.decode.mavlink.problems import findings
from groundside.decode.mavlink.records import Records, records_of
from groundside.decode.mavlink.series import Stream, Telemetry
from groundside.decode.mavlink.summary import facts_of
from groundside.decode.mavlink.tables import sheets_of, tables_of
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem, Said
from groundside.model.late import Late
from groundside.native.mavlink import clocks_before, count
from groundside.native.mavlink_frames import CLOCK_BYTES
from groundside.reference.mavlink import message

_MAX_LISTED = 100


def decode(data: memoryview, device: bool) -> Decoded:
    """
    Read a log: a table for each message of each sender, each made when it is asked for.

    Args:
        data: the whole file.
        device: whether the clock of the recorder stands before each frame.
    """
    if not len(data):
        return Decoded({}, {"inferences": []}, (Problem(0, 0, "The file is empty."),), ByteAccount(0, 0, 0))
    records = records_of(data, CLOCK_BYTES if device else 0)
    sheets = sheets_of(records)
    if device:
        tables = tables_of(records, sheets, Late(_recorded(records)))
        stream = Late(lambda: Stream(tables, device))
    else:
        untimed = Late(lambda: Stream(tables_of(records, sheets, Late(lambda: Times(_nothing, ""))), device))
        tables = tables_of(records, sheets, Late(lambda: _booted(untimed())))
        stream = Late(lambda: Stream(tables, device, untimed()))
    return Telemetry.told(tables, records.account, lambda: _said(records, stream), stream)


def _recorded(records: Records) -> Callable[[], Times]:
    """Time the frames of a log by the clock before each."""

    def read(at: Offsets, clock: Offsets | None) -> Offsets:
        return clocks_before(records.data, at) if clock is None else clock

    return lambda: Times(read, "clock of the recorder")


def _booted(untimed: Stream) -> Times:
    """Time the frames of a stream by the anchors of the vehicle's clock among them."""
    clock = untimed.clock
    if not len(clock.at):
        return Times(None, "")
    return Times(lambda at, _: clock.boot(at, _nothing(at)), "time_boot_ms of the vehicle, last one before")


def _nothing(at: Offsets, clock: Offsets | None = None) -> Offsets:
    del clock
    return np.zeros(len(at), np.int64)


def _said(records: Records, made: Late[Stream]) -> Said:
    at = records.all_at()
    found = findings(records, at)
    with np.errstate(all="ignore"):
        facts = {**facts_of(made()), **_counts(records, at)}
    reasons: dict[str, Fact] = dict(found.reasons)
    inferences = facts["inferences"]
    said = [*(inferences if isinstance(inferences, list) else []), *_of_frames(facts)]
    problems = sorted([*found.problems, *_of_clocks(records, at)], key=_place)
    return {**facts, "skipped_bytes": reasons, "inferences": said}, tuple(problems)


def _of_clocks(records: Records, at: Offsets) -> list[Problem]:
    if not len(at):
        return [Problem(None, 0, "No frame with a right checksum is in the file.")]
    if not records.lead:
        return []
    damaged = np.flatnonzero(glitches(clocks_before(records.data, at)))
    if not len(damaged):
        return []
    what = f"{len(damaged)} records have a clock that lies far from those around it."
    return [Problem(int(at[damaged[0]]) - records.lead, 0, what)]


def _place(problem: Problem) -> tuple[bool, int]:
    return problem.offset is None, problem.offset or 0


def _counts(records: Records, at: Offsets) -> dict[str, Fact]:
    messages: dict[str, int] = {}
    for group in records.groups:
        name = message(group.definition).name
        messages[name] = messages.get(name, 0) + len(group.at)
    senders, frames, lost, (two, signed) = count(records.data, at)
    return {
        "frames": len(at),
        "frames_of_version": {"1": len(at) - int(two), "2": int(two)},
        "signed_frames": int(signed),
        "messages": dict[str, Fact](messages),
        "unknown_messages": _unknown_messages(records),
        "senders": _senders(senders, frames, lost),
    }


def _unknown_messages(records: Records) -> dict[str, Fact]:
    if not len(records.unknown):
        return {}
    ids, counts = np.unique(records.unknown.id, return_counts=True)
    most = np.argsort(-counts, kind="stable")[:_MAX_LISTED]
    return {str(ids[n]): int(counts[n]) for n in most.tolist()}


def _senders(senders: Offsets, frames: Offsets, lost: Offsets) -> dict[str, Fact]:
    """List the frames of each sender, and those that its sequence numbers say are missing."""
    most = np.argsort(-frames, kind="stable")[:_MAX_LISTED].tolist()
    named, sent, missed = (column.tolist() for column in (senders, frames, lost))
    return {f"{named[n] >> 8}/{named[n] & 0xFF}": {"frames": sent[n], "lost": missed[n]} for n in most}


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
