"""
The columns of a DJI flight record in the CSV of three programs, in their order.

Flight Reader and Phantom Help: from a real header of 2022 quoted in a public program that reads it. TXTlogToCSVtool:
from public programs that read its files and one that writes them for others; those columns that they name.
dji-log-parser: dji-log-cli/src/exporters/csv.rs. A length, a speed or a temperature has its unit in brackets where the
program says it: {length}, {speed} and {temperature} stand for that.
"""

from __future__ import annotations

FLIGHT_READER = tuple(
    """CUSTOM.date [{clock}];CUSTOM.updateTime [{clock}];OSD.flyTime;OSD.flyTime [s];OSD.latitude;OSD.longitude;
OSD.height [{length}];OSD.heightMax [{length}];OSD.vpsHeight [{length}];OSD.altitude [{length}];OSD.hSpeed [{speed}];
OSD.hSpeedMax [{speed}];OSD.xSpeed [{speed}];OSD.xSpeedMax [{speed}];OSD.ySpeed [{speed}];OSD.ySpeedMax [{speed}];
OSD.zSpeed [{speed}];OSD.zSpeedMax [{speed}];OSD.pitch;OSD.roll;OSD.yaw;OSD.yaw [360];OSD.flycState;OSD.flycCommand;
OSD.flightAction;OSD.gpsNum;OSD.gpsLevel;OSD.isGPSUsed;OSD.nonGPSCause;OSD.droneType;OSD.isSwaveWork;OSD.waveError;
OSD.goHomeStatus;OSD.batteryType;OSD.ctrlDevice;OSD.isOnGround;OSD.isMotorOn;OSD.isMotorBlocked;
OSD.motorStartFailedCause;OSD.motorFailReason;OSD.isImuPreheated;OSD.imuInitFailReason;OSD.isAcceletorOverRange;
OSD.isBarometerDeadInAir;OSD.isCompassError;OSD.isGoHomeHeightModified;OSD.canIOCWork;OSD.isNotEnoughForce;
OSD.isOutOfLimit;OSD.isPropellerCatapult;OSD.isVibrating;OSD.isVisionUsed;OSD.voltageWarning;GIMBAL.mode;GIMBAL.pitch;
GIMBAL.roll;GIMBAL.yaw;GIMBAL.yaw [360];GIMBAL.isPitchAtLimit;GIMBAL.isRollAtLimit;GIMBAL.isYawAtLimit;GIMBAL.isStuck;
CAMERA.isPhoto;CAMERA.isVideo;CAMERA.filename;CAMERA.sdCardIsInserted;CAMERA.sdCardState;RC.downlinkSignal;
RC.uplinkSignal;RC.aileron;RC.elevator;RC.throttle;RC.rudder;RC.mode;{charge};BATTERY.currentPV [V];
BATTERY.currentCapacity [mAh];BATTERY.fullCapacity [mAh];BATTERY.voltage [V];BATTERY.isCellVoltageEstimated;{cells};
BATTERY.maxCellVoltageDeviation;BATTERY.isCellVoltageDeviationHigh;BATTERY.isVoltageLow;BATTERY.current [A];
BATTERY.temperature [{temperature}];BATTERY.minTemperature [{temperature}];BATTERY.maxTemperature [{temperature}];
BATTERY.status;BATTERY.goHomeStatus;BATTERY.lowWarning;BATTERY.seriousLowWarning;BATTERY.timesCharged;
MC.failSafeAction;HOME.latitude;HOME.longitude;HOME.distance [{length}];HOME.height [{length}];
HOME.heightLimit [{length}];HOME.isHomeRecord;HOME.goHomeMode;HOME.isBeginnerMode;HOME.goHomeHeight [{length}];
RECOVER.appType;RECOVER.appVersion;RECOVER.aircraftName;RECOVER.aircraftSerial;RECOVER.cameraSerial;RECOVER.rcSerial;
RECOVER.batterySerial;DETAILS.totalTime [s];DETAILS.totalDistance [{length}];DETAILS.maxHeight [{length}];
DETAILS.maxHorizontalSpeed [{speed}];DETAILS.maxVerticalSpeed [{speed}];DETAILS.photoNum;DETAILS.videoTime [s];
DETAILS.aircraftName;DETAILS.aircraftSerial;DETAILS.cameraSerial;DETAILS.rcSerial;DETAILS.batterySerial;
DETAILS.appName;DETAILS.appType;DETAILS.appVersion;APP.message;APP.tip;APP.warning""".replace("\n", "").split(";")
)

TXTLOG = tuple(
    """CUSTOM.updateTime;CUSTOM.isPhoto;CUSTOM.isVideo;CUSTOM.hSpeed [m/s];CUSTOM.distance [m];OSD.latitude;
OSD.longitude;OSD.height [m];OSD.altitude [m];OSD.xSpeed [m/s];OSD.ySpeed [m/s];OSD.zSpeed [m/s];OSD.pitch;OSD.roll;
OSD.yaw;OSD.flycState;OSD.isMotorUp;OSD.gpsNum;OSD.gpsLevel;OSD.flyTime [s];GIMBAL.pitch;GIMBAL.roll;GIMBAL.yaw;
RC.aileron;RC.elevator;RC.throttle;RC.rudder;CENTER_BATTERY.relativeCapacity;CENTER_BATTERY.currentPV [V];
CENTER_BATTERY.currentCapacity [mAh];CENTER_BATTERY.fullCapacity [mAh];CENTER_BATTERY.current [A];{cells};
CENTER_BATTERY.temperature [C];HOME.latitude;HOME.longitude;HOME.height [m];RECOVER.aircraftSn;RECOVER.aircraftName;
DETAILS.totalDistance [m];DETAILS.totalTime [s];DETAILS.maxHeight [m];DETAILS.aircraftName;DETAILS.aircraftSn;
DETAILS.batterySn;APP_TIP.tip;APP_WARN.warn""".replace("\n", "").split(";")
)

