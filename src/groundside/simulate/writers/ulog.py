"""
Write a ULog file (.ulg) as PX4 does.

The order of things at the start, the rates and the subscriptions that come late follow real logs. The clock is
microseconds since boot; UTC is only what satellite receivers say.

Source: PX4 Guide 1.16, "ULog File Format", https://docs.px4.io/v1.16/en/dev_log/ulog_file_format
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from groundside.errors import BadRequest
from groundside.simulate import MARK
from groundside.simulate.motion import RATE_HZ
from groundside.simulate.truth import Truth
from groundside.simulate.writers import ulog_definitions as define
from groundside.simulate.writers.inertial import inertial
from groundside.simulate.writers.interleave import SLOTS, Block, interleave, rows_of
from groundside.simulate.writers.mavlink_state import sample_at
from groundside.simulate.writers.ulog_layout import INERTIAL, TOPICS, Generation, Topic, data_rows
from groundside.simulate.writers.ulog_topics import Published, Vehicle, published

_LATE = frozenset({"home_position", "airspeed_validated"})
"""Topics that are first published, and so subscribed, while the log is under way."""
_SYNC_EVERY, _BOOT_TAG = 5, 2
_DROPOUT, _SUBSCRIBE, _PARAMETER, _SAID, _SYNC = -2, -1, 60, 61, 63
_LAST = np.iinfo(np.int64).max
_MOST_APPENDED, _TORN_BYTES = 3, 5


@dataclass(frozen=True, slots=True)
class Recorder:
    """
    How to log.

    Args:
        generation: which release's topics: "1.12" (receivers say integers of 1e-7 degree) or "1.16" (degrees).
        version: of the file format: 1, or 0, which has neither flags nor default parameters.
        boot_us: what the clock since boot says at the first sample.
        receivers: satellite receivers, 1 or 2.
        utc: whether the receivers ever learn UTC.
        tagged: texts of the flight bear a tag.
        dropouts: how often the card does not keep up and data is lost.
        appended: in how many pieces, at most three, the last third was appended after the log was cut short.
        inertial_hz: how often inertial sensors are logged, a multiple of 10; 0 for not at all.
    """

    generation: Generation = "1.16"
    version: int = 1
    boot_us: int = 31_406_000
    receivers: int = 1
    utc: bool = True
    tagged: bool = False
    dropouts: int = 0
    appended: int = 0
    inertial_hz: int = 0


def write(truth: Truth, seed: int = 0, options: Recorder | None = None) -> bytes:
    """
    Write a log.

    The clock since boot never jumps: a "clock_jump" of the truth is one of the ground station, and not in here.
    Positions of vehicle_global_position are the truth's to the last bit; those of receivers are rounded to 1e-7 degree
    in "1.12". Attitude and positions come ten times a second, receivers five times, batteries and states twice.

    Args:
        truth: what happened.
        seed: decides when data is dropped.
        options: how to log.

    Raises:
        BadRequest: more than three appended pieces, or any in a file of version 0.
    """
    recorder = options or Recorder()
    _check(recorder)
    topics = TOPICS[recorder.generation]
    log = _Log(truth, recorder, {**topics, INERTIAL.name: INERTIAL} if recorder.inertial_hz else topics)
    head = define.header(recorder.version, recorder.boot_us)
    definitions = b"".join(_definitions(log))
    blocks = _data(log, np.random.default_rng(seed))
    first, *pieces = _pieces(log, blocks)
    if recorder.version == 0:
        return head + definitions + first
    torn = first[:-_TORN_BYTES] if pieces else first
    ends = np.cumsum([len(head) + define.FLAG_BITS_BYTES + len(definitions) + len(torn), *map(len, pieces)])
    return head + define.flag_bits(True, ends[:-1].tolist()) + definitions + torn + b"".join(pieces)


def _check(recorder: Recorder) -> None:
    if recorder.appended > (_MOST_APPENDED if recorder.version else 0):
        raise BadRequest("A log has at most three appended pieces, and none in version 0.", try_this="appended=0")


@dataclass(frozen=True, slots=True)
class _Log:
    truth: Truth
    recorder: Recorder
    topics: dict[str, Topic]

    def boot_us(self, time_us: int) -> int:
        return time_us - self.truth.start_us + self.recorder.boot_us


@dataclass(frozen=True, slots=True)
class _Stream:
    """A topic's instance, the number it is subscribed under and its data."""

    topic: Topic
    msg_id: int
    data: Published

    @property
    def subscription(self) -> bytes:
        return define.subscription(self.topic, self.data.instance, self.msg_id)

    @property
    def starts(self) -> int:
        """Before everything, or just before the first of its data."""
        return int(self.data.rows[0]) * SLOTS + _SUBSCRIBE if self.topic.name in _LATE else -SLOTS

    @property
    def block(self) -> Block:
        rows = data_rows(self.topic, self.msg_id, self.data.columns, len(self.data.rows))
        return Block(self.data.rows.astype(np.int64) * SLOTS + self.msg_id, rows)


