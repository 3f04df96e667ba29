"""PX4 logs, `.ulg`: the log on the vehicle's own card."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from groundside.decode.format import Coverage, Format, Options
from groundside.decode.formats.ulog.clock import Timeline, Utc, fit_utc, timeline
from groundside.decode.formats.ulog.log import log
from groundside.decode.formats.ulog.messages import FILE_HEADER_BYTES, MAGIC, Definitions, is_sound
from groundside.decode.formats.ulog.problems import Findings, capped, findings_in
from groundside.decode.formats.ulog.records import Groups, grouped
from groundside.decode.formats.ulog.series import Clock, Log, Topics, own_clock_us
from groundside.decode.formats.ulog.stretch import TopicTable
from groundside.decode.formats.ulog.summary import facts_of, recording, summed_up
from groundside.decode.formats.ulog.tables import said_tables
from groundside.decode.formats.ulog.texts import Flags, Said, flags_of, readable, said_in
from groundside.decode.formats.ulog.track import track
from groundside.decode.formats.ulog.walk import walk
from groundside.model.decoded import ByteAccount, Decoded, Fact, Problem
from groundside.model.late import Late
from groundside.model.recording import TimeBasis
from groundside.model.source import Source

_MIN_MAGIC = 5
_DEFINITIONS = b"BFIMP"


def recognises(head: bytes) -> bool:
    """The file's magic; or most of it, where two definitions follow."""
    if head.startswith(MAGIC):
        return True
    alike = sum(a == b for a, b in zip(head, MAGIC, strict=False))
    return alike >= _MIN_MAGIC and _is_defined(memoryview(head))


def _is_defined(head: memoryview) -> bool:
    at, known = FILE_HEADER_BYTES, Definitions()
    for _ in range(2):
        end = is_sound(head, at, len(head), known)
        if not end or head[at + 2] not in _DEFINITIONS:
            return False
        at = end
    return True


