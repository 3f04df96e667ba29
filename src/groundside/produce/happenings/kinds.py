"""The kinds of happenings, and how grave each usually is."""

from __future__ import annotations

from groundside.model.happening import Severity

_I, _N, _W, _C = Severity.INFO, Severity.NOTICE, Severity.WARNING, Severity.CRITICAL
KINDS: dict[str, Severity] = {
    "armed": _I, "disarmed": _I, "takeoff": _I, "landing": _I, "mode": _I, "other": _I,
    "failsafe": _W, "gnss_lost": _W, "link_lost": _W, "battery_low": _W, "battery_critical": _C,
    "geofence": _W, "height_limit": _W, "range_limit": _W,
    "estimator": _W, "compass": _W, "vibration": _W, "clipping": _N, "motor": _W, "error": _W, "wind": _N,
    "hard_landing": _W, "crash": _C, "emergency": _C, "lean": _N,
    "cut_short": _N, "dropout": _N, "clock_jump": _N, "message": _N,
}  # fmt: skip
"""
Kind to its usual severity. Besides those of `groundside.model.log.EVENT_KINDS`:

"estimator" is a position, velocity or height that the autopilot's filter rejects or distrusts; "compass" the same of
the compass; "clipping" an accelerometer at its limit; "lean" more roll or pitch than the autopilot is set to allow;
"cut_short" a recording that ends in the air; "message" a text of high severity that none of the others explains.
"""
LASTING = {
    "gnss_lost": "gnss_regained", "link_lost": "link_regained", "failsafe": "failsafe_cleared",
}  # fmt: skip
"""Kinds that last, and the kind of event that ends each."""
ONCE = frozenset({"armed", "disarmed", "takeoff", "landing", "mode", "other", "message", "dropout", "clock_jump"})
"""Kinds that are told as often as they are stated; of others, what is told twice at one time is one happening."""
ON_THE_GROUND = frozenset({"gnss_lost", "link_lost", "estimator", "compass", "vibration", "motor"})
"""Kinds that are but a notice while the aircraft stands on the ground."""
