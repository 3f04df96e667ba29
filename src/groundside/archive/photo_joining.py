"""Which flight each photo was taken in: by the camera's clock, whose offset is found from where photos were taken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from groundside.archive.compared import track_of
from groundside.archive.footprints import footprint_of
from groundside.archive.photo_facts import photo_in
from groundside.archive.store import Store
from groundside.archive.video_joining import MOST_OFF_S, fit_video, telemetry_of
from groundside.errors import GroundsideError
from groundside.keep.candidates import Candidate
from groundside.keep.catalogue import Reader
from groundside.keep.photo_rows import shown_columns
from groundside.keep.photos import ToJoin
from groundside.model.caller import Caller
from groundside.model.flight import Flight
from groundside.model.kept_photo import JoinedBy, PhotoJoin
from groundside.model.photo import PhotoPosition
from groundside.model.place import LonLat
from groundside.model.results import Received
from groundside.model.track import Track
from groundside.produce.imagery.clock_fit import ClockFit, Course, fit_clock

SESSION_GAP_US = 6 * 3600 * 1_000_000
"""Photos of one camera that are further apart may have been taken with its clock set anew."""
MOST_LOCAL_S, MOST_UTC_S = 15 * 3600.0, 2 * 3600.0
"""How far a clock of unknown zone, and one that states UTC, may be off."""
EDGE_S = 2.0
"""A photo taken so shortly before or after a recording still belongs to it."""
MOST_AWAY_M = 50.0
"""Further from the track a photo was not taken from this aircraft."""
AT_ONCE = 500
JOINED = "photos-joined"
"""What events call it."""
_NO_FIT = "the zone of the camera's clock is unknown, and the places of its photos fit no track that is here"
_NO_FLIGHT = "no flight that is here was recorded at that time"


@dataclass(slots=True)
class _Flown:
    """A flight that photos may belong to, its track loaded when it is first needed."""

    store: Store
    flight: Flight
    start_s: float
    end_s: float
    loaded: bool = False
    course: Course | None = None
    track: Track | None = None

    def ready(self) -> Course | None:
        """Give where the aircraft was; None where that is not known, or on no clock of UTC."""
        if not self.loaded:
            self.loaded = True
            self.track = track_of(self.store, self.flight.track_object, ["lon", "lat", "height_m", "yaw_deg"])
            if self.track is not None and self.track.time_basis.is_utc:
                self.course = Course.of(self.track.time_us, self.track.floats("lon"), self.track.floats("lat"))
        return self.course


@dataclass(slots=True)
class _Session:
    """Photos of one camera with one setting of its clock."""

    photos: list[ToJoin] = field(default_factory=list[ToJoin])

    @property
    def is_utc(self) -> bool:
        """Whether its clock states UTC."""
        return self.photos[0].clock_is_utc

    @property
    def reach_s(self) -> float:
        """How far its clock may be off."""
        return MOST_UTC_S if self.is_utc else MOST_LOCAL_S


def join_photos(store: Store, caller: Caller, flights: Iterable[str] = ()) -> int:
    """
    Look for the flight of every photo for which that was not done yet, or that was taken about when some flights were.

    May be stopped at any moment: each 500 photos are one commit.

    Args:
        flights: ids of flights that are new or have changed.

    Returns:
        How many photos were looked at.
    """
    with store.catalogue.read() as reader:
        spans = [_span_us(each) for each in reader.candidates_named(list(flights), caller.scope)]
        photos = reader.photos_to_join([each for each in spans if each], caller.scope)
        sessions = list(_sessions(photos))
        flown = [_candidates(store, reader, session, caller) for session in sessions]
    changes: list[dict[str, Any]] = []
    for session, candidates in zip(sessions, flown, strict=True):
        changes += _joined(store, caller, session, candidates)
    for first in range(0, len(changes), AT_ONCE):
        with store.catalogue.commit(caller) as writer:
            some = changes[first : first + AT_ONCE]
            writer.join_photos([{**each, "joined_us": store.now_us()} for each in some])
            writer.event(JOINED, about="", details=json.dumps({"photos": len(some)}), at_us=store.now_us())
    return len(changes)


def told_of(results: Iterable[Received]) -> set[str]:
    """Name the flights that newly taken files tell of."""
    return {flight for each in results if not each.duplicate for flight in each.flights}


def _span_us(flight: Candidate) -> tuple[int, int] | None:
    if flight.start_us is None:
        return None
    around = int(MOST_LOCAL_S * 1e6)
    return flight.start_us - around, flight.start_us + int((flight.length_s or 0.0) * 1e6) + around


def _sessions(photos: Sequence[ToJoin]) -> Iterator[_Session]:
    """Divide photos, which come in order of their clocks, by case and camera and where hours lie between them."""
    open_: dict[tuple[str, str, bool], _Session] = {}
    for each in photos:
        key = (each.case, each.camera, each.clock_is_utc)
        session = open_.get(key)
        if session is not None and each.clock_us - session.photos[-1].clock_us > SESSION_GAP_US:
            yield open_.pop(key)
            session = None
        if session is None:
            session = open_[key] = _Session()
        session.photos.append(each)
    yield from open_.values()


def _candidates(store: Store, reader: Reader, session: _Session, caller: Caller) -> list[_Flown]:
    videos = any(each.is_video for each in session.photos)
    around = int(max(session.reach_s, MOST_OFF_S if videos else 0.0) * 1e6)
    first, last = session.photos[0].clock_us - around, session.photos[-1].clock_us + around
    found = [each.id for each in reader.candidates_by_time(first, last, None, caller.scope)]
    flown: list[_Flown] = []
    for flight in reader.flights_named(found, caller.scope):
        start, length = flight.summary.recording_start_us, flight.summary.recording_s
        if flight.case == session.photos[0].case and start is not None and flight.track_object is not None:
            flown.append(_Flown(store, flight, start / 1e6, start / 1e6 + (length or 0.0)))
    return flown


def _joined(store: Store, caller: Caller, session: _Session, flown: Sequence[_Flown]) -> list[dict[str, Any]]:
    fit = _best_fit(session, flown)
    own = _own_fits(store, caller, session, flown)
    joins = [(photo, own.get(photo.id) or _join_of(photo, fit, flown)) for photo in session.photos]
    without = [photo.id for photo, (join, _) in joins if photo.place is None and join.flight_id]
    with store.catalogue.read() as reader:
        facts = reader.facts_of_photos(without, caller.scope)
    return [_change(photo, join, one, facts) for photo, (join, one) in joins]


def _own_fits(
    store: Store, caller: Caller, session: _Session, flown: Sequence[_Flown]
) -> dict[str, tuple[PhotoJoin, _Flown]]:
    """Join each video that says itself where it was, and lies on one track so."""
    videos = [each for each in session.photos if each.is_video]
    if not videos:
        return {}
    with store.catalogue.read() as reader:
        objects = {each.id: reader.original(each.id, caller.scope).object_id for each in videos}
    joins: dict[str, tuple[PhotoJoin, _Flown]] = {}
    for video in videos:
        with suppress(GroundsideError):  # an original that is lost or was altered: `verify` names it
            found = fit_video(video, telemetry_of(store, objects[video.id]), [one.ready() for one in flown])
            if found is not None:
                joins[video.id] = _by_telemetry(video, found[0], flown[found[1]]), flown[found[1]]
    return joins


def _by_telemetry(video: ToJoin, fit: ClockFit, one: _Flown) -> PhotoJoin:
    said = f"{fit.photos} of {fit.of} positions in this video lie {fit.away_m:.1f} m from the track in the middle"
    far = _away_m(one, video, video.clock_us / 1e6 - fit.offset_s)
    return PhotoJoin(one.flight.id, JoinedBy.PLACES, fit.offset_s, fit.error_s, far, said)


def _best_fit(session: _Session, flown: Sequence[_Flown]) -> ClockFit | None:
    """Find the offset of a camera's clock by the flight that the most of its photos lie on."""
    placed = [each for each in session.photos if each.place is not None]
    best: ClockFit | None = None
    for one in flown:
        course = one.ready() if len(placed) > 1 else None
        if course is None:
            continue
        lon = np.array([each.place.lon for each in placed if each.place])
        lat = np.array([each.place.lat for each in placed if each.place])
        at_m = course.plane.to_metres(lon, lat)
        here = _around(course, at_m)
        clock_s = np.array([each.clock_us for each in placed]) / 1e6
        fit = fit_clock(course, clock_s[here], at_m[here], session.reach_s)
        if fit is not None and (best is None or fit.photos > best.photos):
            best = fit
    return best


