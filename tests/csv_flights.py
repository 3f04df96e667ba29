"""Invented flights written as the CSV of several programs, after their published column names."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import cos, radians, sin

START = datetime(2031, 2, 13, 14, 5, 6, 250_000, tzinfo=UTC)
HOME_LAT, HOME_LON = 10.5, -20.25
M_PER_DEG = 111_195.0
FEET, MPH = 1 / 0.3048, 3600 / 1609.344


@dataclass(frozen=True)
class Moment:
    """One row: seconds since the first, metres north and east of home, metres up, metres a second."""

    index: int
    t: float
    north: float
    east: float
    up: float
    vn: float
    ve: float
    vd: float

    @property
    def lat(self) -> float:
        return HOME_LAT + self.north / M_PER_DEG

    @property
    def lon(self) -> float:
        return HOME_LON + self.east / M_PER_DEG / cos(radians(HOME_LAT))

    @property
    def time(self) -> datetime:
        return START + timedelta(seconds=self.t)


def moments(rows: int = 300, step_s: float = 0.1) -> list[Moment]:
    """A circle with hills: every velocity changes its sign."""
    found = []
    for i in range(rows):
        t = i * step_s
        a, b = 0.3 * t, 0.5 * t
        found.append(
            Moment(i, t, 40 * sin(a), 40 * (1 - cos(a)), 30 + 8 * sin(b), 12 * cos(a), 12 * sin(a), -4 * cos(b))
        )
    return found


def joined(header: list[str], rows: list[list[object]], separator: str = ",") -> bytes:
    return "".join(separator.join(map(str, row)) + "\n" for row in [header, *rows]).encode()


def litchi(rows: list[Moment], *, feet: bool = False) -> bytes:
    length, speed = (FEET, MPH) if feet else (1.0, 1.0)
    m, mps = ("feet", "mph") if feet else ("m", "mps")
    header = [
        "latitude", "longitude", f"altitude({m})", f"speed({mps})", f"distance({m})", "time(millisecond)",
        "datetime(utc)", "datetime(local)", "satellites", "voltage(v)", "home_latitude", "home_longitude",
        f"velocityX({mps})", f"velocityY({mps})", f"velocityZ({mps})", "pitch(deg)", "roll(deg)", "yaw(deg)", "isflying",
        "remainPowerPercent", "currentCurrent", "batteryTemperature", "flightmode", "isMotorsOn", "Dronetype",
        "AppVersion", "Planename", "FlyControllerSerialNumber", "BatterySerialNumber", "gimbalPitchRaw", "gimbalYawRaw",
        "App_Tip", "App_Warning",
    ]  # fmt: skip
    body = [
        [
            f"{r.lat:.7f}", f"{r.lon:.7f}", f"{r.up * length:.4f}", f"{12 * speed:.3f}", "5.0", round(r.t * 1000),
            f"{r.time:%Y-%m-%d %H:%M:%S}.{r.time.microsecond // 1000:03d}",
            f"{r.time + timedelta(hours=2):%Y-%m-%d %H:%M:%S}.{r.time.microsecond // 1000:03d}", 14, "15.2",
            HOME_LAT, HOME_LON, f"{r.vn * speed:.4f}", f"{r.ve * speed:.4f}", f"{r.vd * speed:.4f}", 1.5, -2.5, -90.0,
            1, 88 - r.index // 100, -4500, 31.5, "Waypoint", 1 if r.index < 250 else 0, "Mavic2", "4.22", "Bee",
            "0123456789", "BAT7", -455, -900, "Signal weak" if 10 <= r.index < 12 else "",
            "Low battery" if r.index == 200 else "",
        ]
        for r in rows
    ]  # fmt: skip
    return joined(header, body)


def flight_reader(rows: list[Moment], *, feet: bool = True, zone: str = "local", stated: bool = True) -> bytes:
    length, speed = (FEET, MPH) if feet else (1.0, 1.0)
    m, mps = ("ft", "MPH") if feet else ("m", "m/s")
    header = [
        f"CUSTOM.date [{zone}]", f"CUSTOM.updateTime [{zone}]", "OSD.flyTime", "OSD.flyTime [s]", "OSD.latitude",
        "OSD.longitude", f"OSD.height [{m}]", f"OSD.altitude [{m}]", f"OSD.xSpeed [{mps}]", f"OSD.ySpeed [{mps}]",
        f"OSD.zSpeed [{mps}]", "OSD.pitch", "OSD.roll", "OSD.yaw", "OSD.yaw [360]", "OSD.flycState", "OSD.gpsNum",
        "OSD.isMotorOn", "GIMBAL.pitch", "GIMBAL.yaw", "BATTERY.chargeLevel [%]", "BATTERY.voltage [V]",
        "BATTERY.current [A]", "BATTERY.temperature [°C]", "HOME.latitude", "HOME.longitude", "APP.tip", "APP.warning",
        "DETAILS.aircraftName", "DETAILS.aircraftSerial", "RECOVER.batterySerial",
    ]  # fmt: skip
    body = [
        [
            f"{r.time.month}/{r.time.day}/{r.time.year}",
            f"{r.time.hour % 12 or 12}:{r.time:%M:%S}.{r.time.microsecond // 10_000:02d} {'AM' if r.time.hour < 12 else 'PM'}",
            f"0m {r.t:.1f}s", f"{r.t:.1f}", f"{r.lat:.7f}", f"{r.lon:.7f}", f"{r.up * length:.2f}",
            f"{(r.up + 100) * length:.2f}", f"{r.vn * speed:.3f}", f"{r.ve * speed:.3f}", f"{r.vd * speed:.3f}", 1.5, -2.5,
            -90.0, 270.0, "P-GPS" if r.index < 280 else "Go_Home", 17, "True" if r.index < 290 else "False", -45.5,
            -90.0, 88, 15.2, -7.5, 31.5, HOME_LAT, HOME_LON, '"Take care, wind"' if r.index == 5 else "",
            "Low battery" if 100 <= r.index < 103 else "", "Bee", "0SERIAL1", "BAT7",
        ]
        for r in rows
    ]  # fmt: skip
    return (b"sep=,\n" if stated else b"") + joined(header, body)


def dji_log_parser(rows: list[Moment]) -> bytes:
    header = [
        "CUSTOM.dateTime", "OSD.flyTime", "OSD.lalitude", "OSD.longitude", "OSD.height", "OSD.altitude", "OSD.xSpeed",
        "OSD.ySpeed", "OSD.zSpeed", "OSD.pitch", "OSD.roll", "OSD.yaw", "OSD.flycState", "OSD.isGPSUsed", "OSD.gpsNum",
        "OSD.droneType", "OSD.isOnGround", "OSD.isMotorOn", "BATTERY.chargeLevel", "BATTERY.voltage", "HOME.latitude",
        "HOME.longitude", "APP.tip", "APP.warn", "DETAILS.totalDistance", "DETAILS.aircraftName",
    ]  # fmt: skip
    body = [
        [
            f"{r.time:%Y-%m-%dT%H:%M:%S}.{r.time.microsecond // 1000:03d}Z", f"{r.t:.1f}", f"{r.lat:.9f}",
            f"{r.lon:.9f}", f"{r.up:.1f}", f"{r.up + 100:.1f}", f"{r.vn:.2f}", f"{r.ve:.2f}", f"{r.vd:.2f}", 1.5, -2.5,
            -90.0, "GPSAtti", "true", 17, "Mavic3", "false" if r.index > 20 else "true", "true", 88, 15.2, HOME_LAT,
            HOME_LON, "", "", 360.0, "Bee",
        ]
        for r in rows
    ]  # fmt: skip
    return joined(header, body)


def mrk(rows: list[Moment], week: int | None = 2300) -> bytes:
    """One exposure a row, GPS time of week 1000 s and on."""
    week_text = f"[{week}]\t" if week is not None else ""
    return "".join(
        f"{r.index + 1}\t{1000 + r.t:.6f}\t{week_text}{r.index % 50 - 25:6d},N\t{9:6d},E\t{193:6d},V\t"
        f"{r.lat:.8f},Lat\t{r.lon:.8f},Lon\t{100 + r.up:.3f},Ellh\t0.010000, 0.011000, 0.025000\t50,Q\n"
        for r in rows
    ).encode()