LOG_PARSER = tuple(
    """CUSTOM.dateTime;OSD.flyTime;OSD.latitude;OSD.longitude;OSD.height;OSD.heightMax;OSD.vpsHeight;OSD.altitude;
OSD.xSpeed;OSD.xSpeedMax;OSD.ySpeed;OSD.ySpeedMax;OSD.zSpeed;OSD.zSpeedMax;OSD.pitch;OSD.roll;OSD.yaw;OSD.flycState;
OSD.flycCommand;OSD.flightAction;OSD.isGPSUsed;OSD.nonGPSCause;OSD.gpsNum;OSD.gpsLevel;OSD.droneType;
OSD.isSwaveWork;OSD.waveError;OSD.goHomeStatus;OSD.batteryType;OSD.isOnGround;OSD.isMotorOn;OSD.isMotorBlocked;
OSD.motorStartFailedCause;OSD.isImuPreheated;OSD.imuInitFailReason;OSD.isAcceleratorOverRange;
OSD.isBarometerDeadInAir;OSD.isCompassError;OSD.isGoHomeHeightModified;OSD.canIOCWork;OSD.isNotEnoughForce;
OSD.isOutOfLimit;OSD.isPropellerCatapult;OSD.isVibrating;OSD.isVisionUsed;OSD.voltageWarning;GIMBAL.mode;GIMBAL.pitch;
GIMBAL.roll;GIMBAL.yaw;GIMBAL.isPitchAtLimit;GIMBAL.isRollAtLimit;GIMBAL.isYawAtLimit;GIMBAL.isStuck;CAMERA.isPhoto;
CAMERA.isVideo;CAMERA.sdCardIsInserted;CAMERA.sdCardState;RC.downlinkSignal;RC.uplinkSignal;RC.aileron;RC.elevator;
RC.throttle;RC.rudder;BATTERY.chargeLevel;BATTERY.voltage;BATTERY.current;BATTERY.currentCapacity;
BATTERY.fullCapacity;BATTERY.cellNum;BATTERY.isCellVoltageEstimated;{cells};BATTERY.cellVoltageDeviation;
BATTERY.maxCellVoltageDeviation;BATTERY.temperature;BATTERY.minTemperature;BATTERY.maxTemperature;HOME.latitude;
HOME.longitude;HOME.altitude;HOME.heightLimit;HOME.isHomeRecord;HOME.goHomeMode;HOME.isDynamicHomePointEnabled;
HOME.isNearDistanceLimit;HOME.isNearHeightLimit;HOME.isCompassCalibrating;HOME.compassCalibrationState;
HOME.isMultipleModeEnabled;HOME.isBeginnerMode;HOME.isIOCEnabled;HOME.IOCMode;HOME.goHomeHeight;
HOME.IOCCourseLockAngle;HOME.maxAllowedHeight;HOME.currentFlightRecordIndex;RECOVER.appPlatform;RECOVER.appVersion;
RECOVER.aircraftName;RECOVER.aircraftSerial;RECOVER.cameraSerial;RECOVER.rcSerial;RECOVER.batterySerial;APP.tip;
APP.warn;DETAILS.totalTime;DETAILS.totalDistance;DETAILS.maxHeight;DETAILS.maxHorizontalSpeed;
DETAILS.maxVerticalSpeed;DETAILS.photoNum;DETAILS.videoTime;DETAILS.aircraftName;DETAILS.aircraftSerial;
DETAILS.cameraSerial;DETAILS.rcSerial;DETAILS.appPlatform;DETAILS.appVersion""".replace("\n", "").split(";")
)

ALIASES = {
    "HOME.altitude": "HOME.height", "HOME.maxAllowedHeight": "HOME.heightLimit", "APP.warn": "APP.warning",
    "APP_TIP.tip": "APP.tip", "APP_WARN.warn": "APP.warning", "CUSTOM.hSpeed": "OSD.hSpeed",
    "CUSTOM.distance": "OSD.mileage", "OSD.isMotorUp": "OSD.isMotorOn",
    "CENTER_BATTERY.relativeCapacity": "BATTERY.chargeLevel", "CENTER_BATTERY.currentPV": "BATTERY.voltage",
    "CENTER_BATTERY.currentCapacity": "BATTERY.currentCapacity", "CENTER_BATTERY.current": "BATTERY.current",
    "CENTER_BATTERY.fullCapacity": "BATTERY.fullCapacity", "CENTER_BATTERY.temperature": "BATTERY.temperature",
    "BATTERY.currentPV": "BATTERY.voltage", "RECOVER.aircraftSn": "DETAILS.aircraftSerial",
    "RECOVER.aircraftSerial": "DETAILS.aircraftSerial", "RECOVER.aircraftName": "DETAILS.aircraftName",
    "RECOVER.batterySerial": "DETAILS.batterySerial", "DETAILS.aircraftSn": "DETAILS.aircraftSerial",
    "DETAILS.batterySn": "DETAILS.batterySerial",
}  # fmt: skip
"""Columns that say the same under another name."""
