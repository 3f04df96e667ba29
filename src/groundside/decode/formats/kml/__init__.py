"""KML and KMZ: tracks with times, placemarks with times, and lines without."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.kml.decode import decode
from groundside.decode.formats.kml.recognition import recognises
from groundside.decode.formats.kml.summary import make_recording, make_track
from groundside.model.source import Source

FORMAT = Format(
    name="kml",
    title="KML or KMZ track",
    kind="log",
    suffixes=(".kml", ".kmz"),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=make_track,
    source=Source("OGC 12-007r2, KML 2.3", "https://docs.ogc.org/is/12-007r2/12-007r2.html", "gx:Track: clause 9.11"),
    coverage=Coverage(
        reads=(
            "KML 2.2 and 2.3: gx:Track and Track with times, places, angles and arrays of values.",
            "Placemarks with a point and a time stamp, as rows of one track.",
            "Lines, as positions without time: a table, but no track.",
            "KMZ: doc.kml or the first .kml, unpacked in memory, its checksum checked; archives that were cut short.",
            "Damaged documents: every time and place before and after whose partner is certain.",
        ),
        infers=(
            "Absolute altitudes are above mean sea level, as KML defines it.",
            "Heights above the ground are taken as heights above take-off.",
            "Times without a zone are those of a wall clock.",
            "Where times or places are missing, pairs are counted from the front up to the damage, and from the back.",
        ),
        leaves=(
            "Maps: documents without a track, a timed point or a line of at least 20 corners are not recognised.",
            "Missions and plans: DJI WPML, and lines in a document that calls itself a mission or a plan.",
            "Time spans, tours, models, regions, network links, styles; gx:angles are kept but not used as attitude.",
            "Encrypted archives, and a document in one whose checksum is wrong.",
        ),
        checked_on=("An AirData KML of a DJI Air 2S (a line) against the AirData CSV of the same flight.",),
    ),
)
