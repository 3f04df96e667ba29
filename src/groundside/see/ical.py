"""
What lapses, as a calendar: RFC 5545, one whole-day event on the last day on which something holds.

The same thing always has the same UID, so that a calendar that reads the file again moves the event.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from groundside.model.pilot import Verdict

if TYPE_CHECKING:
    from groundside.archive.current import WhoMayFly
    from groundside.model.pilot import Standing

_LINE = 75
"""Octets of a line, without its end: RFC 5545, section 3.1."""
_REMIND_DAYS = 30


def expiries(found: WhoMayFly, archive_id: str) -> bytes:
    """
    Write a calendar of all that people hold now and will lapse.

    Args:
        found: who may fly what.
        archive_id: makes the UIDs those of this archive.
    """
    names = {record.person.id: record.person.name for record in found.people}
    titles = {rule.id: rule.title for rule in found.rules}
    stamp = datetime.fromtimestamp(found.at_us // 1_000_000, UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Groundside//currency//EN", "CALSCALE:GREGORIAN"]
    for standing in found.currency.standings:
        if standing.until is not None and standing.verdict is Verdict.CURRENT:
            name, title = names.get(standing.pilot, ""), titles.get(standing.rule, standing.rule)
            lines += _event(standing, f"{name}: {title}", stamp, archive_id)
    lines.append("END:VCALENDAR")
    return b"".join(part for line in lines for part in _folded(line))


def _event(standing: Standing, title: str, stamp: str, archive_id: str) -> Iterator[str]:
    if standing.until is None:
        return
    of = f"{archive_id}/{standing.pilot}/{standing.rule}/{standing.subject}"
    subject = f" ({standing.subject})" if standing.subject else ""
    yield "BEGIN:VEVENT"
    yield f"UID:{hashlib.sha256(of.encode()).hexdigest()[:32]}@groundside"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{standing.until:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{standing.until + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_text(f'Lapses: {title}{subject}')}"
    yield f"DESCRIPTION:{_text(standing.because)}"
    yield "TRANSP:TRANSPARENT"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{_text(title)}", f"TRIGGER:-P{_REMIND_DAYS}D")
    yield from ("END:VALARM", "END:VEVENT")


def _text(value: str) -> str:
    """Escape a text: RFC 5545, section 3.3.11; control characters have no place in one."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(each for each in escaped if each.isprintable())


def _folded(line: str) -> Iterator[bytes]:
    """Break a line after at most 75 octets, never within a character."""
    part = b""
    for each in line:
        octets = each.encode("utf-8", "replace")
        if len(part) + len(octets) > _LINE:
            yield part + b"\r\n"
            part = b" "
        part += octets
    yield part + b"\r\n"
