"""
What the numbers in flight records stand for.

Sources: dji-sdk/FlightRecordParsingLib, `FlightRecordProtocolEnum.h` (record types, departments, platforms)
and `dji_product_type.h`; lvauvillier/dji-log-parser, `record/osd.rs` and `layout/details.rs`;
o-gs/dji-firmware-tools, `dji-dumlv1-flyc.lua`.
"""

from __future__ import annotations

RECORD_NAMES: dict[int, str] = {
    1: "OSD", 2: "HOME", 3: "GIMBAL", 4: "RC", 5: "CUSTOM", 6: "DEFORM", 7: "CENTER_BATTERY",
    8: "SMART_BATTERY", 9: "APP_TIP", 10: "APP_WARN", 11: "RC_GPS", 12: "RC_DEBUG", 13: "RECOVER",
    14: "APP_GPS", 15: "FIRMWARE", 16: "OFDM_DEBUG", 17: "VISION_GROUP", 18: "VISION_WARN", 19: "MC_PARAM",
    20: "APP_OPERATION", 21: "AG_OSD", 22: "SMART_BATTERY_GROUP", 24: "APP_SERIOUS_WARN", 25: "CAMERA",
    26: "ADSB", 27: "ADSB_ORIGINAL", 28: "NO_FLY_DATABASE", 29: "JOYSTICK", 30: "APP_LOW_FREQUENCY",
    31: "NAVIGATION_MODE", 32: "MISSION_STATUS", 33: "VIRTUAL_STICK", 34: "MISSION_EVENT",
    35: "MISSION_UPLOAD", 36: "WAYPOINT_UPLOAD", 38: "MISSION_DOWNLOAD", 39: "WAYPOINT_DOWNLOAD",
    40: "COMPONENT_SERIAL", 41: "AG_DISPLAY", 43: "AG_RADAR", 44: "AG_SPRAY", 45: "RTK_DIFFERENCE",
    46: "AG_MISSION", 47: "AG_TEAM", 48: "AG_GROUND_STATION", 49: "OFDM", 50: "KEY_SWITCH",
    51: "FLY_SAFE_LIMIT", 52: "FLY_SAFE_UNLOCK", 53: "FLIGHT_HUB", 54: "APP_BUSINESS", 55: "SECURITY",
    56: "KEY_STORAGE", 57: "APP_AIR_LINK", 58: "HEALTH_GROUP", 59: "FC_IMU", 60: "NAVIGATION",
    61: "PERCEPTION", 62: "RC_DISPLAY", 63: "FC_COMMON_OSD", 253: "SUMMARY", 254: "FRAME",
}  # fmt: skip

PRODUCTS: dict[int, str] = {
    1: "Inspire 1", 2: "Phantom 3 Standard", 3: "Phantom 3 Advanced", 4: "Phantom 3 Professional",
    5: "Osmo", 6: "Matrice 100", 7: "Phantom 4", 9: "Inspire 1 Pro", 10: "A3", 11: "Matrice 600",
    12: "Phantom 3 4K", 13: "Mavic Pro", 15: "Inspire 1 Raw", 16: "A2", 17: "Inspire 2",
    24: "Phantom 4 Pro", 25: "N3", 26: "Spark", 27: "Matrice 600 Pro", 28: "Phantom 4 Advanced",
    29: "Phantom 3 SE", 31: "Matrice 200", 33: "Matrice 210", 34: "Matrice 210 RTK", 38: "Mavic Air",
    42: "Mavic 2", 44: "Phantom 4 Pro V2", 46: "Phantom 4 RTK", 57: "Phantom 4 Multispectral",
    58: "Mavic 2 Enterprise", 59: "Mavic Mini", 60: "Matrice 200 V2", 61: "Matrice 210 V2",
    62: "Matrice 210 RTK V2", 67: "Mavic Air 2", 70: "Matrice 300 RTK", 73: "FPV", 75: "Air 2S",
    76: "Mini 2", 77: "Mavic 3", 96: "Mini SE", 103: "Mini 3 Pro", 111: "Mavic 3 Pro", 113: "Mini 2 SE",
    116: "Matrice 30", 118: "Mavic 3 Enterprise", 121: "Avata", 126: "Mini 4 Pro", 152: "Avata 2",
    170: "Matrice 350 RTK",
}  # fmt: skip

DRONE_TYPES: dict[int, str] = {
    0: "None", 1: "Inspire 1", 2: "Phantom 3 Advanced", 3: "Phantom 3 Pro", 4: "Phantom 3 Standard",
    5: "Open Frame", 6: "Ace One", 7: "WKM", 8: "Naza", 9: "A2", 10: "A3", 11: "Phantom 4",
    14: "Matrice 600", 15: "Phantom 3 4K", 16: "Mavic Pro", 17: "Inspire 2", 18: "Phantom 4 Pro", 20: "N3",
    21: "Spark", 23: "Matrice 600 Pro", 24: "Mavic Air", 25: "Matrice 200", 27: "Phantom 4 Advanced",
    28: "Matrice 210", 29: "Phantom 3 SE", 30: "Matrice 210 RTK", 36: "Phantom 4 Pro V2", 41: "Mavic 2",
    51: "Mavic 2 Enterprise", 58: "Mavic Air 2", 60: "Matrice 300 RTK", 63: "Mini 2",
    77: "Mavic 3 Enterprise", 84: "Mavic 3 Pro", 89: "Matrice 350 RTK", 93: "Mini 4 Pro", 94: "Avata 2",
}  # fmt: skip

