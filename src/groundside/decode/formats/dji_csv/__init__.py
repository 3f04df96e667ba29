"""DJI's flight records as other programs write them to CSV: Flight Reader, TXTlogToCSVtool, dji-log-parser."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.dji_csv.decode import decode, recognises
from groundside.decode.formats.dji_csv.summary import make_log, make_recording, make_track
from groundside.model.source import Source

COVERAGE = Coverage(
    reads=(
        "Columns called by record and field (`OSD.height [ft]`), in any order and number, metric and imperial: as"
        " Flight Reader, Phantom Help, TXTlogToCSVtool and DroneLog write them, and dji-log-parser without units.",
        "A first line `sep=,`; decimal commas, in quotes or between semicolons; UTF-16; clocks of 12 and 24 hours.",
        "CUSTOM.date and CUSTOM.updateTime, [UTC], [local], [epoch] or with an offset; CUSTOM.dateTime.",
        "Tips and warnings at each change, changes of flycState, motors started and stopped; two batteries.",
    ),
    infers=(
        "The order of day and month, only where the file proves it.",
        "That a clock of no stated zone is local.",
        "That the clock was set in mid-flight, where OSD.flyTime goes on: times keep to the clock of the beginning.",
        "Metres, metres a second, volts and amperes where a name has no unit.",
        "Which of xSpeed, ySpeed and zSpeed is north, east and down, from the positions in the file.",
        "That a mostly negative current counts discharge.",
        "That a row is glued from two: its time goes on with a gap where its position jumps.",
    ),
    leaves=(
        "Tables of DatCon and of DJI Assistant, made from the aircraft's DAT files.",
        "The time in flight as text (`OSD.flyTime` of Flight Reader), sticks, camera, weather, obstacle avoidance: in"
        " the table only.",
        "Altitudes that DJI forms with a wrong take-off altitude: they are given as the file states them.",
        "Files whose header is gone.",
    ),
)
FORMAT = Format(
    name="dji-csv",
    title="DJI flight record as CSV",
    kind="log",
    suffixes=(".csv",),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=make_track,
    source=Source(
        "dji-log-parser, CSV exporter; Phantom Help, Flight Reader field descriptions",
        "https://forum.phantomhelp.com/t/flight-reader-field-descriptions/10579",
        "names and units of fields; dji-log-cli/src/exporters/csv.rs",
    ),
    log=make_log,
    coverage=COVERAGE,
    version=2,
    experimental=True,
)
