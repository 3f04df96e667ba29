"""DJI's `_Timestamp.MRK`: when and where each photo of a flight with satellite corrections was taken."""

from groundside.decode.format import Coverage, Format
from groundside.decode.formats.ppk_mrk.decode import decode, recognises
from groundside.decode.formats.ppk_mrk.summary import make_recording, make_track
from groundside.model.source import Source

COVERAGE = Coverage(
    reads=(
        "Lines of Phantom 4 RTK, Matrice 300 and later, Mavic 3 Enterprise and Multispectral, Matrice 4, Zenmuse P1 and"
        " L2: sequence, GPS time, offset of the camera, position, standard deviations, quality.",
        "Lines without the GPS week, whose times then count from the first.",
    ),
    infers=(
        "UTC, from GPS week and time of week by the leap seconds known.",
        "Quality 32 to 49 as RTK float, 50 as RTK fixed, 16 as a fix without corrections.",
        "That a line is glued from two: numbers are missing behind it where its position jumps.",
    ),
    leaves=(
        "Quality 52 and others that DJI does not describe: the number is in the table, the kind of fix is unknown.",
        "The offset from antenna to camera is given and not added: by DJI's description the position is already the"
        " camera's.",
        "Height above sea level: the file has that above the ellipsoid only.",
    ),
)
FORMAT = Format(
    name="ppk-mrk",
    title="DJI exposure times for PPK (MRK)",
    kind="log",
    suffixes=(".mrk",),
    recognises=recognises,
    decode=decode,
    recording=make_recording,
    track=make_track,
    source=Source(
        "DJI, P4R White Paper V2, Timestamp.MRK Information; DJI, Matrice 4 Series User Manual, p. 92, Image Log File",
        "https://scribd.com/document/634899346/P4RwhitePaperV2",
        "columns 1 to 13",
    ),
    coverage=COVERAGE,
    experimental=True,
)
