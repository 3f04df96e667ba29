"""
Names of the tags of EXIF, TIFF, DNG, GPS and MPF, as ExifTool names them, for those are what people know.

Sources: Exif 2.32 (CIPA DC-008-2019); TIFF 6.0 (Adobe 1992); DNG 1.7 (Adobe 2023); CIPA DC-007 (MPF, 2009);
the names: https://exiftool.org/TagNames/EXIF.html and GPS.html.
"""

from __future__ import annotations

from groundside.native.exif import CHAIN, EXIF, GPS, INTEROP, NOTE

IMAGE = {
    0x000B: "ProcessingSoftware", 0x00FE: "SubfileType", 0x00FF: "OldSubfileType", 0x0100: "ImageWidth",
    0x0101: "ImageHeight", 0x0102: "BitsPerSample", 0x0103: "Compression", 0x0106: "PhotometricInterpretation",
    0x010A: "FillOrder", 0x010D: "DocumentName", 0x010E: "ImageDescription", 0x010F: "Make", 0x0110: "Model",
    0x0111: "StripOffsets", 0x0112: "Orientation", 0x0115: "SamplesPerPixel", 0x0116: "RowsPerStrip",
    0x0117: "StripByteCounts", 0x0118: "MinSampleValue", 0x0119: "MaxSampleValue", 0x011A: "XResolution",
    0x011B: "YResolution", 0x011C: "PlanarConfiguration", 0x0128: "ResolutionUnit", 0x012D: "TransferFunction",
    0x0131: "Software", 0x0132: "ModifyDate", 0x013B: "Artist", 0x013C: "HostComputer", 0x013D: "Predictor",
    0x013E: "WhitePoint", 0x013F: "PrimaryChromaticities", 0x0140: "ColorMap", 0x0142: "TileWidth",
    0x0143: "TileLength", 0x0144: "TileOffsets", 0x0145: "TileByteCounts", 0x0152: "ExtraSamples",
    0x0153: "SampleFormat", 0x0154: "SMinSampleValue", 0x0155: "SMaxSampleValue", 0x015B: "JPEGTables",
    0x0201: "ThumbnailOffset", 0x0202: "ThumbnailLength", 0x0211: "YCbCrCoefficients", 0x0212: "YCbCrSubSampling",
    0x0213: "YCbCrPositioning", 0x0214: "ReferenceBlackWhite", 0x02BC: "ApplicationNotes", 0x4746: "Rating",
    0x828D: "CFARepeatPatternDim", 0x828E: "CFAPattern2", 0x8298: "Copyright", 0x830E: "PixelScale",
    0x8482: "ModelTiePoint", 0x83BB: "IPTC-NAA", 0x8773: "ICC_Profile", 0x87AF: "GeoTiffDirectory",
    0x87B0: "GeoTiffDoubleParams", 0x87B1: "GeoTiffAsciiParams", 0x9C9B: "XPTitle", 0x9C9C: "XPComment",
    0x9C9D: "XPAuthor", 0x9C9E: "XPKeywords", 0x9C9F: "XPSubject", 0xA480: "GDALMetadata", 0xA481: "GDALNoData",
    0xC4A5: "PrintIM", 0xC612: "DNGVersion", 0xC613: "DNGBackwardVersion", 0xC614: "UniqueCameraModel",
    0xC615: "LocalizedCameraModel", 0xC616: "CFAPlaneColor", 0xC617: "CFALayout", 0xC618: "LinearizationTable",
    0xC619: "BlackLevelRepeatDim", 0xC61A: "BlackLevel", 0xC61B: "BlackLevelDeltaH", 0xC61C: "BlackLevelDeltaV",
    0xC61D: "WhiteLevel", 0xC61E: "DefaultScale", 0xC61F: "DefaultCropOrigin", 0xC620: "DefaultCropSize",
    0xC621: "ColorMatrix1", 0xC622: "ColorMatrix2", 0xC623: "CameraCalibration1", 0xC624: "CameraCalibration2",
    0xC627: "AnalogBalance", 0xC628: "AsShotNeutral", 0xC629: "AsShotWhiteXY", 0xC62A: "BaselineExposure",
    0xC62B: "BaselineNoise", 0xC62C: "BaselineSharpness", 0xC62D: "BayerGreenSplit", 0xC62E: "LinearResponseLimit",
    0xC62F: "CameraSerialNumber", 0xC630: "DNGLensInfo", 0xC631: "ChromaBlurRadius", 0xC632: "AntiAliasStrength",
    0xC633: "ShadowScale", 0xC634: "DNGPrivateData", 0xC635: "MakerNoteSafety", 0xC65A: "CalibrationIlluminant1",
    0xC65B: "CalibrationIlluminant2", 0xC65C: "BestQualityScale", 0xC65D: "RawDataUniqueID",
    0xC68B: "OriginalRawFileName", 0xC68D: "ActiveArea", 0xC68E: "MaskedAreas", 0xC6F3: "CameraCalibrationSig",
    0xC6F4: "ProfileCalibrationSig", 0xC6F8: "ProfileName", 0xC6FC: "ProfileToneCurve",
    0xC6FD: "ProfileEmbedPolicy", 0xC6FE: "ProfileCopyright", 0xC714: "ForwardMatrix1", 0xC715: "ForwardMatrix2",
    0xC71A: "PreviewColorSpace", 0xC740: "OpcodeList1", 0xC741: "OpcodeList2", 0xC74E: "OpcodeList3",
    0xC761: "NoiseProfile", 0xC7A7: "NewRawImageDigest", 0xEA1C: "Padding", 0xEA1D: "OffsetSchema",
    0x0123: "GrayResponseCurve", 0x0122: "GrayResponseUnit",
}  # fmt: skip
"""Of images, and of the EXIF directory: neither uses a number of the other's for something else."""