def _around(course: Course, at_m: np.ndarray) -> np.ndarray:
    """Say which photos lie within the bounds of a course: others belong to other flights."""
    low, high = course.at_m.min(axis=0) - MOST_AWAY_M, course.at_m.max(axis=0) + MOST_AWAY_M
    return np.all((at_m >= low) & (at_m <= high), axis=1)


def _join_of(photo: ToJoin, fit: ClockFit | None, flown: Sequence[_Flown]) -> tuple[PhotoJoin, _Flown | None]:
    if fit is None and not photo.clock_is_utc:
        return PhotoJoin(why=_NO_FIT), None
    offset = fit.offset_s if fit else 0.0
    at_s = photo.clock_us / 1e6 - offset
    found = [one for one in flown if one.start_s - EDGE_S <= at_s <= one.end_s + EDGE_S and one.ready() is not None]
    away = [(_away_m(one, photo, at_s), one) for one in found]
    near = [(far, one) for far, one in away if far is None or far <= MOST_AWAY_M]
    known = PhotoJoin(clock_offset_s=fit.offset_s if fit else None, clock_error_s=fit.error_s if fit else None)
    if not near:
        far = min((each for each, _ in away if each is not None), default=None)
        why = _NO_FLIGHT if far is None else f"the nearest flight at that time was {far:.0f} m away"
        return replace(known, why=why), None
    far, one = min(near, key=lambda each: (each[0] if each[0] is not None else 0.0, each[1].flight.id))
    if photo.place is None and len(near) > 1:
        return replace(known, why=f"{len(near)} flights were under way at that time"), None
    how, why = _how(photo, fit)
    return replace(known, flight_id=one.flight.id, how=how, away_m=far, why=why), one


