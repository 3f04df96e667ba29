"""What is read of MAVLink and what not, for people."""

from __future__ import annotations

READS = (
    "MAVLink 1 and 2, mixed in one file, signed or not, with payloads cut short as MAVLink 2 does",
    "All messages of the dialects that pymavlink 2.4.50 ships; where dialects give one number to different messages,"
    " CRC_EXTRA tells them apart",
    "Of the autopilot that sends most positions: place, attitude, camera mount, batteries, mode, arming, satellites",
    "Parameters, text messages in pieces, firmware and hardware, home, events",
)
INFERS = (
    "UTC, from SYSTEM_TIME while satellites are received; else from the recorder's clock",
    "Which of the senders is the vehicle",
    "In the air, from ArduPilot's heartbeat, where EXTENDED_SYS_STATE was not sent (Copter and Blimp only)",
    "How whole-numbered parameters are stored, by the autopilot, where AUTOPILOT_VERSION was not sent",
    "Frames of messages not known here, from their place between others and a CRC_EXTRA that agrees",
)
LEAVES = (
    "Signatures are passed over, not checked: that needs the vehicle's key",
    "Messages not known here stay as bytes, in the table UNKNOWN",
    "MAVLink 0.9 (start byte 0x55)",
    "Parameters and files sent by FILE_TRANSFER_PROTOCOL",
    "Strength of the link: RADIO_STATUS and RC_CHANNELS count it in units of each device",
    "HIGH_LATENCY and HIGH_LATENCY2 are tables only, and make no track",
)
