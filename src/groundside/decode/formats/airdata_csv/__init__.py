"""AirData's CSV export of a flight: each column in the unit its name states, UTC to a tenth of a second."""

from groundside.decode.format import Format
from groundside.decode.formats.airdata_csv.decode import decode, recognises
from groundside.decode.formats.airdata_csv.summary import make_recording, make_track
from groundside.model.source import Source

FORMAT = Format(
    name="airdata-csv",
    title="AirData CSV",
    kind="log",
    suffixes=(".csv",),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=make_track,
    source=Source("AirData UAV, flight data as CSV", "https://airdata.com", "names of the columns in the first line"),
    version=2,
)
