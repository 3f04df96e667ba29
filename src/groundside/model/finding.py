"""What people found in photos, and on which part of which asset it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from groundside.model.footprint import Ground, GroundPoint


class Severity(StrEnum):
    """How bad a finding is, as whoever found it sees it; least first."""

    NOTE = "note"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class Status(StrEnum):
    """What has become of a finding."""

    OPEN = "open"
    PLANNED = "planned"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    """It was none. It stays in the list, for nothing is deleted silently."""


@dataclass(frozen=True, slots=True)
class Pin:
    """
    Where in a photo a finding is.

    Args:
        x_px, y_px: from the upper left corner, in pixels of the image as stored (before EXIF's orientation).
        width_px, height_px: of what is marked around it; 0 for a point.
    """

    x_px: float
    y_px: float
    width_px: float = 0.0
    height_px: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """
    What somebody found in a photo.

    Args:
        id: permanent, eight characters.
        photo: id of the original it was found in.
        file: name of that file, for people.
        pin: where in the photo.
        type: of finding, in the owner's words: "crack", "corrosion".
        severity, status: as people say.
        note: what else there is to say.
        assigned: to whom, in the owner's words.
        asset: id of the asset it is on; empty for none.
        ground: where on the ground the pixel looks, with its error; None where that is not known.
        over: what was taken for the ground; None where there is no place.
        why: then why there is none, and else what was assumed, in sentences.
    """

    id: str
    photo: str
    file: str
    pin: Pin
    type: str
    severity: Severity = Severity.MINOR
    status: Status = Status.OPEN
    note: str = ""
    assigned: str = ""
    asset: str = ""
    ground: GroundPoint | None = None
    over: Ground | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingChange:
    """What to say of a finding; None leaves it."""

    type: str | None = None
    severity: Severity | None = None
    status: Status | None = None
    note: str | None = None
    assigned: str | None = None
    asset: str | None = None


@dataclass(frozen=True, slots=True)
class FindingVersion:
    """
    A finding as it was from some moment on.

    Args:
        finding: what was said then.
        who, at_us: account, and UTC microseconds.
    """

    finding: Finding
    who: str
    at_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingQuery:
    """
    Which findings are asked for; empty and None ask for all.

    Args:
        photo: id, SHA-256 or name of a photo.
        asset: name or id of an asset.
        status, severity: exactly these.
        type: exactly this.
        box: only those whose place on the ground is in it: west, south, east, north; east may go past 180.
    """

    photo: str = ""
    asset: str = ""
    type: str = ""
    status: Status | None = None
    severity: Severity | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """
    Something that is inspected: a tower, a span, an element of a bridge.

    Args:
        id: permanent, eight characters.
        name: no two are alike.
        type: in the owner's words.
        part_of: id of the asset that it is a part of; empty for none.
        photos: ids of originals that show it, beside those with findings on it.
    """

    id: str
    name: str
    type: str = ""
    part_of: str = ""
    photos: tuple[str, ...] = ()
