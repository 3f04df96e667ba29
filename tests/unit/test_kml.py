"""KML and KMZ: timed tracks, timed points, lines, archives; and what is no flight."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from groundside.decode.format import Options
from groundside.decode.formats.gpx import FORMAT as GPX
from groundside.decode.formats.kml import FORMAT
from groundside.model.decoded import Decoded
from groundside.model.flight import Cut, Flight
from groundside.model.recording import TimeBasis
from groundside.model.track import Track
from groundside.see.exports.formats.kml import EXPORT
from tests import builders

HEAD = '<?xml version="1.0"?>\n<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">\n<Document>\n'
TAIL = "</Document>\n</kml>\n"


def document(inner: str) -> bytes:
    return f"{HEAD}{inner}{TAIL}".encode()


def when(n: int, zone: str = "Z") -> str:
    return f"<when>2025-06-15T12:{n // 60:02}:{n % 60:02}.000{zone}</when>\n"


def coord(n: int) -> str:
    return f"<gx:coord>{-98.5 + n / 1e5:.9f} {45.5 + n / 1e5:.9f} {300 + n:.3f}</gx:coord>\n"


def track(count: int = 5, zone: str = "Z", mode: str = "absolute", more: str = "") -> str:
    inner = "".join(when(n, zone) for n in range(count)) + "".join(coord(n) for n in range(count))
    return f"<Placemark><gx:Track><altitudeMode>{mode}</altitudeMode>\n{inner}{more}</gx:Track></Placemark>\n"


def line(count: int = 30, mode: str = "absolute") -> str:
    places = "\n".join(f"{-98.5 + n / 1e5:.6f},45.5,{n}" for n in range(count))
    return f"<Placemark><LineString><altitudeMode>{mode}</altitudeMode><coordinates>\n{places}\n</coordinates></LineString></Placemark>\n"


def mark(n: int) -> str:
    stamp = f"<TimeStamp>{when(n)}</TimeStamp>"
    return f"<Placemark><name>p{n}</name>{stamp}<Point><coordinates>{-98.5 + n / 1e5},45.5,{n}</coordinates></Point></Placemark>\n"


def kmz(*entries: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return out.getvalue()


def decode(content: bytes) -> Decoded:
    decoded = FORMAT.decode(memoryview(content), Options())
    account = decoded.account
    assert account.decoded + account.skipped == account.total == len(content)
    assert sum(p.length for p in decoded.problems) == account.skipped
    return decoded


def timed(content: bytes) -> Track:
    found = FORMAT.track(decode(content))
    assert found is not None
    return found


def test_the_first_time_belongs_to_the_first_place():
    found = timed(document(track()))
    assert found.time_basis is TimeBasis.UTC_DEVICE
    assert np.diff(found.time_us).tolist() == [1_000_000] * 4
    np.testing.assert_allclose(found.floats("lat"), 45.5 + np.arange(5) / 1e5)
    assert found.floats("altitude_m").tolist() == [300, 301, 302, 303, 304]
    assert np.isnan(found.floats("height_m")).all()


@pytest.mark.parametrize(
    ("mode", "altitude", "height"),
    [("absolute", 1, 0), ("relativeToGround", 0, 1), ("clampToGround", 0, 0), ("", 0, 0)],
)
def test_heights_are_what_their_mode_says(mode: str, altitude: int, height: int):
    content = document(track(mode=mode) if mode else track().replace("<altitudeMode>absolute</altitudeMode>", ""))
    found = timed(content)
    assert np.isfinite(found.floats("altitude_m")).all() == bool(altitude)
    assert np.isfinite(found.floats("height_m")).all() == bool(height)


def test_times_and_places_may_alternate():
    inner = "".join(when(n) + coord(n) for n in range(6))
    found = timed(document(f"<Placemark><Track>{inner.replace('gx:', '')}</Track></Placemark>"))
    assert found.floats("lat")[5] == pytest.approx(45.5 + 5 / 1e5)
    assert found.table.num_rows == 6


def test_angles_and_arrays_are_columns():
    angles = "".join(f"<gx:angles>{n} 1 2</gx:angles>\n" for n in range(5))
    values = "".join(f"<gx:value>{n * 10}</gx:value>" for n in range(5))
    data = f'<ExtendedData><SchemaData><gx:SimpleArrayData name="speed">{values}</gx:SimpleArrayData></SchemaData></ExtendedData>'
    table = decode(document(track(more=angles + data))).tables["track_points"]
    assert table.column("heading_deg").to_pylist() == [0, 1, 2, 3, 4]
    assert table.column("data:speed").to_pylist() == [0, 10, 20, 30, 40]


def test_placemarks_with_a_time_are_a_track():
    found = timed(
        document("".join(mark(n) for n in range(4)) + mark(9).replace("<TimeStamp>" + when(9) + "</TimeStamp>", ""))
    )
    assert found.table.num_rows == 4
    assert decode(document(mark(0) + mark(1))).tables["timed_points"].column("name").to_pylist() == ["p0", "p1"]


def test_times_without_a_zone_are_those_of_a_wall_clock():
    content = document(track(zone=""))
    recording = FORMAT.recording(decode(content))
    assert recording.time_basis is TimeBasis.LOCAL
    assert recording.local_start == "2025-06-15T12:00:00.000000"
    assert timed(content).time_us[0] == 0


def test_a_line_is_a_table_but_no_track_and_says_so():
    decoded = decode(document(line()))
    recording = FORMAT.recording(decoded)
    assert FORMAT.track(decoded) is None
    assert decoded.tables["line_points"].num_rows == 30
    assert recording.time_basis is TimeBasis.NONE
    assert recording.rows_expected == 30
    assert any("no times" in text for text in recording.inferences)


def test_two_tracks_are_one_in_order_of_time():
    later = track().replace("T12:", "T13:")
    found = timed(document(later + track()))
    assert found.table.num_rows == 10
    assert (np.diff(found.time_us) > 0).all()


@pytest.mark.parametrize(
    "content",
    [
        document(track()),
        document("".join(mark(n) for n in range(3))),
        document(line()),
        kmz(("doc.kml", document(track()))),
        kmz(("files/icon.png", b"\x89PNG"), ("flight.kml", document(line()))),
        kmz(("doc.kml", document(track())), method=zipfile.ZIP_STORED),
    ],
)
def test_what_holds_a_path_is_recognised(content: bytes):
    assert FORMAT.recognises(content[:65536])
    assert not GPX.recognises(content[:65536])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        document("<Placemark><Point><coordinates>1,2</coordinates></Point></Placemark>"),
        document(line(5)),
        document("<name>Survey mission</name>" + line()),
        document(line()).replace(b"<Document>", b'<Document xmlns:wpml="http://www.dji.com/wpmz/1.0.2">'),
        document(
            "<Placemark><Polygon><LinearRing><coordinates>"
            + "1,2,3 " * 40
            + "</coordinates></LinearRing></Polygon></Placemark>"
        ),
        kmz(("wpmz/template.kml", document(track())), ("wpmz/waylines.wpml", b"<kml/>")),
        kmz(("readme.txt", b"hello")),
        kmz(("word/document.xml", b"<w/>"), ("notes.kml.txt", document(track()))),
        b"<gpx></gpx>",
    ],
)
def test_maps_missions_and_other_archives_are_not(content: bytes):
    assert not FORMAT.recognises(content[:65536])


def test_an_archive_gives_what_the_document_in_it_gives():
    content = kmz(("a.kml", document(line())), ("doc.kml", document(track())), ("icon.png", b"x" * 500))
    decoded = decode(content)
    assert decoded.tables["track_points"].equals(decode(document(track())).tables["track_points"])
    assert decoded.facts["archived_as"] == "doc.kml"
    assert any("not read" in p.what for p in decoded.problems)


def test_an_archive_cut_short_gives_what_is_there():
    content = kmz(
        (
            "doc.kml",
            document(
                "".join(when(n) + coord(n) for n in range(400)).join(
                    ("<Placemark><gx:Track>", "</gx:Track></Placemark>")
                )
            ),
        )
    )
    whole, cut = timed(content), timed(content[: len(content) // 2])
    assert 100 < cut.table.num_rows < whole.table.num_rows
    assert cut.time_us.tolist() == whole.time_us[: cut.table.num_rows].tolist()
    assert any("ends inside" in p.what for p in decode(content[: len(content) // 2]).problems)


def test_of_an_archive_whose_checksum_is_wrong_nothing_is_believed():
    content = bytearray(kmz(("doc.kml", document(track())), method=zipfile.ZIP_STORED))
    at = content.index(b"45.5000")
    content[at] = ord("6")
    decoded = decode(bytes(content))
    assert FORMAT.track(decoded) is None
    assert any("checksum is wrong" in p.what for p in decoded.problems)


def test_a_bomb_is_not_unpacked():
    decoded = decode(kmz(("doc.kml", b"<kml>" + b" " * 30_000_000)))
    assert decoded.tables == {}
    assert any("times its size" in p.what for p in decoded.problems)


def test_an_encrypted_entry_is_said():
    content = bytearray(kmz(("doc.kml", document(track()))))
    content[6] |= 1
    assert any("encrypted" in p.what for p in decode(bytes(content)).problems)


def test_an_archive_written_in_one_stream_is_read():
    class Stream(io.RawIOBase):
        """A file that cannot go back, so that sizes come behind what they are of."""

        def __init__(self) -> None:
            self.got = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, piece: object) -> int:
            self.got += bytes(memoryview(piece))  # type: ignore[arg-type]
            return len(memoryview(piece))  # type: ignore[arg-type]

    out = Stream()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:  # type: ignore[arg-type]
        archive.writestr("files/a.png", b"\x89PNG" * 100)
        archive.writestr("doc.kml", document(track()))
    assert timed(bytes(out.got)).table.num_rows == 5


def test_what_groundside_exports_reads_back():
    hundred = np.arange(100.0)
    flown = builders.track(east=hundred, north=hundred / 2, height_m=hundred)
    summary = Cut(
        ordinal=0,
        first_row=0,
        end_row=0,
        time_basis=flown.time_basis,
        time_error_s=0.1,
        recording_start_us=None,
        recording_s=1.0,
    )
    out = io.BytesIO()
    EXPORT.write(Flight(id="f1", case="general", sources=(), summary=summary, simulated=True), flown, out)
    back = timed(out.getvalue())
    np.testing.assert_array_equal(back.time_us, flown.time_us)
    np.testing.assert_allclose(back.floats("lon"), flown.floats("lon"), atol=1e-9)
    np.testing.assert_allclose(back.floats("height_m"), flown.floats("height_m"), atol=1e-3)
    assert decode(out.getvalue()).facts["simulated"] is True


@pytest.mark.parametrize(
    "content", [b"", b"<kml", b"<kml>", b"<kml><gx:Track><when>", b"PK\x03\x04" + b"\0" * 40, b"\xff" * 99]
)
def test_next_to_nothing_is_a_problem_and_no_failure(content: bytes):
    decoded = decode(content)
    assert FORMAT.track(decoded) is None
    assert FORMAT.recording(decoded).start_us is None
    assert decoded.problems
