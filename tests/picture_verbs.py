"""One way to call each verb of findings and redaction that succeeds, for the test that walks all verbs."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image

from groundside.archive.archive import Archive
from groundside.archive.redacting import Redaction
from groundside.model.caller import Caller
from groundside.model.finding import Asset, FindingChange, FindingQuery, Pin, Severity, Status
from groundside.model.redaction import Box, Shown
from tests import photo_builders as made

OURS = frozenset(
    {
        "add_finding", "edit_finding", "findings", "finding", "add_asset", "assets",
        "propose_redaction", "redactions", "redaction_history", "edit_redaction", "confirm_redaction", "redacted_photo",
    }
)  # fmt: skip
NAME = "DJI_0001.JPG"
CRACK = FindingChange(type="crack", severity=Severity.MAJOR)
PLATE = Box(4, 4, 20, 8, Shown.PLATE)


def nadir_photo(colour: int = 90) -> bytes:
    """A real small JPEG that says that it was taken straight down from 60 m, as DJI writes it."""
    out = io.BytesIO()
    Image.fromarray(np.full((48, 64, 3), colour, np.uint8)).save(out, "JPEG")
    exif = {
        made.TAKEN: "2031:05:06 10:00:00",
        0x920A: made.Fraction(88, 10),
        0xA405: (made.SHORT, [24]),
        0xA431: "SERIAL77",
    }
    block = made.tiff({made.MAKE: "DJI", made.MODEL: "M1"}, exif, made.place(48.25, 11.5, 500.0))
    segments = [
        made.segment(0xE1, b"Exif\0\0" + block),
        made.segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + made.nadir().encode()),
    ]
    return out.getvalue()[:2] + b"".join(segments) + out.getvalue()[2:]


def pictured(archive: Archive, who: Caller, name: str) -> dict[str, Callable[[], object]]:
    """Do what has to be there before, and give the calls."""
    if name not in OURS:
        return {}
    archive.receive(who, NAME, [nadir_photo()])
    archive.add_asset(who, Asset(id="", name="Tower 1"))
    known = archive.add_finding(who, NAME, Pin(10, 10), CRACK)
    archive.confirm_redaction(who, NAME)
    return {
        "add_finding": lambda: archive.add_finding(who, NAME, Pin(32, 24), CRACK),
        "edit_finding": lambda: archive.edit_finding(who, known.id, FindingChange(status=Status.CLOSED)),
        "findings": lambda: archive.findings(who, FindingQuery()),
        "finding": lambda: archive.finding(who, known.id),
        "add_asset": lambda: archive.add_asset(who, Asset(id="", name="Span 1", part_of="tower 1")),
        "assets": lambda: archive.assets(who),
        "propose_redaction": lambda: archive.propose_redaction(who, [NAME]),
        "redactions": lambda: archive.redactions(who),
        "redaction_history": lambda: archive.redaction_history(who, NAME),
        "edit_redaction": lambda: archive.edit_redaction(who, NAME, [PLATE]),
        "confirm_redaction": lambda: archive.confirm_redaction(who, NAME),
        "redacted_photo": lambda: archive.redacted_photo(who, NAME, Redaction(faces=False)),
    }
