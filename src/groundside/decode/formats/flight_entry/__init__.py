"""A flight that a person entered, for aircraft that write no log: one small JSON document of this program's own."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.flight_entry.entry import MAGIC, decode, make_recording, no_track, recognises
from groundside.model.source import Source

COVERAGE = Coverage(
    reads=("Version 1, as `groundside flight add` and `groundside logbook import` write it.",),
    infers=("Take-off and landing: the time entered, and so many seconds later.",),
    leaves=("A document of which any value cannot be: all of it is a problem, and nothing is taken from it.",),
    checked_on=("What this program writes itself.",),
)
FORMAT = Format(
    name="flight-entry",
    title="Flight entered by hand",
    kind="log",
    suffixes=(".json",),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=no_track,
    source=Source("Groundside: keep a logbook", "../how-to/keep-a-logbook.md"),
    magic=MAGIC,
    coverage=COVERAGE,
)