_PHOTO = {
    0x829A: "ExposureTime", 0x829D: "FNumber", 0x8822: "ExposureProgram", 0x8824: "SpectralSensitivity",
    0x8827: "ISO", 0x882A: "TimeZoneOffset", 0x8830: "SensitivityType", 0x8831: "StandardOutputSensitivity",
    0x8832: "RecommendedExposureIndex", 0x8833: "ISOSpeed", 0x8834: "ISOSpeedLatitudeyyy",
    0x8835: "ISOSpeedLatitudezzz", 0x9000: "ExifVersion", 0x9003: "DateTimeOriginal", 0x9004: "CreateDate",
    0x9010: "OffsetTime", 0x9011: "OffsetTimeOriginal", 0x9012: "OffsetTimeDigitized",
    0x9101: "ComponentsConfiguration", 0x9102: "CompressedBitsPerPixel", 0x9201: "ShutterSpeedValue",
    0x9202: "ApertureValue", 0x9203: "BrightnessValue", 0x9204: "ExposureCompensation", 0x9205: "MaxApertureValue",
    0x9206: "SubjectDistance", 0x9207: "MeteringMode", 0x9208: "LightSource", 0x9209: "Flash",
    0x920A: "FocalLength", 0x9211: "ImageNumber", 0x9214: "SubjectArea", 0x927C: "MakerNote",
    0x9286: "UserComment", 0x9290: "SubSecTime", 0x9291: "SubSecTimeOriginal", 0x9292: "SubSecTimeDigitized",
    0x9400: "AmbientTemperature", 0x9401: "Humidity", 0x9402: "Pressure", 0x9403: "WaterDepth",
    0x9404: "Acceleration", 0x9405: "CameraElevationAngle", 0xA000: "FlashpixVersion", 0xA001: "ColorSpace",
    0xA002: "ExifImageWidth", 0xA003: "ExifImageHeight", 0xA004: "RelatedSoundFile", 0xA20B: "FlashEnergy",
    0xA20E: "FocalPlaneXResolution", 0xA20F: "FocalPlaneYResolution", 0xA210: "FocalPlaneResolutionUnit",
    0xA214: "SubjectLocation", 0xA215: "ExposureIndex", 0xA217: "SensingMethod", 0xA300: "FileSource",
    0xA301: "SceneType", 0xA302: "CFAPattern", 0xA401: "CustomRendered", 0xA402: "ExposureMode",
    0xA403: "WhiteBalance", 0xA404: "DigitalZoomRatio", 0xA405: "FocalLengthIn35mmFormat",
    0xA406: "SceneCaptureType", 0xA407: "GainControl", 0xA408: "Contrast", 0xA409: "Saturation",
    0xA40A: "Sharpness", 0xA40B: "DeviceSettingDescription", 0xA40C: "SubjectDistanceRange",
    0xA420: "ImageUniqueID", 0xA430: "OwnerName", 0xA431: "SerialNumber", 0xA432: "LensInfo",
    0xA433: "LensMake", 0xA434: "LensModel", 0xA435: "LensSerialNumber", 0xA436: "ImageTitle",
    0xA437: "Photographer", 0xA438: "ImageEditor", 0xA439: "CameraFirmware", 0xA460: "CompositeImage",
    0xA500: "Gamma", 0x920B: "FlashEnergy", 0x920E: "FocalPlaneXResolution", 0x920F: "FocalPlaneYResolution",
    0x9210: "FocalPlaneResolutionUnit", 0x9217: "SensingMethod",
}  # fmt: skip

