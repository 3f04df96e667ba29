"""AirData's CSV export of a flight: each column in the unit its name states, UTC to a tenth of a second."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.airdata_csv.decode import decode, recognises
from groundside.decode.formats.airdata_csv.summary import make_log, make_recording, make_track
from groundside.model.source import Source

COVERAGE = Coverage(
    reads=(
        "Exports of any subscription, in feet and miles an hour or in metres; every column, also those not known here.",
        "Files that a spreadsheet saved again: semicolons or tabs between cells, decimal commas, UTF-16, a `sep=` line,"
        " dates that its country writes, with seconds or without.",
        "Messages at each change, and each change of flycState.",
    ),
    infers=(
        "The zero of time(millisecond), from the second at which datetime(utc) changes.",
        "The decimal sign and the order of day and month of a file that a spreadsheet saved, where it proves them.",
        "North, east and down of xSpeed, ySpeed and zSpeed.",
        "A column whose damaged name is like one that is missing.",
        "That the clock was set in mid-flight, where the counter goes on: times keep to the clock of the beginning.",
        "That a row is glued from two: its counter goes on with a gap where its position jumps, or is not of its date.",
    ),
    leaves=(
        "Severity of messages: the export has none.",
        "What rows say of the sticks, photos and ground elevation is in the table and not in the track.",
        "Files whose header is gone.",
    ),
    checked_on=(
        "11 exports: every number against the file's own; start, duration, distance, height, home and number of rows of"
        " ten against the aircraft's own records of the same flights.",
    ),
)
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
    version=4,
    log=make_log,
    coverage=COVERAGE,
)
