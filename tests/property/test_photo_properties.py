"""No bytes make the readers of photos raise or hang; the kernel and its twin agree on every one of them."""

from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from groundside import native
from groundside.decode.photos.exif_names import KEYS
from groundside.decode.photos.found import Found
from groundside.decode.photos.reading import find, read_photo
from groundside.decode.photos.window import Window
from groundside.decode.photos.xmp import read_xmp
from groundside.native import exif, exif_packet
from tests import photo_builders as made

_EXIF = {made.TAKEN: "2031:05:06 10:00:00", made.SUBSEC: "-12", 0x927C: bytes(300), 0xA20E: 266.6}
_PLACE = made.place(48.2, 11.5, 100.0)
_NAME, _CUT = made.extended(made.xmp({"drone-dji:RtkFlag": "50"}).encode())
BLOCKS = [
    made.tiff({made.MAKE: "DJI", made.MODEL: "M"}, _EXIF, _PLACE, {made.WIDTH: 160}, order=order)
    for order in ("<", ">")
]
FILES = [
    made.jpeg(BLOCKS[0], made.nadir(GimbalRollDegree="+180"), more=[made.mpf([0x030000, 0x010001])]),
    made.jpeg(BLOCKS[1], made.xmp({"xmpNote:HasExtendedXMP": _NAME}), more=_CUT),
    made.jpeg(b"", made.nadir().encode("utf-16")),
    made.tiff({made.WIDTH: 10, made.HEIGHT: 10, made.XMP_TAG: (1, made.nadir().encode()), 0xC612: (1, [1, 4, 0, 0])}, _EXIF, _PLACE,
              subs=[{made.WIDTH: 4000, made.HEIGHT: 3000}]),
    made.movie([("vide", "avc1", [b"x"] * 3), ("text", "tx3g", [made.cue("[latitude: 1.0] [longitude: 2.0]")] * 3)]),
    made.movie([("vide", "hvc1", [b"x"]), ("meta", "camm", [b"\0\0\5\0" + bytes(24)])]),
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, whole: list[bytes]) -> bytes:
    data = bytearray(draw(st.sampled_from(whole)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(data) - 1))
        how = draw(st.sampled_from(["flip", "set", "large", "cut", "double"]))
        if how == "flip":
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif how == "set":
            data[at : at + 4] = draw(st.binary(min_size=4, max_size=4))
        elif how == "large":
            data[at : at + 4] = b"\xff\xff\xff\xff"
        elif how == "cut":
            del data[max(at, 1) :]
        else:
            data[at:at] = data[at : at + 64]
    return bytes(data)


@settings(deadline=None, max_examples=150)
@given(damaged(FILES))
def test_damaged_files_never_raise_and_say_the_same_twice(data: bytes):
    photo, tags = read_photo(Window.over(data))
    assert repr(read_photo(Window.over(data))) == repr((photo, tags))


@settings(deadline=None, max_examples=150)
@given(st.one_of(damaged(BLOCKS), st.binary(max_size=200)), st.integers(0, 300), st.booleans())
def test_the_kernel_and_its_twin_agree(data: bytes, at: int, big: bool):
    for keys in (KEYS, {}):
        walked = exif.walk(data, keys), exif.walk(data, keys, at, big)
        with patch.object(native, "PLAIN", True):
            assert repr((exif.walk(data, keys), exif.walk(data, keys, at, big))) == repr(walked)


_INSIDE = ["", " ", "<!-- -->", "<a:b>1</a:b>", "&lt;", "<a:b/>", "<a:b></a:b><a:b>\n2</a:b>", "<a:b>1<c:d>2</c:d></a:b>",
           "<a:b><rdf:Seq><rdf:li>1</rdf:li></rdf:Seq></a:b><drone-dji:A> <rdf:Bag>\n<rdf:li>1</rdf:li> "
           "<rdf:li xml:lang=\"x-default\">2</rdf:li></rdf:Bag></drone-dji:A>", "<tiff:Make>]]</tiff:Make>",
           "<a:b><rdf:Alt></rdf:Alt></a:b>", "<drone-dji:A>3</drone-dji:A><drone-dji:A></drone-dji:A>"]  # fmt: skip
_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
_NAMES = st.sampled_from(["drone-dji:A", "drone-dji:GpsLatitude", "tiff:Make", "x", "xml:lang", "rdf:about", "foo:bar"])


@settings(deadline=None, max_examples=150)
@given(st.lists(st.tuples(_NAMES, _TEXT), max_size=5), st.sampled_from(_INSIDE))
def test_a_plain_packet_is_read_as_the_parser_reads_it(pairs: list[tuple[str, str]], inside: str):
    from xml.sax.saxutils import quoteattr

    written = " ".join(f"{name}={quoteattr(value)}" for name, value in pairs)
    packet = made.xmp({}, inside).replace('rdf:about=""', written).encode()
    fast, slow = Found(), Found()
    read_xmp(packet, 0, fast)
    with patch("groundside.decode.photos.xmp._read_plain", lambda *_: False):
        read_xmp(packet, 0, slow)
    assert repr(fast) == repr(slow)