_GPS = {
    number: "GPS" + name
    for number, name in enumerate(
        (
            "VersionID", "LatitudeRef", "Latitude", "LongitudeRef", "Longitude", "AltitudeRef", "Altitude",
            "TimeStamp", "Satellites", "Status", "MeasureMode", "DOP", "SpeedRef", "Speed", "TrackRef", "Track",
            "ImgDirectionRef", "ImgDirection", "MapDatum", "DestLatitudeRef", "DestLatitude", "DestLongitudeRef",
            "DestLongitude", "DestBearingRef", "DestBearing", "DestDistanceRef", "DestDistance",
            "ProcessingMethod", "AreaInformation", "DateStamp", "Differential", "HPositioningError",
        )
    )
}  # fmt: skip

_INTEROP = {
    0x0001: "InteropIndex", 0x0002: "InteropVersion", 0x1000: "RelatedImageFileFormat",
    0x1001: "RelatedImageWidth", 0x1002: "RelatedImageHeight",
}  # fmt: skip

_DJI = {
    0x01: "Make", 0x03: "SpeedX", 0x04: "SpeedY", 0x05: "SpeedZ", 0x06: "Pitch", 0x07: "Yaw", 0x08: "Roll",
    0x09: "CameraPitch", 0x0A: "CameraYaw", 0x0B: "CameraRoll",
}  # fmt: skip
"""DJI's maker note of the Phantom 3 and 4: https://exiftool.org/TagNames/DJI.html."""

MPF = {
    0xB000: "MPFVersion", 0xB001: "NumberOfImages", 0xB002: "MPEntry", 0xB003: "ImageUIDList", 0xB004: "TotalFrames",
}  # fmt: skip

_ANY = {**IMAGE, **_PHOTO}
_OF = {GPS: ("GPS", _GPS), INTEROP: ("InteropIFD", _INTEROP), NOTE: ("DJI", _DJI), EXIF: ("ExifIFD", _ANY)}


def group_of(ifd: int) -> str:
    """Name a directory as ExifTool's first family of groups does: "IFD0", "ExifIFD", "GPS", "SubIFD", "SubIFD1"."""
    if ifd in _OF:
        return _OF[ifd][0]
    if ifd < CHAIN:
        return f"IFD{ifd}"
    return "SubIFD" if ifd == 32 else f"SubIFD{ifd - 32}"


def key_of(code: int) -> str:
    """Name an entry, given its directory times 65,536 plus its tag: "IFD0:Make", "GPS:0xff00" where it has no name."""
    ifd, tag = code >> 16, code & 0xFFFF
    names = _OF[ifd][1] if ifd in _OF else _ANY
    return f"{group_of(ifd)}:{names.get(tag) or f'0x{tag:04x}'}"


KEYS = {
    **{ifd << 16 | tag: key_of(ifd << 16 | tag) for ifd in (0, 1, EXIF, 32) for tag in _ANY},
    **{ifd << 16 | tag: key_of(ifd << 16 | tag) for ifd, (_, names) in _OF.items() for tag in names},
}
"""The names that occur, ready made."""
