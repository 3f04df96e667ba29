"""What a log says besides the track: parameters, texts, events, firmware and hardware."""

from __future__ import annotations

import numpy as np

from groundside.decode.mavlink.events import events
from groundside.decode.mavlink.identity import identity_of
from groundside.decode.mavlink.parameters import parameter_table
from groundside.decode.mavlink.series import stream_of
from groundside.decode.mavlink.texts import message_table
from groundside.model.decoded import Decoded
from groundside.model.log import EVENTS, Log, rows_of
from groundside.model.recording import TimeBasis


def log(decoded: Decoded) -> Log:
    """Give parameters, messages, events and hardware, on the clock of the track."""
    stream = stream_of(decoded)
    if stream.clock.basis is TimeBasis.NONE:
        return Log(TimeBasis.NONE, identity=identity_of(stream))
    # Values without a meaning may overflow on the way; what is not finite is unknown in the end.
    with np.errstate(all="ignore"):
        return Log(
            stream.clock.basis,
            parameter_table(stream),
            message_table(stream),
            rows_of(EVENTS, events(stream)),
            identity_of(stream),
        )