def decode(data: memoryview, options: Options) -> Decoded:
    """Read a log: a table for each instance of each topic. Options are unused."""
    del options
    size = len(data)
    if not size:
        return _nothing(0, "The file is empty.")
    flags = flags_of(data)
    if flags.forbidden:
        return _nothing(size, "The log uses features that nobody here knows, and forbids reading it without them.")
    walked = walk(data, flags.appended)
    found = grouped(data, walked)
    said = Late(partial(said_in, data, walked.others))
    counts = readable(data, walked)
    findings = findings_in(data, walked, found.unread, said().unread if counts is None else ())
    times = Late(partial(timeline, data, found, _started_us(data)))
    tables = Topics(
        {
            **said_tables(said().counts() if counts is None else counts, said, times),
            **{group.name: TopicTable(data, group) for group in found.groups},
        }
    )
    read = _Read(data, flags, found, said, times, findings)
    return Decoded.late(tables, findings.account, partial(_said, read, tables))


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of a file."""

    data: memoryview
    flags: Flags
    found: Groups
    said: Late[Said]
    times: Late[Timeline]
    findings: Findings


def _said(read: _Read, tables: Topics) -> tuple[Mapping[str, Fact], tuple[Problem, ...]]:
    """Work out facts and problems."""
    data, said, times, groups = read.data, read.said(), read.times(), read.found.groups
    with np.errstate(all="ignore"):
        utc = fit_utc(tables, said)
        facts = facts_of(summed_up(Log(tables, _clock(times, utc)), said, utc))
    counts: dict[str, Fact] = {group.name: len(group.places) for group in groups}
    version = data[len(MAGIC)] if len(data) > len(MAGIC) else None
    facts |= {"messages": counts, "records": sum(len(g.places) for g in groups), "version": version}
    problems = [
        *read.findings.problems,
        *_clock_problems(times, utc),
        *_appended_problems(len(data), read.flags.appended),
    ]
    if not groups:
        problems.append(Problem(None, 0, "The file holds no data that could be read."))
    return facts, capped(problems)


def _nothing(size: int, why: str) -> Decoded:
    return Decoded({}, {"inferences": []}, (Problem(0, size, why),), ByteAccount(size, 0, size))


def _started_us(data: memoryview) -> int | None:
    """Read when logging began; None where the header is damaged."""
    if len(data) < FILE_HEADER_BYTES or bytes(data[: len(MAGIC)]) != MAGIC:
        return None
    return struct.unpack_from("<Q", data, 8)[0]


def _clock(times: Timeline, utc: Utc | None) -> Clock:
    if times.first_us is None:
        return Clock()
    if utc is None:
        return Clock(times.first_us, times.last_us, basis=TimeBasis.BOOT)
    return Clock(times.first_us, times.last_us, utc.offset_us, utc.error_s, utc.basis)


def _clock_problems(times: Timeline, utc: Utc | None) -> list[Problem]:
    problems: list[Problem] = []
    if times.damaged:
        what = f"{times.damaged} messages of data state a time far from all around them: it is not used."
        problems.append(Problem(None, 0, what))
    if utc is not None and utc.jumps:
        what = f"{utc.jumps} fixes disagree on the time, by up to {utc.worst_s:.1f} s."
        problems.append(Problem(None, 0, what))
    return problems


def _appended_problems(size: int, appended: Sequence[int]) -> list[Problem]:
    beyond = [offset for offset in appended if offset >= size]
    what = f"Data is said to be appended at {beyond} bytes, past the end of the file."
    return [Problem(None, 0, what)] if beyond else []


FORMAT = Format(
    name="px4-ulog",
    title="PX4 ULog",
    kind="log",
    suffixes=(".ulg", ".ulog"),
    recognises=recognises,
    decode=decode,
    recording=recording,
    track=track,
    log=log,
    own_clock_us=own_clock_us,
    magic=MAGIC,
    version=1,
    source=Source("PX4 user guide: ULog File Format", "https://docs.px4.io/main/en/dev_log/ulog_file_format"),
    coverage=Coverage(
        reads=(
            "Versions 0 and 1 of the file; a later version is read as version 1, and said to be.",
            "All message kinds of the specification: flag bits with up to three places of appended data, formats "
            "nested and with arrays and padding, subscriptions with instances, data, plain and tagged text, "
            "information, parameters with changes and defaults, synchronisation, dropouts.",
            "Each instance of a topic is a table: `topic`, and `topic[i]` from the second on; its columns are named as "
            "pyulog names them. An array of characters that is text is one column of text (up to the first NUL); "
            "an array of more than 512 elements is one column of lists.",
            "Logs cut short or with damaged, missing, foreign or rearranged bytes: all messages before and after.",
        ),
        infers=(
            "UTC: the median over the fixes of a receiver that states UTC; or else the clock of the autopilot, by "
            "which the logger named its file.",
            "Home and height: by the home position in force at take-off; or else from the first position once armed.",
            "Positions: those of the autopilot's estimate, or else of the receiver with the most fixes.",
            "Mode names 6 to 9 and 16: by the firmware's release, for PX4 gave these numbers anew.",
        ),
        leaves=(
            "Encrypted logs (.ulge), and logs with incompatible features that the specification does not name.",
            "A track where no global position was logged (flights by optical flow or motion capture).",
            "A third and fourth battery in the track; they are in the tables.",
            "Reports in topic `event`: their words are not in the log but in the firmware they came with.",
            "A week that a receiver reports 1,024 weeks wrong.",
        ),
        checked_on=(
            "Four logs of pyulog's tests (2016 to 2022; hardware, simulation, appended crash data, tagged text): each "
            "value of each column against pyulog 1.3.0, and their information, text and dropouts against its "
            "ulog_info and ulog_messages.",
            "A flight of PX4 1.12 in its own simulation, 260,153 messages: each value against pyulog 1.3.0.",
        ),
    ),
)
