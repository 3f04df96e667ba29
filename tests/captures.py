"""Raw captures of multispectral cameras, made with the tags that their makers publish."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

ASCII, SHORT, LONG, RATIONAL, BYTE, DOUBLE = 2, 3, 4, 5, 1, 12
_FORMS = {SHORT: "H", LONG: "I", DOUBLE: "d"}
Value = str | bytes | int | float | Sequence[int] | Sequence[float]
Entry = tuple[int, Value]
MAKE, MODEL, SOFTWARE, BLACK = 0x10F, 0x110, 0x131, 0xC61A
EXPOSURE, F_NUMBER, ISO, ISO_SPEED, ORIGINAL, SUBSEC = 0x829A, 0x829D, 0x8827, 0x8833, 0x9003, 0x9290
PLANE_X, PLANE_Y, PLANE_UNIT = 0xA20E, 0xA20F, 0xA210


def tiff(
    pixels: NDArray[np.uint16],
    main: Mapping[int, Entry],
    exif: Mapping[int, Entry],
    gps: Mapping[int, Entry] | None = None,
    xmp: str = "",
) -> bytes:
    """Write an uncompressed TIFF of 16 bits with an EXIF and a GPS directory and an XMP packet."""
    rows, columns = pixels.shape
    strip = pixels.astype("<u2").tobytes()
    entries: dict[int, Entry] = {
        0x100: (LONG, columns), 0x101: (LONG, rows), 0x102: (SHORT, 16), 0x103: (SHORT, 1), 0x106: (SHORT, 1),
        0x111: (LONG, 8), 0x115: (SHORT, 1), 0x116: (LONG, rows), 0x117: (LONG, len(strip)), **main,
    }  # fmt: skip
    if xmp:
        entries[0x2BC] = (BYTE, xmp.encode())
    at = 8 + len(strip)
    blocks: list[bytes] = []
    for pointer, directory in ((0x8769, exif), (0x8825, gps or {})):
        if directory:
            block = _directory(directory, at)
            entries[pointer] = (LONG, at)
            blocks.append(block)
            at += len(block)
    return b"II*\0" + struct.pack("<I", at) + strip + b"".join(blocks) + _directory(entries, at)


def _directory(entries: Mapping[int, Entry], at: int) -> bytes:
    head = struct.pack("<H", len(entries))
    spare = at + 2 + 12 * len(entries) + 4
    tail = b""
    for tag in sorted(entries):
        kind, value = entries[tag]
        raw, count = _raw(kind, value)
        place = raw.ljust(4, b"\0")
        if len(raw) > 4:
            place = struct.pack("<I", spare + len(tail))
            tail += raw + b"\0" * (len(raw) % 2)
        head += struct.pack("<HHI", tag, kind, count) + place
    return head + b"\0\0\0\0" + tail


def _raw(kind: int, value: Value) -> tuple[bytes, int]:
    if isinstance(value, str | bytes):
        raw = value.encode() + b"\0" if isinstance(value, str) else value
        return raw, len(raw)
    several = list(value) if isinstance(value, Sequence) else [value]
    if kind == RATIONAL:
        return b"".join(struct.pack("<II", round(one * 10_000_000), 10_000_000) for one in several), len(several)
    return struct.pack(f"<{len(several)}{_FORMS[kind]}", *several), len(several)


def xmp_of(properties: Mapping[str, str | Sequence[str]], spaces: Mapping[str, str] | None = None) -> str:
    """Write an XMP packet: texts as elements, several as a sequence."""
    declared = spaces or {
        "Camera": "http://pix4d.com/camera/1.0", "MicaSense": "http://micasense.com/MicaSense/1.0/",
        "DLS": "http://micasense.com/DLS/1.0/", "drone-dji": "http://www.dji.com/drone-dji/1.0/",
    }  # fmt: skip
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in declared.items())
    body = "".join(_element(name, value) for name, value in properties.items())
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" {names}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )


def _element(name: str, value: str | Sequence[str]) -> str:
    if isinstance(value, str):
        return f"<{name}>{value}</{name}>"
    return f"<{name}><rdf:Seq>{''.join(f'<rdf:li>{one}</rdf:li>' for one in value)}</rdf:Seq></{name}>"


@dataclass
class RedEdge:
    """One band of a RedEdge capture; what a test does not state is as a camera of 2019 writes it."""

    pixels: NDArray[np.uint16]
    band: str = "Green"
    index: int = 1
    capture: str = "capture-1"
    model: str = "RedEdge"
    software: str = "v5.1.12"
    moment: str = "2019:07:17 22:50:17"
    subsec: str = "250000"
    exposure_s: float = 0.001
    iso: int = 100
    wavelength: int = 560
    light: float | None = 1.0
    pose: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rotation: tuple[float, float, float] | None = (0.0, 0.0, 0.0)
    lat_lon: tuple[float, float] | None = (36.5, -119.5)
    more: dict[str, str | Sequence[str]] = field(default_factory=dict)

    def file(self) -> bytes:
        """Give the bytes of the TIFF."""
        rows, columns = self.pixels.shape
        density = 1450.0 * columns / 1280 / 5.5
        xmp: dict[str, str | Sequence[str]] = {
            "Camera:BandName": self.band,
            "Camera:CentralWavelength": str(self.wavelength),
            "Camera:WavelengthFWHM": "20",
            "Camera:RigCameraIndex": str(self.index),
            "Camera:PrincipalPoint": f"{columns / 2 / density},{rows / 2 / density}",
            "Camera:PerspectiveFocalLength": "5.5",
            "Camera:PerspectiveFocalLengthUnits": "mm",
            "Camera:PerspectiveDistortion": ["0", "0", "0", "0", "0"],
            "Camera:VignettingCenter": [str(columns / 2), str(rows / 2)],
            "Camera:VignettingPolynomial": ["0", "0", "0", "0", "0", "0"],
            "MicaSense:CaptureId": self.capture,
            "MicaSense:RadiometricCalibration": ["0.00015", "0.0", "0.0"],
        }
        if self.rotation is not None:
            xmp["Camera:RigRelatives"] = ", ".join(map(str, self.rotation))
        if self.light is not None:
            xmp["DLS:SpectralIrradiance"] = str(self.light)
            xmp |= {f"DLS:{name}": str(part) for name, part in zip(("Yaw", "Pitch", "Roll"), self.pose, strict=True)}
        xmp |= self.more
        main = {
            MAKE: (ASCII, "MicaSense"), MODEL: (ASCII, self.model), SOFTWARE: (ASCII, self.software),
            BLACK: (SHORT, [4800, 4800, 4800, 4800]),
        }  # fmt: skip
        exif = {
            EXPOSURE: (RATIONAL, self.exposure_s), ISO_SPEED: (LONG, self.iso), ORIGINAL: (ASCII, self.moment),
            SUBSEC: (ASCII, self.subsec), PLANE_X: (RATIONAL, density), PLANE_Y: (RATIONAL, density),
            PLANE_UNIT: (SHORT, 4),
        }  # fmt: skip
        return tiff(self.pixels, main, exif, _gps(self.lat_lon), xmp_of(xmp))


def _gps(lat_lon: tuple[float, float] | None) -> dict[int, Entry]:
    if lat_lon is None:
        return {9: (ASCII, "V")}
    lat, lon = lat_lon
    return {
        1: (ASCII, "N" if lat >= 0 else "S"), 2: (RATIONAL, [abs(lat), 0.0, 0.0]),
        3: (ASCII, "E" if lon >= 0 else "W"), 4: (RATIONAL, [abs(lon), 0.0, 0.0]),
    }  # fmt: skip


def mavic3m(pixels: NDArray[np.uint16], band: str = "NIR", **dji: str) -> bytes:
    """Write one band as the Mavic 3M guide of 2023 describes it; `dji` adds or replaces tags of drone-dji."""
    rows, columns = pixels.shape
    said = {
        "BandName": band, "BandFreq": "860(+/-26)nm", "BlackLevel": "3200", "SensorGain": "1.044",
        "SensorGainAdjustment": "1.002", "ExposureTime": "1000", "Irradiance": "2000",
        "CalibratedOpticalCenterX": str(columns / 2), "CalibratedOpticalCenterY": str(rows / 2),
        "VignettingData": "0.0, 0.0, 0.0, 0.0, 0.0, 0.0",
        "DewarpData": "2022-10-24;2200.0,2200.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0",
        "CalibratedHMatrix": "1,0,0,0,1,0,0,0,1", "UTCAtExposure": "2023:03:09 02:47:57.725671",
        "CaptureUUID": "capture-1", **dji,
    }  # fmt: skip
    xmp = xmp_of({f"drone-dji:{name}": value for name, value in said.items() if value})
    return tiff(pixels, {MAKE: (ASCII, "DJI"), MODEL: (ASCII, "M3M")}, {}, None, xmp)


def panel_scene(
    serial: str = "RP02-1603036-SC",
    *,
    field_dn: int = 12_000,
    panel_dn: int = 40_000,
    size: tuple[int, int] = (360, 240),
) -> NDArray[np.uint16]:
    """Draw a panel beside its code, as an older panel lies: below the code, 1.68 widths of it from middle to middle."""
    import cv2

    drawn = cv2.QRCodeEncoder.create().encode(serial)
    code = np.asarray(cv2.resize(drawn, (120, 120), interpolation=cv2.INTER_NEAREST))
    dark = np.flatnonzero((code < 128).any(axis=0))
    width = int(dark[-1] - dark[0] + 1)
    scene = np.full(size, field_dn, np.uint16)
    scene[20:170, 40:190] = 50_000
    scene[40:160, 60:180] = np.where(code > 127, 50_000, 8_000)
    middle_y, middle_x = 100 + round(1.68 * width), 120
    half = round(0.6 * width)
    scene[middle_y - half : middle_y + half, middle_x - half : middle_x + half] = panel_dn
    noise = np.random.default_rng(3).integers(-60, 60, size)
    return (scene.astype(np.int64) + noise).clip(0, 65_535).astype(np.uint16)


def ground(seed: int = 1, size: tuple[int, int] = (480, 640)) -> NDArray[np.float64]:
    """Draw something with edges at every scale, 0 to 1, shape `size`."""
    import cv2

    random = np.random.default_rng(seed)
    out = np.zeros(size)
    for cells in (6, 14, 32, 80):
        coarse = random.random((cells, round(cells * size[1] / size[0]))).astype(np.float32)
        out += np.asarray(cv2.resize(coarse, (size[1], size[0]), interpolation=cv2.INTER_CUBIC), np.float64)
    low, high = float(out.min()), float(out.max())
    return (out - low) / (high - low)