def _definitions(log: _Log) -> Iterator[bytes]:
    yield from define.identity(log.truth, log.recorder.generation)
    for topic in log.topics.values():
        yield define.definition(topic)
    parameters = define.parameters(log.truth)
    for p in parameters:
        yield define.parameter(p.name, p.value, p.whole)
    if log.recorder.version:
        for p in parameters:
            if p.default is not None:
                yield define.default_parameter(p)
    yield from define.console(log.truth)


def _streams(log: _Log) -> list[_Stream]:
    t, r = log.truth, log.recorder
    vehicle = Vehicle(t, t.time_us - t.time_us[0] + r.boot_us, r.receivers, r.utc)
    filled = [p for p in (*published(vehicle), *_inertial(log, vehicle)) if len(p.rows)]
    return [_Stream(log.topics[p.topic], i, p) for i, p in enumerate(filled)]


def _inertial(log: _Log, vehicle: Vehicle) -> Iterator[Published]:
    if log.recorder.inertial_hz:
        felt = inertial(log.truth, log.recorder.inertial_hz, 0)
        step_us = 1_000_000 // log.recorder.inertial_hz
        measured = {"gyro_rad": felt.gyro, "accelerometer_m_s2": felt.acceleration}
        spans = {"gyro_integral_dt": step_us, "accelerometer_integral_dt": step_us}
        at = {"timestamp": vehicle.boot_us[felt.rows] + felt.since_us}
        yield Published(INERTIAL.name, felt.rows, {**at, **measured, **spans})


def _data(log: _Log, rng: np.random.Generator) -> list[Block]:
    streams = _streams(log)
    gaps = _gaps(log, rng)
    blocks = [s.block if s.data.vital else _without(s.block, gaps) for s in streams]
    blocks += [_one(s.starts, s.subscription) for s in streams]
    blocks += [_one(end * SLOTS + _DROPOUT, define.dropout((end - begin) * 1000 // RATE_HZ)) for begin, end in gaps]
    blocks += [_one(at * SLOTS + slot, text) for at, slot, text in _told(log)]
    syncs = np.arange(0, len(log.truth), _SYNC_EVERY, dtype=np.int64) * SLOTS + _SYNC
    return [*blocks, Block(syncs, np.repeat(rows_of(define.message("S", define.SYNC)), len(syncs), axis=0))]


def _one(order: int, text: bytes) -> Block:
    return Block(np.array([order], np.int64), rows_of(text))


def _told(log: _Log) -> Iterator[tuple[int, int, bytes]]:
    """Texts and changed parameters: at which sample, in which slot, the message."""
    t, boot_us = log.truth, log.recorder.boot_us
    yield 0, _SAID, define.said(6, boot_us, MARK)
    yield 0, _SAID, define.said(6, boot_us, f"{t.aircraft.name} {t.aircraft.serial}", _BOOT_TAG)
    for said in t.messages:
        tag = _BOOT_TAG if log.recorder.tagged else None
        message = define.said(said.severity, log.boot_us(said.time_us), said.text, tag)
        yield sample_at(t, said.time_us), _SAID, message
    for setting in t.settings:
        if setting.time_us is not None:
            changed = define.parameter(setting.name, setting.value, setting.whole)
            yield sample_at(t, setting.time_us), _PARAMETER, changed


def _gaps(log: _Log, rng: np.random.Generator) -> list[tuple[int, int]]:
    """First sample lost and first sample written again, of each dropout; never the first or the last second."""
    count, apart = log.recorder.dropouts, (len(log.truth) - 2 * RATE_HZ) // max(1, log.recorder.dropouts)
    if not count or apart < 2:
        return []
    begins = RATE_HZ + np.arange(count) * apart + rng.integers(0, apart // 2, count)
    return [(int(b), int(b) + 1 + int(rng.integers(0, min(apart // 2, 2 * RATE_HZ)))) for b in begins]


def _without(block: Block, gaps: list[tuple[int, int]]) -> Block:
    sample = block.order // SLOTS
    kept = np.ones(len(sample), np.bool_)
    for begin, end in gaps:
        kept &= (sample < begin) | (sample >= end)
    return Block(block.order[kept], block.rows[kept])


def _pieces(log: _Log, blocks: list[Block]) -> list[bytes]:
    """The data in order; what was appended begins with its subscriptions, as data after a crash does."""
    count, size = log.recorder.appended, len(log.truth)
    if not count:
        return [interleave(blocks).tobytes()]
    cuts = [-_LAST, *(size * 2 // 3 + np.arange(count) * (size // 3 // count)) * SLOTS, _LAST]
    subscribed = b"".join(s.subscription for s in _streams(log))
    parts = [interleave([_between(b, int(low), int(high)) for b in blocks]).tobytes() for low, high in pairwise(cuts)]
    return [parts[0], *(subscribed + p for p in parts[1:])]


def _between(block: Block, low: int, high: int) -> Block:
    inside = (block.order >= low) & (block.order < high)
    return replace(block, order=block.order[inside], rows=block.rows[inside])
