"""What was made of one original, made ready for the catalogue where it was made: rows, objects, and what to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from groundside.archive.deriving import Derivation
from groundside.archive.located import box_of, place_at
from groundside.keep.paths import path_bytes
from groundside.keep.photo_rows import THUMBNAIL, photo_columns
from groundside.keep.positions import positions_bytes
from groundside.keep.prepared_rows import cut_columns, reading_columns
from groundside.keep.rows import CutRef, KeptCut, Reading, ReadingState
from groundside.keep.tracks import track_bytes
from groundside.model.flight import Cut
from groundside.model.lineage import Derived
from groundside.model.place import LonLat
from groundside.model.track import Track

TRACK = "track"
NOBODY = ""
"""In place of the id of an original that has none yet."""


@dataclass(frozen=True, slots=True)
class Product:
    """
    An object made of an original.

    Args:
        kind: as `DerivedObject.kind` names it.
        ordinal: of the cut whose track it is; None for others.
        content: its number among the objects kept.
        path: number of the exact positions of a track among what was sent along; None for others.
        positions: number of its times and positions there; None where they were not sent.
    """

    kind: str
    ordinal: int | None
    content: int
    path: int | None = None
    positions: int | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """
    What was made of an original, as JSON can hold it.

    Args:
        format, state, code: as of `Derivation`.
        problems: how many there were.
        first_problem: the first of them.
        reading: columns of its row, but for original and time.
        cuts: columns of the row of each flight in it, but for original and track.
        products: what was made of it besides.
        photo: of a photo or video, the columns of its row, but for original and name; None of every other file.
    """

    format: str
    state: str
    code: str
    problems: int
    first_problem: str
    reading: Mapping[str, Any]
    cuts: tuple[Mapping[str, Any], ...]
    products: tuple[Product, ...]
    photo: Mapping[str, Any] | None = None

    def values(self) -> dict[str, Any]:
        """Give it as JSON can hold it."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        values["products"] = tuple(asdict(each) for each in self.products)
        return values

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Prepared:
        """Read what `values` gave."""
        plain: dict[str, Any] = {**values}
        plain["cuts"] = tuple(values["cuts"])
        plain["products"] = tuple(Product(**each) for each in values["products"])
        return cls(**plain)


def prepared(derivation: Derivation, keep: Callable[[bytes], int], send: Callable[[bytes], int]) -> Prepared:
    """
    Make ready all that the catalogue will hold of an original.

    Args:
        derivation: what was made of it.
        keep: takes the bytes of an object, and says under which number.
        send: takes bytes that are to be sent along, and says under which number.
    """
    pieces = [_piece(derivation.track, cut) for cut in derivation.cuts]
    products = [
        _track(piece, cut.ordinal, keep, send)
        for cut, piece in zip(derivation.cuts, pieces, strict=True)
        if piece is not None
    ]
    picture = derivation.picture
    if picture is not None and picture.thumbnail is not None:
        products.append(Product(THUMBNAIL, None, keep(picture.thumbnail)))
    problems = derivation.decoded.problems
    return Prepared(
        format=derivation.format,
        state=derivation.state,
        code=derivation.code,
        problems=len(problems),
        first_problem=problems[0].what if problems else "",
        reading=reading_columns(_reading(derivation)),
        cuts=tuple(
            cut_columns(_kept_cut(derivation, cut, piece)) for cut, piece in zip(derivation.cuts, pieces, strict=True)
        ),
        products=tuple(products),
        photo=None if picture is None else photo_columns(picture.photo, picture.footprint),
    )


def _track(track: Track, ordinal: int, keep: Callable[[bytes], int], send: Callable[[bytes], int]) -> Product:
    positions = positions_bytes(track)
    told = None if positions is None else send(positions)
    return Product(TRACK, ordinal, keep(track_bytes(track)), send(path_bytes(track)), told)


def _reading(derivation: Derivation) -> Reading:
    decoded = derivation.decoded
    return Reading(
        derived=Derived(NOBODY, derivation.code),
        state=ReadingState(derivation.state),
        at_us=0,
        format=derivation.format,
        facts=decoded.facts,
        problems=decoded.problems,
        problem_count=len(decoded.problems),
        account=decoded.account,
        recording=derivation.recording,
        track_rows=sum(cut.track_rows for cut in derivation.cuts),
    )


def _piece(track: Track | None, cut: Cut) -> Track | None:
    if track is None or cut.end_row <= cut.first_row:
        return None
    if cut.first_row == 0 and cut.end_row >= track.table.num_rows:
        return track
    rows = track.table.slice(cut.first_row, cut.end_row - cut.first_row)
    return Track(rows, track.time_basis, track.time_error_s)


def _kept_cut(derivation: Derivation, cut: Cut, piece: Track | None) -> KeptCut:
    home = cut.home if cut.home and cut.home.is_position else None
    first = None if home else _first_position(piece)
    if first:
        note = "place and time zone are those of the first position: where it took off is not known"
        cut = replace(cut, inferences=(*cut.inferences, note))
    return KeptCut(
        ref=CutRef(NOBODY, cut.ordinal),
        derived=Derived(NOBODY, derivation.code),
        summary=cut,
        box=box_of(piece),
        place=place_at(home or first),
        simulated=derivation.simulated,
    )


def _first_position(track: Track | None) -> LonLat | None:
    if track is None:
        return None
    lon, lat = track.floats("lon"), track.floats("lat")
    known = (lon == lon) & (lat == lat)  # not NaN
    if not known.any():
        return None
    row = int(known.argmax())
    return LonLat(float(lon[row]), float(lat[row]))
