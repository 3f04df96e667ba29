"""The Litchi app's flight log as CSV, and that of FlyTrex, after which it was made."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.litchi_csv.decode import decode, recognises
from groundside.decode.formats.litchi_csv.summary import make_log, make_recording, make_track
from groundside.model.source import Source

COVERAGE = Coverage(
    reads=(
        "Flight logs in feet and miles an hour or in metres, with every column, also those not known here; files that a"
        " spreadsheet saved again.",
        "Flight logs of FlyTrex, whose columns Litchi's are built on.",
        "App_Tip and App_Warning at each change, changes of flight mode, motors started and stopped.",
    ),
    infers=(
        "altitude is the height above take-off; where there is a column of ascent too, that is, and altitude is above"
        " sea level.",
        "Which of velocityX, velocityY and velocityZ is north, east and down: public programs disagree, the positions"
        " of the file decide.",
        "gimbalPitchRaw and gimbalYawRaw count tenths of degrees, currentVoltage mV, currentCurrent mA.",
        "That the clock was set in mid-flight, where the counter goes on: times keep to the clock of the beginning.",
        "That a row is glued from two: its time goes on with a gap where its position jumps.",
    ),
    leaves=(
        "Mission files, whose first columns have the same names.",
        "The column `timestamp`, the battery's cells, cycles and dates, sticks and switches: in the table only.",
        "Files whose header is gone.",
    ),
)
FORMAT = Format(
    name="litchi-csv",
    title="Litchi flight log (CSV)",
    kind="log",
    suffixes=(".csv",),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=make_track,
    source=Source(
        "Readers of such files: open-dronelog, PILS, fish-tracking; a header in full: nicolasdanet",
        "https://github.com/arpanghosh8453/open-dronelog",
        "names of the columns in the first line; no description by its maker is public",
    ),
    log=make_log,
    coverage=COVERAGE,
    version=2,
    experimental=True,
)