def _how(photo: ToJoin, fit: ClockFit | None) -> tuple[JoinedBy, str]:
    if fit is None:
        return JoinedBy.CLOCK, "by the camera's UTC as it stands; how wrong its clock is was not found"
    said = f"{fit.photos} of {fit.of} photos of this camera lie {fit.away_m:.1f} m from the track in the middle"
    if photo.place is None:
        return JoinedBy.SAME_CAMERA, f"it has no position; {said}"
    return JoinedBy.PLACES, said


def _away_m(one: _Flown, photo: ToJoin, at_s: float) -> float | None:
    """Say how far a photo's own position is from the track at a time; from its ends where it is shortly beside."""
    course = one.ready()
    if photo.place is None or course is None:
        return None
    held = np.clip(np.array([at_s]), course.time_s[0], course.time_s[-1])
    place = course.plane.to_metres([photo.place.lon], [photo.place.lat])
    away = float(np.hypot(*(place - course.at(held))[0]))
    return away if away == away else float(np.hypot(*(place - course.at_m).T).min())


def _change(photo: ToJoin, join: PhotoJoin, one: _Flown | None, facts: dict[str, str]) -> dict[str, Any]:
    change: dict[str, Any] = {
        "original_id": photo.id,
        "flight_id": join.flight_id,
        "join_how": join.how.value,
        "join_why": join.why,
        "clock_offset_s": join.clock_offset_s,
        "clock_error_s": join.clock_error_s,
        "away_m": join.away_m,
    }
    at_us = photo.clock_us - round((join.clock_offset_s or 0.0) * 1e6)
    if not photo.clock_is_utc:
        known = join.clock_offset_s is not None
        change |= {"taken_us": at_us if known else None, "order_us": at_us if known else photo.clock_us}
    if photo.place is None:
        placed = None if one is None else _placed(one, at_us / 1e6, join, facts.get(photo.id))
        change |= placed or {"lon": None, "lat": None, "placed_by": ""}
    return change


def _placed(one: _Flown, at_s: float, join: PhotoJoin, facts: str | None) -> dict[str, Any] | None:
    """Say where the aircraft was when a photo was taken that does not say it, and what it then shows."""
    course, track = one.ready(), one.track
    if course is None or track is None:
        return None
    held = np.clip(np.array([at_s]), course.time_s[0], course.time_s[-1])
    at_m = course.at(held)
    if not np.isfinite(at_m).all():
        return None
    lon, lat = course.plane.to_lon_lat(at_m)[0].tolist()
    change: dict[str, Any] = {"lon": lon, "lat": lat, "placed_by": "track"}
    photo = photo_in(json.loads(facts)) if facts else None
    if photo is None or photo.kind != "photo":
        return change
    speed = float(np.nan_to_num(np.hypot(*course.velocity(held)[0])))
    error = speed * join.clock_error_s if join.clock_error_s is not None else None
    height = photo.height_above_takeoff_m
    if height is None:
        heights = track.floats("height_m")
        known = np.isfinite(heights)
        height = float(np.interp(held[0] * 1e6, track.time_us[known], heights[known])) if known.any() else None
    position = PhotoPosition(LonLat(lon, lat), "track", error)
    made = footprint_of(replace(photo, position=position, height_above_takeoff_m=height))
    return change | shown_columns(made)
