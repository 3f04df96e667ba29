"""Which commands there are: of each the module that brings it, and the first sentence of its help."""

from __future__ import annotations

COMMANDS: dict[str, tuple[str, str]] = {
    "ingest": ("working", "Take files in: keep every byte first, then read what can be read."),
    "watch": ("working", "Take files in as they come, once they are no longer being written to."),
    "flights": ("flights", "List flights, newest first."),
    "files": ("flights", "List every file that is kept, also those that nothing here understands."),
    "export": ("flights", "Write the track of a flight as a file for another program, or a catalogue of all photos."),
    "merge": ("flights", "Say that two flights are one."),
    "unmerge": ("flights", "Undo a merge: the flight stands alone again, under the id it had."),
    "note": ("flights", "Write a note on a flight."),
    "assign": ("assigning", "Say who flew flights, what for and where."),
    "currency": ("currency", "Say who may fly what, why, and what of that lapses soon."),
    "events": (
        "happened",
        "Show phases and events of a flight: when, where, how grave, and which rows of which log tell of it.",
    ),
    "report": (
        "reports",
        "Write a report of a flight: map, profile, facts, phases, events, sources, and what the ledger binds.",
    ),
    "totals": ("summing", "Sum up flights by UTC month or by aircraft: how many, how long, how far."),
    "heatmap": (
        "summing",
        "Write how many flights came into each square of the ground, as small as may be, as GeoJSON.",
    ),
    "log": (
        "logs",
        "Show messages and events of a flight in order of time, and what it says of firmware and hardware.",
    ),
    "parameters": ("logs", "List the autopilot's parameters as they were when a flight began."),
    "diff": ("logs", "Show in which parameters two flights differ."),
    "compare": ("comparing", "Show 2 to 4 flights side by side, and the parameters in which they differ."),
    "decode": ("decoding", "Read one file and say what is in it."),
    "formats": ("decoding", "List the formats that can be read."),
    "photo": ("photographs", "Say when, where and with what photos and videos were taken, and what was odd."),
    "photos": (
        "photo_queries",
        "List photos with what each shows of the ground: of the archive, or of a folder that is looked at.",
    ),
    "erase": ("erasing", "Erase flights for good, with every file that tells of them."),
    "backup": ("backup", "Copy what is new to a backup elsewhere, as it lies encrypted; the catalogue is sealed, too."),
    "restore": (
        "backup",
        "Make an archive of a backup, on this machine, with its root key or out of escrow; everything is verified.",
    ),
    "evidence": (
        "evidence",
        "Pack flights with their original files and all that proves them, for another party's expert.",
    ),
    "serve": ("serving", "Serve the page on this machine only, and print its address."),
    "demo": (
        "serving",
        "Build a demonstration archive and serve it: simulated flights, or your own folder with --from.",
    ),
    "simulate": ("simulating", "Write short simulated flights in real formats, with the truth about each beside it."),
    "redact": ("redacting", "Hide faces, and what you draw, in copies of pictures that hold no metadata."),
    "verify": ("archives", "Check that every byte kept is there and unchanged, and that the catalogue agrees with it."),
    "rebuild": ("archives", "Make everything derived again from the originals."),
    "jobs": ("working", "Long work: list it, stop it, go on with it."),
    "flight": ("flight_entry", "Show one flight: its facts, sources, problems and notes; or add one."),
    "people": ("people", "Pilots and crew, and what they hold."),
    "logbook": ("logbook", "Hours of pilots: totals, what was carried over, signed months."),
    "fleet": ("fleet", "Aircraft, batteries, components and what is due."),
    "crop": ("crop", "Reflectance, indices and rates of a crop, from its images."),
    "plan": ("planning", "Missions: make, read, check and compare them."),
    "keychain": ("keys", "Unlock encrypted DJI records."),
    "keys": ("custody", "How the archive is protected; its root key in escrow; new keys in place of old ones."),
    "holds": ("erasing", "Legal holds: what must not be erased, until two people lift them."),
    "retention": ("retention", "How long files are kept: policies, what is due by them, and erasing that."),
    "ledger": ("ledger", "The ledger of what was done: its state, its entries, proofs, checkpoints."),
    "witness": (
        "witness",
        "Be a witness: on another machine or a stick, remember ledgers and cosign them while they only grow.",
    ),
    "redaction": ("reviewing", "What is hidden in photos of the archive before others see them."),
    "finding": ("findings", "What was found in photos, and where that is on the ground."),
}
"""
In the order in which help lists them.

Written here as well, so that the list costs no module and a command only its own; a test holds them equal.
"""
