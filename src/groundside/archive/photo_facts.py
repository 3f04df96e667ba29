"""What a photo says, out of the facts of its reading."""

from __future__ import annotations

import json
from collections.abc import Mapping

from groundside.decode.photos.facts import said_by
from groundside.keep.canonical import noun
from groundside.model.decoded import Fact
from groundside.model.photo import Photo


def photo_in(facts: Mapping[str, Fact]) -> Photo | None:
    """Give what a photo or video says of itself; None where the facts are of no such file."""
    said = said_by(facts)
    return None if said is None else noun(Photo, json.dumps(said))
