"""What the texts of autopilots tell of, by the words in them."""

from __future__ import annotations

import re
from typing import NamedTuple

_CLEARED = re.compile(
    r"clear|regain|recovered|over\b|good again|event off|compensation off|back to normal|exited", re.I
)
_TOPICS: tuple[tuple[str, str], ...] = (
    ("crash", r"^crash|crash: |crash detected|crash check"),
    ("emergency", r"parachute|flight terminat|emergency (landing|stop)|kill switch engaged"),
    ("motor", r"thrust loss|motor.{0,12}fail|esc.{0,12}(fail|fault)|yaw imbalance|propulsion"),
    ("vibration", r"vibration (compensation o(n|ff)\b|too high|failsafe)|high vibration"),
    ("battery_critical", r"batter.*(critical|emergency|danger)|critical.*batter"),
    ("battery_low", r"low batter|batter.* low\b|battery failsafe"),
    ("geofence", r"(geo)?fence.*(breach|violat)|breach.*fence"),
    ("gnss_lost", r"(gps|gnss|satellite).*(lost|weak|no fix|glitch|fail)|no gps\b"),
    ("link_lost", r"(gcs|radio|rc|throttle|manual control|remote|ground station|data ?link).*(failsafe|lost|loss)"
                  r"|aircraft disconnected|no rc receiver|failsafe\. (long|short) event on"),
    ("compass", r"(compass|mag\w*).*(error|variance|fail|inconsisten|interference|unhealthy)"),
    ("estimator", r"ekf.*(variance|fail|stopped aiding|primary changed|lane switch|bad|glitch|error)"
                  r"|bad (velocity|position|vert)|position (estimate )?(invalid|lost)|estimator.*(fail|fault)"),
    ("failsafe", r"failsafe|returning to home"),
)  # fmt: skip
"""Tried in this order, in texts as ArduPilot, PX4 and DJI's apps are known to say them in public logs."""
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _TOPICS)
_BEFORE_FLIGHT = re.compile(r"^(pre)?arm:|^preflight|arming denied|not ready", re.IGNORECASE)
_GRAVE = re.compile(
    r"fail|fault|timeout|timed out|error|emergency|lost|critical|not found|\bno \w+ found", re.IGNORECASE
)
HIT = re.compile(r"hit ground at (\d+(?:\.\d+)?) ?m/s", re.IGNORECASE)
"""What ArduPilot's own simulator says of each touch-down, gentle ones too."""
_ERROR = 3


class Topic(NamedTuple):
    """What a text tells of: a kind, and whether it says that it is over."""

    kind: str
    over: bool


def topic(text: str) -> Topic | None:
    """Say what a text tells of; None where none of the words are in it, or it forbids a flight not yet begun."""
    if _BEFORE_FLIGHT.search(text) or HIT.search(text):
        return None
    kind = next((kind for kind, pattern in _PATTERNS if pattern.search(text)), None)
    return None if kind is None else Topic(kind, _CLEARED.search(text) is not None)


def kind_of_error(text: str) -> str:
    """Say which kind an error stated by numbers is, by the words for them; "other" where it is over."""
    found = topic(text)
    if found is not None:
        return "other" if found.over else found.kind
    return "other" if _CLEARED.search(text) or not _GRAVE.search(text) else "error"


def is_grave(severity: int | None, text: str) -> bool:
    """Whether a text is of an error or worse, and its words say so: some firmware counts severities otherwise."""
    return severity is not None and severity <= _ERROR and not _BEFORE_FLIGHT.search(text) and bool(_GRAVE.search(text))


def is_urgent(severity: int | None) -> bool:
    """Whether a text is stated to be of an error or worse."""
    return severity is not None and severity <= _ERROR
