"""
Which records are encrypted under which key ("feature point").

Sources: dji-sdk/FlightRecordParsingLib, `flight_record_feature_point_map.cpp` (both maps; a file says in its
version block, as 3 or 4, which holds) and the names in `fr_standardization_parser_Imp.cpp`;
lvauvillier/dji-log-parser, `keychain/feature_point.rs` (types 58, 59, 62 and 63 in the second map, and the
names of 8 and 15).
"""

from __future__ import annotations

from groundside.decode.formats.dji_record.layout import Layout

BASE, VISION, WAYPOINT, AGRICULTURE, AIR_LINK, AFTER_SALES, FLY_CUSTOM, PLAIN = range(1, 9)
FLIGHT_HUB, GIMBAL, RC, CAMERA, BATTERY, FLY_SAFE, SECURITY = range(9, 16)

FEATURE_POINTS: dict[int, str] = {
    BASE: "FR_Standardization_Feature_Base_1",
    VISION: "FR_Standardization_Feature_Vision_2",
    WAYPOINT: "FR_Standardization_Feature_Waypoint_3",
    AGRICULTURE: "FR_Standardization_Feature_Agriculture_4",
    AIR_LINK: "FR_Standardization_Feature_AirLink_5",
    AFTER_SALES: "FR_Standardization_Feature_AfterSales_6",
    FLY_CUSTOM: "FR_Standardization_Feature_DJIFlyCustom_7",
    PLAIN: "FR_Standardization_Feature_Plaintext_8",
    FLIGHT_HUB: "FR_Standardization_Feature_FlightHub_9",
    GIMBAL: "FR_Standardization_Feature_Gimbal_10",
    RC: "FR_Standardization_Feature_RC_11",
    CAMERA: "FR_Standardization_Feature_Camera_12",
    BATTERY: "FR_Standardization_Feature_Battery_13",
    FLY_SAFE: "FR_Standardization_Feature_FlySafe_14",
    SECURITY: "FR_Standardization_Feature_Security_15",
}
"""Feature point to its name in what is asked of, and answered by, the key service."""

_BOTH: dict[int, tuple[int, ...]] = {
    BASE: (1, 2, 6, 13, 14, 15, 40, 58, 59, 63),
    VISION: (17, 18),
    WAYPOINT: (31, 32, 34, 35, 36, 38, 39),
    AGRICULTURE: (21, 41, 43, 44, 45, 46, 47, 48),
    AIR_LINK: (49,),
    AFTER_SALES: (12, 16, 19, 26, 27),
    FLY_CUSTOM: (5, 9, 10, 20, 24, 30, 54),
    PLAIN: (50, 56),
    FLIGHT_HUB: (53,),
    RC: (62,),
}
_FIRST: dict[int, tuple[int, ...]] = {BASE: (3, 4, 7, 8, 11, 25, 29, 33), AFTER_SALES: (22, 28, 51, 52, 55)}
_SECOND: dict[int, tuple[int, ...]] = {
    GIMBAL: (3,),
    RC: (4, 11, 29, 33),
    CAMERA: (25,),
    BATTERY: (7, 8, 22),
    FLY_SAFE: (28, 51, 52),
    SECURITY: (55,),
}
_FIRST_SCHEME, _SECOND_SCHEME = 3, 4


def feature_of_kinds(layout: Layout) -> dict[int, int]:
    """Map record type to feature point for this file; types nobody describes are left out."""
    schemes = {_FIRST_SCHEME: _FIRST, _SECOND_SCHEME: _SECOND}
    by_version = _FIRST if layout.version == 13 else _SECOND
    own = schemes.get(layout.category, by_version) if layout.category is not None else by_version
    return {kind: feature for table in (_BOTH, own) for feature, kinds in table.items() for kind in kinds}
