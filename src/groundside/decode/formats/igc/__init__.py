"""IGC flight records of gliders, paragliders and whatever carries such a recorder."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.igc.decode import decode, recognises
from groundside.decode.formats.igc.summary import make_log, make_recording, make_track
from groundside.model.source import Source

FORMAT = Format(
    name="igc",
    title="IGC flight record",
    kind="log",
    suffixes=(".igc",),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=make_track,
    source=Source(
        "FAI/IGC, Technical specification for GNSS flight recorders",
        "https://www.fai.org/page/igc-approved-flight-recorders",
        "appendix A",
    ),
    log=make_log,
    coverage=Coverage(
        reads=(
            "A and H records; the date in both forms.",
            "B records with every extension of the I record; TDS, LAD and LOD are added to time and place.",
            "E records as events, L records as messages; C, D, F, G and K records as the lines they are.",
            "Times past midnight. Damaged files: every whole line before and after.",
        ),
        infers=(
            "Satellite altitudes are above the ellipsoid unless the file states the geoid (HFALG).",
            "Height above take-off is pressure altitude less that of the first fix.",
            "A two-digit year from 80 on is of the last century.",
            "A position that a fix without satellites repeats is not known.",
        ),
        leaves=(
            "The signature (G records) is kept and not verified: only each maker's own program can.",
            "K records are kept as text and J records not used; true airspeed has no stated unit and stays as it is.",
            "Datums other than WGS84.",
        ),
        checked_on=("The example in the specification; no real file yet.",),
    ),
    experimental=True,
)
