"""GPX 1.0 and 1.1: tracks with every element and extension of their points; routes and waypoints kept apart."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.gpx.decode import decode, recognises
from groundside.decode.formats.gpx.summary import make_recording, make_track
from groundside.model.source import Source

FORMAT = Format(
    name="gpx",
    title="GPX track",
    kind="log",
    suffixes=(".gpx",),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=make_track,
    source=Source("Topografix, GPX 1.1 schema", "https://www.topografix.com/GPX/1/1/", "gpx.xsd"),
    coverage=Coverage(
        reads=(
            "GPX 1.0 and 1.1 in UTF-8 or another encoding that the document declares and that is ASCII below 128.",
            "Track points with every element, and every extension as a column under its own tag.",
            "Routes and waypoints, in tables of their own: they are plans or marks, not a track.",
            "Damaged documents: every whole point before and after.",
        ),
        infers=(
            "Elevation is above mean sea level, as GPX defines it; AirData's files were found to keep to that.",
            "Times without a zone are those of a wall clock.",
            "Of several tracks at the same time the one with most points is taken.",
            "Points whose time runs backwards or repeats are not in the track; they stay in the table.",
        ),
        leaves=(
            "UTF-16; documents that declare entities or types of their own, which is refused.",
            "What an extension means, other than Groundside's own height above take-off.",
            "Ground speed without a course.",
        ),
        checked_on=("An AirData GPX of a DJI Air 2S against the AirData CSV of the same flight, row by row.",),
    ),
)
