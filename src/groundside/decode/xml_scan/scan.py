"""Walk through a document with expat, and start anew behind whatever breaks it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from xml.parsers import expat

from groundside.decode.xml_scan.encodings import can_be_read
from groundside.decode.xml_scan.plan import Gap, Plan, Reader, Scan, local_name
from groundside.decode.xml_scan.root import begin_of

DEEPEST = 200
"""Elements within one another; a file that goes deeper is broken or hostile."""
MOST_RESTARTS = 50_000
"""After so many breaks the rest of a file is given up."""
_FIRST_SLICE, _LAST_SLICE = 1 << 11, 1 << 20
_LONGEST_TOKEN = 4 << 20
_MOST_REREAD = 3
_LONGEST_TAG = 4096
_SPACE = re.compile(rb"[ \t\r\n<]")
_NO_DTD = "The document declares entities or types of its own, which is refused: nothing behind it is read."
_DEEP = "Elements are nested too deeply."
_LONG = "A tag or comment is too long."
_NESTED = "An element is not closed."
_CUT = "The document ends before it is closed."


class _Stop(Exception):
    """Raised inside a handler to leave expat; never leaves this module."""

    def __init__(self, why: str, resume: int, *, looked: int = 0, final: bool = False) -> None:
        super().__init__(why)
        self.why, self.resume, self.looked, self.final = why, resume, looked, final


class _OtherEncodingError(Exception):
    """Raised inside a handler where the declared encoding is not that of the bytes; never leaves this module."""


@dataclass(frozen=True, slots=True)
class _Start:
    """Where to begin: at byte `at`, inside `around`; `inside` names a list in whose middle that is."""

    at: int
    around: tuple[str, ...] = ()
    inside: str = ""


@dataclass(slots=True)
class _Work:
    """What is found on the way through a document."""

    data: memoryview
    plan: Plan
    gaps: list[Gap] = field(default_factory=list[Gap])
    notes: list[str] = field(default_factory=list[str])
    encoding: str | None = None
    names: dict[str, str] = field(default_factory=dict[str, str])
    reread: int = 0


def scan(data: memoryview, plan: Plan, reader: Reader) -> Scan:
    """
    Read a document, and what is whole of a damaged one.

    Args:
        data: UTF-8, or another encoding that the document declares and in which `<` is one byte.
        plan: where to go on after damage.
        reader: takes in what is found.

    Returns:
        Where the document broke. Time is linear in the size: what is read twice after damage is bounded, and so is
        the number of new starts.
    """
    work = _Work(data, plan)
    start: _Start | None = _Start(begin_of(data))
    for _ in range(MOST_RESTARTS):
        start = _Run(work, reader, start).run()
        if start is None:
            return _scan(work)
    _gap(work, start.at, len(data), "Too many breaks: the rest was given up.")
    return _scan(work)


def _scan(work: _Work) -> Scan:
    return Scan(tuple(work.gaps), tuple(dict.fromkeys(work.notes)), work.encoding or "utf-8")


def _gap(work: _Work, start: int, end: int, why: str) -> None:
    start = max(start, work.gaps[-1].end if work.gaps else 0)
    work.gaps.append(Gap(min(start, end), end, why))


class _Run:
    """One pass of expat, from a start to the end or to what breaks it."""

    def __init__(self, work: _Work, reader: Reader, start: _Start) -> None:
        self._work, self._reader, self._start_at = work, reader, start.at
        self._records = work.plan.records
        self._parser = parser = _parser_for(work.encoding)
        prefix = "".join(f"<{name}>" for name in start.around).encode("ascii")
        self._base = start.at - len(prefix)
        self._stack: list[str] = []
        self._text: list[str] = []
        self._record: int | None = None
        self._last = start.at - 1
        self._feed_prefix(prefix, start)
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._finish
        parser.CharacterDataHandler = self._text.append
        parser.CommentHandler = parser.EndCdataSectionHandler = self._passed
        parser.ProcessingInstructionHandler = self._passed
        parser.StartDoctypeDeclHandler, parser.XmlDeclHandler = self._doctype, self._declared

    def _feed_prefix(self, prefix: bytes, start: _Start) -> None:
        self._parser.Parse(prefix, False)
        self._stack.extend(start.around)
        if start.inside:
            self._parser.buffer_text = False  # what expat still buffers when it breaks never reaches a handler
            self._reader.begin(start.inside, {}, start.at)

    def run(self) -> _Start | None:
        """Read on; say where to start again, None where nothing is left."""
        try:
            self._feed()
        except expat.ExpatError as broken:
            return self._after(expat.ErrorString(broken.code), self._base + self._parser.ErrorByteIndex, None)
        except _OtherEncodingError as other:
            self._work.notes.append(f"The declared encoding, {other}, cannot be that of the file: it is read as UTF-8.")
            self._work.encoding = "utf-8"
            return _Start(self._start_at)
        except _Stop as stop:
            where = max(self._base + self._parser.CurrentByteIndex, stop.looked)
            if stop.final:
                _gap(self._work, where, len(self._work.data), stop.why)
                return None
            return self._after(stop.why, where, stop.resume)
        return None

    def _feed(self) -> None:
        """Feed slices that grow: expat copies each, and after a break often only a little of it is read."""
        data, size = self._work.data, len(self._work.data)
        at, step = self._start_at, _FIRST_SLICE
        while True:
            stop = min(at + step, size)
            self._parser.Parse(data[at:stop], stop >= size)
            if stop >= size:
                return
            here = self._base + self._parser.CurrentByteIndex
            if stop - here > _LONGEST_TOKEN:
                raise _Stop(_LONG, max(here, self._last) + 1, looked=stop)
            at, step = stop, min(step * 2, _LAST_SLICE)

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        offset = self._base + self._parser.CurrentByteIndex
        if len(self._stack) >= DEEPEST:
            raise _Stop(_DEEP, offset + 1)
        if local_name(name) in self._records:
            if self._record is not None:
                raise _Stop(_NESTED, offset)
            self._record = offset
        self._stack.append(name)
        self._text.clear()
        self._last = offset
        if local_name(name) in self._work.plan.lists:
            self._parser.buffer_text = False
        self._reader.begin(name, attributes, offset)

    def _finish(self, name: str) -> None:
        offset = self._base + self._parser.CurrentByteIndex
        self._stack.pop()
        text = "".join(self._text)
        self._text.clear()
        self._last = offset
        local = local_name(name)
        if local in self._records:
            self._record = None
        elif local in self._work.plan.lists:
            self._parser.buffer_text = True
        self._reader.finish(name, text, offset)

    def _passed(self, *texts: str) -> None:
        """Note a comment, an instruction or the end of a literal text: what stands in it is not to be read."""
        size = sum(len(text.encode("utf-8", "replace")) for text in texts)
        self._last = self._base + self._parser.CurrentByteIndex + size

    def _doctype(self, _name: str, _system: str | None, _public: str | None, own: bool) -> None:
        if own:
            raise _Stop(_NO_DTD, 0, final=True)
        self._work.notes.append("A document type is named; it was not fetched.")

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if self._work.encoding is None and encoding is not None and not can_be_read(encoding, self._work.data):
            raise _OtherEncodingError(encoding[:40])
        self._work.encoding = self._work.encoding or encoding

    def _after(self, why: str, broke: int, resume: int | None) -> _Start | None:
        """Tell the reader that the document broke, and say where to start again."""
        work, size = self._work, len(self._work.data)
        inner = self._stack[-1] if self._stack else ""
        sound = self._sound_until()
        again = self._next(inner, sound, broke, resume)
        at = size if again is None else again.at
        begin = broke if again is not None and again.inside else min(sound, at)
        self._reader.torn(inner, "".join(self._text), bytes(work.data[begin : min(at, begin + _LONGEST_TAG)]))
        _gap(work, begin if self._record is None else self._record, at, _CUT if broke >= size else _sentence(why))
        return again

    def _sound_until(self) -> int:
        """Say where the last tag or comment that was read ends."""
        end = bytes(self._work.data[max(self._last, 0) : self._last + _LONGEST_TAG]).find(b">")
        return self._last + 1 + max(end, 0)

    def _next(self, inner: str, sound: int, broke: int, resume: int | None) -> _Start | None:
        work = self._work
        listed = work.plan.lists.get(local_name(inner))
        if listed is not None and resume is None and b"<" not in bytes(work.data[sound : broke + 1]):
            found = _SPACE.search(work.data, max(broke, self._start_at + 1))
            if found and found[0] != b"<":
                return _Start(found.start(), (*listed, inner), inner)
        since = self._last + 1 if resume is None else resume
        work.reread += max(broke - since, 0)
        if work.reread > _MOST_REREAD * len(work.data):
            since = max(since, broke)
        work.names.update((local_name(name), name) for name in self._stack)
        found = next_start(work.data, max(since, self._start_at), work.plan, self._start_at)
        if found is None:
            return None
        return _Start(found.at, self._around(found.around))

    def _around(self, planned: tuple[str, ...]) -> tuple[str, ...]:
        """Give the elements around a new start: those that are open where they fit the plan, else those of the plan."""
        locals_ = [local_name(name) for name in self._stack]
        if planned and planned[-1] in locals_:
            return tuple(self._stack[: locals_.index(planned[-1]) + 1])
        return tuple(self._work.names.get(name, name) for name in planned)


def next_start(data: memoryview, since: int, plan: Plan, not_at: int) -> _Start | None:
    """Find the next element at which reading may be taken up again; `not_at` was tried already."""
    pattern = _pattern(tuple(plan.resume))
    found = pattern.search(data, since)
    if found and found.start() == not_at:
        found = pattern.search(data, not_at + 1)
    return _Start(found.start(), plan.resume[found[1].decode("ascii")]) if found else None


@lru_cache
def _pattern(names: Iterable[str]) -> re.Pattern[bytes]:
    choice = "|".join(sorted(names, key=len, reverse=True))
    return re.compile(rf"<(?:[A-Za-z_][\w.\-]{{0,63}}:)?({choice})(?=[\s/>])".encode("ascii"))


def _sentence(why: str | None) -> str:
    return f"{(why or 'damaged').rstrip('.').capitalize()}."


def _parser_for(encoding: str | None) -> expat.XMLParserType:
    try:
        parser = expat.ParserCreate(encoding)
    except (TypeError, ValueError):
        parser = expat.ParserCreate()
    parser.buffer_text = True
    return parser