_KEYS = {"drone-dji:A": "a", "tiff:Make": "make", "rdf:about": "about", "x": "x", "xml:lang": ""}
_PIECES = st.sampled_from(
    ["<?xpacket begin='\ufeff'?>", "<x:xmpmeta>", "<x:xmpmeta ", "<rdf:RDF", ">", "<rdf:Description", "/>", " ", "\n",
     "</rdf:Description>", "</rdf:RDF>", "</x:xmpmeta>", "drone-dji:A=\"1\"", " tiff:Make='DJI'", " xml:lang=\"\"",
     " xmlns:tiff='t'", " xmlns:b=\"b\"", "<drone-dji:A>", "</drone-dji:A>", "<x>", "</x >", "<rdf:Seq>", "</rdf:Seq>",
     "<rdf:li>", "</rdf:li>", "<rdf:li xml:lang=\"x-default\">", "text", "&amp;", "]]>", "ä", "=", "\"", "'"]
)  # fmt: skip
_WHOLE = (
    "<x:xmpmeta{}>\n<rdf:RDF xmlns:tiff='t'>\n<rdf:Description{}>\n{}<tiff:Make>{}</tiff:Make>\n<x> <rdf:Seq>"
    "<rdf:li>{}</rdf:li>\n<rdf:li/></rdf:Seq></x></rdf:Description><rdf:Description{}/></rdf:RDF></x:xmpmeta>"
)


@settings(deadline=None, max_examples=300)
@given(st.lists(_PIECES, max_size=6), st.integers(0, 5), st.sampled_from(["<rdf:li/>", ""]), st.booleans())
def test_the_kernel_of_packets_and_its_twin_agree(pieces: list[str], at: int, empty: str, joined: bool):
    holes = ["", ' rdf:about=""', "", "DJI", "1", " drone-dji:A='5'"]
    holes[at] = "".join(pieces) if joined else (pieces or [""])[0]
    for text in (_WHOLE.format(*holes).replace("<rdf:li/>", empty), "".join(pieces)):
        data = text.encode()
        found = exif_packet.packet(data, _KEYS, {"xmlns:tiff": "t"})
        with patch.object(native, "PLAIN", True):
            assert repr(exif_packet.packet(data, _KEYS, {"xmlns:tiff": "t"})) == repr(found)


def test_texts_and_lists_need_no_parser():
    said = exif_packet.packet(_WHOLE.format("", "", "", "DJI", "1", "").replace("<rdf:li/>", "<rdf:li>2</rdf:li>").encode(),
                              _KEYS, {"xmlns:tiff": "t"})  # fmt: skip
    assert said == {"make": "DJI", "x": ("1", "2")}


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=400))
def test_any_packet_ends(data: bytes):
    found = Found()
    read_xmp(b"<x:xmpmeta " + data, 0, found)
    assert all(isinstance(name, str) for name in found.tags)


def test_entities_and_document_types_are_refused():
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>' + made.nadir(CameraSerialNumber="&b;")
    found = find(Window.over(made.jpeg(b"", bomb)))
    assert "document type" in found.problems[0].what
    assert not any(name.startswith("XMP-") for name in found.tags)


def test_a_directory_that_names_itself_ends():
    block = bytearray(made.tiff({made.MAKE: "DJI"}))
    at = int.from_bytes(block[4:8], "little")
    block[-4:] = at.to_bytes(4, "little")
    found = find(Window.over(made.jpeg(bytes(block))))
    assert found.tags["IFD0:Make"] == "DJI"
    assert "named twice" in found.problems[0].what


def test_what_one_file_brings_changes_no_other():
    """Names are remembered from file to file: a broken packet may not teach the reader what is no property."""
    plain = made.jpeg(b"", made.xmp({"xmp:CreateDate": "2031-05-06"}))
    before = find(Window.over(plain)).tags
    for name in ("xml:lang", "xmlns:xmp", "rdf:parseType"):
        find(Window.over(made.jpeg(b"", f'<x:xmpmeta {name}="taught" <&')))
    assert find(Window.over(plain)).tags == before
    foreign = made.nadir().replace("drone-dji", "foo").replace("www.dji.com/foo/", "www.dji.com/drone-dji/")
    assert "XMP-drone-dji:RelativeAltitude" in find(Window.over(made.jpeg(b"", foreign))).tags


def test_what_is_remembered_asks_for_no_other_tag():
    from groundside.decode.photos.normalise.bodies import camera_of
    from groundside.decode.photos.normalise.lenses import optics_of
    from groundside.decode.photos.normalise.values import Asked

    class Noting(dict[str, object]):
        asked: set[str]

        def get(self, key: str, default: object = None) -> object:
            self.asked.add(key)
            return super().get(key, default)

        def __contains__(self, key: object) -> bool:
            self.asked.add(str(key))
            return super().__contains__(key)

    model = {"XMP-Camera:ModelType": "perspective", "XMP-Camera:PerspectiveFocalLength": "5.5"}
    for tags in (
        {},
        model,
        {**model, "XMP-Camera:PerspectiveFocalLengthUnits": "px"},
        {"XMP-drone-dji:DewarpData": "x"},
    ):
        for remembered in (camera_of, optics_of):
            noting = Noting(tags)
            noting.asked = set()
            remembered.make(Asked(noting), (4000, 3000))  # type: ignore[arg-type]
            assert noting.asked <= set(remembered.keys)