FLIGHT_MODES: dict[int, str] = {
    0: "Manual", 1: "Atti", 2: "Atti Course Lock", 3: "Atti Hover", 4: "Hover", 5: "GPS Blake",
    6: "GPS Atti", 7: "GPS Course Lock", 8: "GPS Home Lock", 9: "GPS Hot Point", 10: "Assisted Takeoff",
    11: "Auto Takeoff", 12: "Auto Landing", 13: "Atti Landing", 14: "GPS Waypoint", 15: "Go Home",
    16: "Click Go", 17: "Joystick", 18: "GPS Atti Wristband", 19: "Cinematic", 23: "Atti Limited",
    24: "Draw", 25: "GPS Follow Me", 26: "Active Track", 27: "Tap Fly", 28: "Pano", 29: "Farming",
    30: "FPV", 31: "GPS Sport", 32: "GPS Novice", 33: "Confirm Landing", 35: "Terrain Tracking",
    36: "Navi Adv Go Home", 37: "Navi Adv Landing", 38: "Tripod", 39: "Track Headlock", 41: "Engine Start",
    43: "GPS Gentle",
}  # fmt: skip

GO_HOME_STATES: dict[int, str] = {
    0: "Standby", 1: "Preascending", 2: "Align", 3: "Ascending", 4: "Cruise", 5: "Braking", 6: "Bypassing",
}  # fmt: skip

FLIGHT_ACTIONS: dict[int, str] = {
    0: "None", 1: "Warning Power Go Home", 2: "Warning Power Landing", 3: "Smart Power Go Home",
    4: "Smart Power Landing", 5: "Low Voltage Landing", 6: "Low Voltage Go Home",
    7: "Serious Low Voltage Landing", 8: "RC Onekey Go Home", 9: "RC Assistant Takeoff",
    10: "RC Auto Takeoff", 11: "RC Auto Landing", 12: "App Auto Go Home", 13: "App Auto Landing",
    14: "App Auto Takeoff", 15: "Out Of Control Go Home", 16: "Api Auto Takeoff", 17: "Api Auto Landing",
    18: "Api Auto Go Home", 19: "Avoid Ground Landing", 20: "Airport Avoid Landing",
    21: "Too Close Go Home Landing", 22: "Too Far Go Home Landing", 23: "App WP Mission",
    24: "WP Auto Takeoff", 25: "Go Home Avoid", 26: "P Go Home Finish", 27: "Vert Low Limit Landing",
    28: "Battery Force Landing", 29: "MC Protect Go Home", 30: "Motorblock Landing",
    31: "App Request Force Landing", 32: "Fake Battery Landing", 33: "RTH Coming Obstacle Landing",
    34: "IMU Error RTH",
}  # fmt: skip

NON_GPS_CAUSES: dict[int, str] = {
    0: "Already", 1: "Forbid", 2: "Gps Num Non Enough", 3: "Gps Hdop Large", 4: "Gps Position Non Match",
    5: "Speed Error Large", 6: "Yaw Error Large", 7: "Compass Error Large",
}  # fmt: skip

GIMBAL_MODES: dict[int, str] = {0: "Free", 1: "FPV", 2: "Yaw Follow"}
CAMERA_MODES: dict[int, str] = {
    0: "Capture", 1: "Recording", 2: "Playback", 3: "Transcode", 4: "Tuning", 5: "Power Save",
    6: "Download", 7: "Xcode Playback", 8: "Broadcast",
}  # fmt: skip
FAIL_SAFE_ACTIONS: dict[int, str] = {0: "Hover", 1: "Landing", 2: "Go Home"}
COMPONENTS: dict[int, str] = {
    0: "None", 1: "Camera", 2: "Aircraft", 3: "RC", 4: "Battery", 5: "SSD", 6: "Gimbal",
}  # fmt: skip
SENDERS: dict[int, str] = {0: "None", 1: "Camera", 3: "MC", 4: "Gimbal", 6: "RC", 11: "Battery"}
PLATFORMS: dict[int, str] = {1: "iOS", 2: "Android", 6: "DJI Fly", 10: "Windows", 11: "Mac", 12: "Linux"}
DEPARTMENTS: dict[int, str] = {
    1: "SDK", 2: "DJI GO", 3: "DJI Fly", 4: "Agriculture", 5: "Terra", 6: "DJI Glasses", 7: "DJI Pilot",
    8: "GS Pro",
}  # fmt: skip
